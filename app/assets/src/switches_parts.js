/**
 * The pieces that switches are made of: a part with its heading, a branch that folds, a label.
 */

import { icon, make, number } from "./elements.js";
import { makeWave } from "./symbols.js";
import { sayFound } from "./words.js";

/** @typedef {import("./counting.js").Found} Found */

/** @typedef {{element: HTMLElement, show: () => void}} Part what stands there, and what brings it up to date */

let parts = 0;

/**
 * A part with a heading that folds it.
 * @param {string} title
 * @param {HTMLElement} body
 * @param {{aside?: HTMLElement, open?: boolean}} [options]
 */
export function makePart(title, body, { aside, open = true } = {}) {
    parts += 1;
    const id = `switches-${parts}`;
    const folder = make("button", { type: "button", class: "switches__fold", "aria-expanded": String(open), "aria-controls": id });
    folder.append(icon("forward"), title);
    const inner = make("div", { class: "switches__body", id }, body);
    inner.hidden = !open;
    folder.addEventListener("click", () => {
        inner.hidden = !inner.hidden;
        folder.setAttribute("aria-expanded", String(!inner.hidden));
    });
    const head = make("div", { class: "switches__head" }, make("h2", {}, folder), aside ?? null);
    return make("section", { class: "switches__part", "aria-label": title }, head, inner);
}

/**
 * The button that folds a branch.
 * @param {HTMLElement | null} list
 * @param {string} name
 * @param {boolean} open
 */
export function unfolder(list, name, open) {
    if (!list) {
        return make("span", { class: "switch__unfold switch__unfold--none" });
    }
    const made = make("button", { type: "button", class: "switch__unfold", "aria-expanded": String(open), "aria-label": `Below ${name}` });
    made.append(icon("forward"));
    list.hidden = !open;
    made.addEventListener("click", () => {
        list.hidden = !list.hidden;
        made.setAttribute("aria-expanded", String(!list.hidden));
    });
    return made;
}

/**
 * @param {string} what
 * @param {() => void} clear
 */
export function clearButton(what, clear) {
    const made = make("button", { type: "button", class: "link", "aria-label": `Clear: ${what}` }, "Clear");
    made.addEventListener("click", clear);
    return made;
}

/** @param {string} text */
export function makeLabel(text) {
    return make("span", { class: "switch__label", dir: "auto" }, text);
}

/**
 * Has what a switch would show asked for when a pointer or the keyboard comes to it: a hand then takes its time.
 * @param {HTMLElement} row
 * @param {() => void} foresee
 */
export function foreseeAt(row, foresee) {
    row.addEventListener("pointerenter", foresee);
    row.addEventListener("focusin", foresee);
}

/**
 * What a switch would give: incidents as a number, patterns beside it with the sign of patterns, for they are never
 * counted as one.
 * @param {Element} element
 * @param {Found} found
 */
export function showFound(element, found) {
    showOnce(element, sayFound(found), () => [
        found.incidents || !found.patterns ? bold(found.incidents) : "",
        beneath(wavesBeside(found.patterns, found.incidents > 0)),
    ]);
}

/** @param {...(Node | string)} patterns what stands beneath the incidents where there is no room beside them */
export function beneath(...patterns) {
    return make("span", { class: "switch__beneath" }, ...patterns);
}

/** What an element says at present: hundreds of switches stand beside the map, and few change at a step. */
const said = new WeakMap();

/**
 * Says something in an element, if it is something else than before.
 * @param {Element} element
 * @param {string} words for those who do not see it
 * @param {() => (Node | string)[]} look for those who do
 */
export function showOnce(element, words, look) {
    if (said.get(element) !== words) {
        said.set(element, words);
        const shown = look();
        element.replaceChildren(...shown, make("span", { class: "unseen" }, words));
        keepRoom(element, shown.map(widthOf));
    }
}

/** A part with a wider count than so many digits has all patterns beneath the incidents: names need room, too. */
const MOST_BESIDE = 11;
/** The widest that each count, and any count of each part, has been so far, in digits. @type {WeakMap<Element, number[]>} */
const widest = new WeakMap();

/**
 * Has all counts of a part stand in one way, and each keep the room that it has taken, so that no name moves when
 * counts change.
 * @param {Element} element
 * @param {number[]} widths of what it shows in digits, the patterns last
 */
function keepRoom(element, widths) {
    const patterns = widths[widths.length - 1];
    const incidents = widths.reduce((sum, one) => sum + one) - patterns;
    const part = element.closest(".switches__body");
    const [line] = widen(part ?? element, incidents + patterns, 0);
    part?.classList.toggle("switches__body--stacked", line > MOST_BESIDE);
    const [beside, stacked] = widen(element, incidents + patterns, Math.max(incidents, patterns));
    /** @type {HTMLElement} */ (element).style.setProperty("--beside", `${beside}ch`);
    /** @type {HTMLElement} */ (element).style.setProperty("--stacked", `${stacked}ch`);
}

/**
 * @param {Element} element
 * @param {...number} widths
 */
function widen(element, ...widths) {
    const found = widths.map((width, at) => Math.max(width, widest.get(element)?.[at] ?? 0));
    widest.set(element, found);
    return found;
}

/**
 * How many digits are as wide as what stands for a count.
 * @param {Node | string} shown
 */
function widthOf(shown) {
    const text = typeof shown === "string" ? shown : (shown.textContent ?? "");
    const waves = shown instanceof Element ? shown.querySelectorAll("svg").length : 0;
    return text.replace(/\D/g, "").length + 0.4 * text.replace(/\d/g, "").length + 2 * waves;
}

/** @param {number} incidents */
export function bold(incidents) {
    return make("b", { "aria-hidden": "true" }, number(incidents));
}

/**
 * @param {number} patterns
 * @param {boolean} beside whether a number stands before it: what is known as patterns alone has none, for it is no zero
 * @param {string} [mark] what follows the wave
 * @returns {HTMLElement | ""} such as "+9" and a wave
 */
export function wavesBeside(patterns, beside, mark = "") {
    return patterns
        ? make("span", { class: "switch__patterns", "aria-hidden": "true" }, `${beside ? "+" : ""}${number(patterns)}`, makeWave(), mark)
        : "";
}

/**
 * @param {Set<string> | null} chosen
 * @param {string} key
 * @returns {Set<string> | null} null when nothing is chosen any more
 */
export function toggled(chosen, key) {
    const wanted = new Set(chosen ?? []);
    if (!wanted.delete(key)) {
        wanted.add(key);
    }
    return wanted.size ? wanted : null;
}

