/**
 * The legend: what each symbol and each form of uncertainty means, folded until it is wanted.
 *
 * It shows the kinds that this edition has; their switches are elsewhere.
 */

import { button, draw, make } from "./elements.js";
import { makeSymbol } from "./symbols.js";

/** @typedef {{view: import("./types.js").View, selection: import("./selection.js").Selection, stage: import("./stage.js").Stage}} App */

/** The outline of a region that is none. */
const REGION = "M4 7L13 3L24 5L33 4L31 14L33 23L22 25L11 23L3 24L5 15Z";

/**
 * Puts the legend into its place.
 * @param {App} app
 * @param {HTMLElement | null} element
 */
export function mountLegend({ view, selection, stage }, element) {
    if (!element) {
        return;
    }
    const present = new Set(selection.terms?.kinds);
    const kinds = view.taxonomy.kinds.filter(({ key }) => present.has(key));
    const meaning = new Map(view.taxonomy.precision.map((term) => [term.key, term.meaning]));
    let region = wholeRegion(stage.areas.filled);
    stage.areas.on("filled", () => {
        const other = wholeRegion(stage.areas.filled);
        region.replaceWith(other);
        region = other;
    });
    const sorts = make(
        "div",
        {},
        make("h3", {}, "What happened"),
        make("ul", { class: "legend__kinds" }, ...kinds.map((kind) => make("li", {}, makeSymbol(kind), make("span", {}, kind.label)))),
        make("h3", {}, "When"),
        make("ul", { class: "legend__forms" }, form(bars(), "Bars", "Solid: wholly in that time. Lighter: it may have been. Line below: patterns that went on.")),
    );
    const forms = make(
        "div",
        {},
        make("h3", {}, "How closely the place is known"),
        make(
            "ul",
            { class: "legend__forms" },
            form(crisp(), "Exact spot or site", meaning.get("site") ?? "A building, a compound, a harbour."),
            form(soft(), "Settlement", meaning.get("settlement") ?? "A village, town or city as a whole."),
            form(near(), "Near a place", "The circle shows how far off it may be."),
            form(area(), "Township, district, area", "Somewhere in it. A dashed disc stands for a boundary that is not loaded; each incident says its radius."),
            region,
        ),
        make("h3", {}, "How many"),
        make(
            "ul",
            { class: "legend__forms" },
            form(wave(kinds[0]), "Pattern", "An unknown number of events of one sort, never counted as one."),
            form(beside(), "Patterns beside a count", "One incident, and nine patterns besides."),
            form(cluster(), "Several together", "The ring shows their kinds. Its area grows with their number up to 1,300, then more slowly. Open it for the list."),
        ),
    );
    const sheet = make(
        "div",
        { class: "legend__sheet", id: "legend-sheet", role: "region", "aria-label": "Legend", tabindex: "0" },
        make("div", { class: "legend__columns" }, sorts, forms),
    );
    sheet.hidden = true;
    const toggle = button("Legend", { icon: "legend" });
    toggle.setAttribute("aria-expanded", "false");
    toggle.setAttribute("aria-controls", "legend-sheet");
    const fold = (/** @type {boolean} */ open) => {
        sheet.hidden = !open;
        toggle.setAttribute("aria-expanded", String(open));
    };
    toggle.addEventListener("click", () => fold(sheet.hidden));
    element.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && !sheet.hidden) {
            fold(false);
            toggle.focus();
        }
    });
    element.classList.add("legend");
    element.hidden = false;
    element.append(toggle, sheet);
    stayAboveCredit(element);
}

/**
 * On a narrow screen whom the map is owed to takes its whole width: legend and filters stand above that, however
 * many lines it has. The style sheet reads the height.
 * @param {HTMLElement} element
 */
function stayAboveCredit(element) {
    const stage = element.parentElement;
    const credit = stage?.querySelector(".bearing-credit");
    if (stage && credit) {
        new ResizeObserver(() => {
            stage.style.setProperty("--credit", `${credit.getBoundingClientRect().height}px`);
        }).observe(credit);
    }
}

