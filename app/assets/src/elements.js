/**
 * Makes elements for the interface: tags, text, icons and safe links.
 *
 * It never reads markup: whatever a record says becomes a text node or an attribute that cannot run.
 */

const SVG = "http://www.w3.org/2000/svg";
// One for all: making one for each number would take longer than anything else that is said at a step.
const NUMBER = new Intl.NumberFormat("en-GB");

/** @typedef {Node | string | null | undefined | false} Child */

/** Lines of the icons, drawn on 20 by 20. @type {Record<string, string>} */
const ICONS = {
    play: "M6 4l10 6-10 6z",
    pause: "M6 4h3v12H6zM11 4h3v12h-3z",
    back: "M12 5l-5 5 5 5",
    forward: "M8 5l5 5-5 5",
    close: "M5 5l10 10M15 5L5 15",
    search: "M9 3a6 6 0 1 0 0 12A6 6 0 0 0 9 3zM13.5 13.5L18 18",
    filters: "M3 5h14M6 10h8M8.5 15h3",
    legend: "M4 5h2M9 5h7M4 10h2M9 10h7M4 15h2M9 15h7",
    locate: "M10 2v4M10 14v4M2 10h4M14 10h4M10 6a4 4 0 1 0 0 8 4 4 0 0 0 0-8z",
    copy: "M7 7h9v10H7zM4 13V3h9",
    chart: "M3 17V9M8 17V4M13 17v-6M18 17H2",
    sun: "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 1.5v2M10 16.5v2M1.5 10h2M16.5 10h2M4 4l1.4 1.4M14.6 14.6L16 16M16 4l-1.4 1.4M5.4 14.6L4 16",
    moon: "M16.5 12.3A7 7 0 0 1 7.7 3.5a7 7 0 1 0 8.8 8.8z",
};

const SOLID = new Set(["play", "pause"]);

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean | null | undefined>} [attributes] true sets an empty one, null,
 *     undefined and false none. Handlers and style are refused: those are not text.
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    dress(element, attributes);
    element.append(...kept(children));
    return element;
}

/**
 * @param {string} tag
 * @param {Record<string, string | number>} [attributes]
 * @param {...Child} children
 * @returns {SVGElement}
 */
export function draw(tag, attributes = {}, ...children) {
    const element = document.createElementNS(SVG, tag);
    dress(element, attributes);
    element.append(...kept(children));
    return element;
}

/**
 * @param {string} name
 * @returns {SVGElement}
 */
export function icon(name) {
    const shape = draw("path", { d: ICONS[name] });
    const solid = SOLID.has(name) ? " icon--solid" : "";
    return draw("svg", { class: `icon${solid}`, viewBox: "0 0 20 20", "aria-hidden": "true", focusable: "false" }, shape);
}

/**
 * A button. What it does is added by its maker.
 * @param {string} label what it says, or what it is called when only its icon shows
 * @param {{icon?: string, iconOnly?: boolean, class?: string, title?: string}} [look]
 */
export function button(label, look = {}) {
    const only = look.iconOnly === true;
    const classes = `button${only ? " button--icon" : ""} ${look.class ?? ""}`.trim();
    const made = make("button", {
        type: "button",
        class: classes,
        "aria-label": only ? label : null,
        title: look.title ?? (only ? label : null),
    });
    made.append(...kept([look.icon ? icon(look.icon) : null, only ? null : label]));
    return made;
}

/**
 * The address if a reader may be sent there: http and https only. Null for anything else.
 * @param {string | null | undefined} text
 * @returns {string | null}
 */
export function webAddress(text) {
    try {
        const url = new URL(text ?? "");
        return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
    } catch {
        return null;
    }
}

/**
 * A link out of the site, or its plain text when the address is none that a reader may be sent to.
 * @param {string | null | undefined} address
 * @param {string} text
 * @returns {HTMLElement}
 */
export function linkAway(address, text) {
    const href = webAddress(address);
    if (!href) {
        return make("span", { dir: "auto" }, text);
    }
    return make(
        "a",
        { href, rel: "noopener noreferrer", target: "_blank", class: "away", dir: "auto" },
        text,
        make("span", { class: "unseen" }, " (opens in a new tab)"),
    );
}

/**
 * @param {number} count
 * @returns {string} such as "7,374"
 */
export function number(count) {
    return NUMBER.format(count);
}

/**
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 * @returns {string} such as "1 incident" or "2 incidents"
 */
export function counted(count, one, many = `${one}s`) {
    return `${number(count)} ${count === 1 ? one : many}`;
}

/**
 * @param {Element} element
 * @param {Record<string, string | number | boolean | null | undefined>} attributes
 */
function dress(element, attributes) {
    for (const [name, value] of Object.entries(attributes)) {
        if (/^on|^style$|^srcdoc$/i.test(name)) {
            throw new Error(`an element gets no ${name} attribute here`);
        }
        if (value !== null && value !== undefined && value !== false) {
            element.setAttribute(name, value === true ? "" : String(value));
        }
    }
}

/**
 * @param {Child[]} children
 * @returns {(Node | string)[]}
 */
function kept(children) {
    return /** @type {(Node | string)[]} */ (
        children.filter((child) => child !== null && child !== undefined && child !== false && child !== "")
    );
}