/**
 * @param {SVGElement} drawn
 * @param {string} name
 * @param {string} meaning
 */
function form(drawn, name, meaning) {
    return make("li", {}, drawn, make("div", {}, make("b", {}, name), make("p", {}, meaning)));
}

/** @param {...SVGElement} shapes */
function picture(...shapes) {
    return draw("svg", { viewBox: "0 0 36 28", "aria-hidden": "true", focusable: "false" }, ...shapes);
}

function crisp() {
    return picture(draw("circle", { class: "form__mark", cx: 18, cy: 14, r: 6 }));
}

function soft() {
    return picture(
        draw("circle", { class: "form__soft", cx: 18, cy: 14, r: 13 }),
        draw("circle", { class: "form__soft", cx: 18, cy: 14, r: 9 }),
        draw("circle", { class: "form__core", cx: 18, cy: 14, r: 5 }),
    );
}

function near() {
    return picture(
        draw("circle", { class: "form__edge form__edge--whole", cx: 18, cy: 14, r: 12.5 }),
        draw("circle", { class: "form__core", cx: 18, cy: 14, r: 4 }),
    );
}

function area() {
    return picture(draw("circle", { class: "form__edge", cx: 18, cy: 14, r: 12.5 }));
}

/** @param {boolean} filled whether regions are, whose key then says what a hatch means */
function wholeRegion(filled) {
    const drawn = filled ? "a dashed outline" : "hatched";
    return form(filled ? outlined() : hatched(), "State or country", `Known to no more than this: ${drawn} with a count, never a pin.`);
}

function outlined() {
    return picture(draw("path", { class: "form__open", "stroke-dasharray": "4 3", d: REGION }), ...counted());
}

function hatched() {
    const lines = [
        [5, 13, 14, 4],
        [5, 20, 21, 5],
        [8, 24, 28, 5],
        [15, 24, 32, 8],
        [22, 24, 32, 15],
    ];
    return picture(
        draw("path", { class: "form__area", d: REGION }),
        ...lines.map(([x1, y1, x2, y2]) => draw("line", { class: "form__hatch", x1, y1, x2, y2 })),
        ...counted(),
    );
}

function counted() {
    return [draw("rect", { class: "form__plate", x: 13, y: 8.5, width: 10, height: 11, rx: 2 }), text(18, 17.5, "3")];
}

/** @param {import("./types.js").KindTerm | undefined} kind */
function wave(kind) {
    return makeSymbol(kind ?? { key: "other", label: "", plural: "", family: "other" }, { pattern: true, size: 28 });
}

function beside() {
    return picture(text(6, 17.5, "1"), text(17, 17.5, "+9"), draw("path", { class: "form__wave", d: "M24 14.5c1.2-3 3-3 4.5 0s3.3 3 4.5 0" }));
}

function cluster() {
    return picture(
        draw("circle", { class: "form__inside", cx: 18, cy: 14, r: 9.5 }),
        draw("path", { class: "form__ring-a", d: "M18 4.5A9.5 9.5 0 1 1 9.8 18.75" }),
        draw("path", { class: "form__ring-b", d: "M9.8 18.75A9.5 9.5 0 0 1 18 4.5" }),
        text(18, 17.2, "12"),
    );
}

function bars() {
    return picture(
        draw("rect", { class: "form__solid", x: 5, y: 12, width: 7, height: 12 }),
        draw("rect", { class: "form__light", x: 5, y: 6, width: 7, height: 6 }),
        draw("rect", { class: "form__solid", x: 14, y: 17, width: 7, height: 7 }),
        draw("rect", { class: "form__light", x: 23, y: 10, width: 7, height: 14 }),
        draw("rect", { class: "form__light", x: 14, y: 26, width: 16, height: 1.5 }),
    );
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} said
 */
function text(x, y, said) {
    return draw("text", { class: "form__count", x, y }, said);
}
