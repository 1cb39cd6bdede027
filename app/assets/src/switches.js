/**
 * The switches: kinds as layers that are on or off; aircraft and regions as choices that narrow; a window written
 * as dates; how closely a place must be known.
 *
 * It holds no selection: every switch sets the selection and shows what that comes to.
 */

import { NOTHING } from "./counting.js";
import { readEdge } from "./days.js";
import { icon, make } from "./elements.js";
import { beforeNext } from "./painted.js";
import { foreseeAt, makeLabel, makePart, showFound, toggled } from "./switches_parts.js";
import { aircraftTree, regionList } from "./switches_trees.js";
import { makeSymbol } from "./symbols.js";
import { sayFilters, sayFound, writeEdge } from "./words.js";

/** @typedef {{view: import("./types.js").View, selection: import("./selection.js").Selection}} App */
/** @typedef {import("./switches_parts.js").Part} Part */

/**
 * Puts the switches into their place.
 * @param {App} app
 * @param {HTMLElement | null} element
 */
export function mountSwitches(app, element) {
    if (!element) {
        return;
    }
    element.classList.add("switches");
    if (!app.selection.terms?.total) {
        element.append(make("p", { class: "switches__body note" }, "There is nothing to filter yet."));
        return;
    }
    const parts = [
        activeFilters(app),
        kindSwitches(app),
        aircraftTree(app),
        namedRegions(app),
        timeFields(app),
        closeness(app),
    ].filter((part) => part !== null);
    element.append(...parts.map((part) => part.element));
    parts.forEach((part) => part.show());
    // What is filtered is said at once, whenever it will have been counted.
    app.selection.addEventListener("change", beforeNext(parts[0].show));
    let turn = 0;
    // A part at a time, so that a step of time that comes meanwhile waits for none but the one at hand.
    app.selection.addEventListener("counts", () => {
        let at = 0;
        const next = () => {
            parts[at].show();
            at += 1;
            turn = at < parts.length ? window.setTimeout(next) : 0;
        };
        clearTimeout(turn);
        next();
    });
}

/**
 * What is filtered at present, each with its way out.
 * @param {App} app
 * @returns {Part}
 */
function activeFilters({ view, selection }) {
    const element = make("div", { class: "switches__active", role: "group", "aria-label": "Filters that are set" });
    const show = () => {
        const said = sayFilters(selection, view);
        const chips = said.map(({ label, lift }) => {
            const chip = make("button", { type: "button", class: "chip" });
            chip.append(make("span", { dir: "auto" }, label), icon("close"));
            chip.setAttribute("aria-label", `Lift the filter: ${label}`);
            chip.addEventListener("click", () => selection.set(lift));
            return chip;
        });
        if (said.length > 1) {
            const all = make("button", { type: "button", class: "link note" }, "Lift all");
            all.addEventListener("click", () => selection.clear());
            chips.push(all);
        }
        element.hidden = chips.length === 0;
        element.replaceChildren(...chips);
    };
    return { element, show };
}

/**
 * @param {App} app
 * @returns {Part}
 */
function kindSwitches({ view, selection }) {
    const present = new Set(selection.terms?.kinds);
    const kinds = view.taxonomy.kinds.filter(({ key }) => present.has(key));
    const rows = kinds.map((kind) => {
        const box = make("input", { type: "checkbox", name: "kind", value: kind.key });
        const count = make("span", { class: "switch__count" });
        const row = make("label", { class: "switch" }, box, makeSymbol(kind), makeLabel(kind.plural || kind.label), count);
        /** @param {boolean} checked */
        const chosen = (checked) => {
            const on = kinds.map(({ key }) => key).filter((key) => isOn(key));
            const wanted = new Set(on.filter((key) => key !== kind.key));
            if (checked) {
                wanted.add(kind.key);
            }
            return { kinds: wanted.size === kinds.length ? null : wanted };
        };
        box.addEventListener("change", () => selection.set(chosen(box.checked)));
        foreseeAt(row, () => selection.foresee(chosen(!box.checked)));
        return { key: kind.key, box, count, row };
    });
    /** @param {string} key */
    const isOn = (key) => selection.state.kinds?.has(key) ?? true;
    const all = make("button", { type: "button", class: "link" });
    all.addEventListener("click", () => selection.set({ kinds: selection.state.kinds ? null : new Set() }));
    const list = make("ul", { class: "switches__list" }, ...rows.map(({ row }) => make("li", {}, row)));
    const element = makePart("Kinds", list, { aside: all });
    const show = () => {
        for (const { key, box, count, row } of rows) {
            const found = selection.counts.kinds.get(key) ?? NOTHING;
            box.checked = isOn(key);
            showFound(count, found);
            row.classList.toggle("switch--none", !found.incidents && !found.patterns);
        }
        all.textContent = selection.state.kinds ? "All on" : "All off";
        all.setAttribute("aria-label", selection.state.kinds ? "All on: kinds" : "All off: kinds");
    };
    return { element, show };
}

/**
 * The list of regions, from when on they have their names.
 * @param {App} app
 * @returns {Part | null}
 */
function namedRegions(app) {
    if (app.selection.named) {
        return regionList(app);
    }
    const part = { element: make("section", { hidden: true }), show: () => {} };
    const mount = () => {
        const made = regionList(app);
        if (made) {
            part.element.replaceWith(made.element);
            part.show = made.show;
        }
    };
    app.selection.addEventListener("terms", mount, { once: true });
    return part;
}

/**
 * The window as dates that can be written: a year, a month or a day.
 * @param {App} app
 * @returns {Part | null}
 */
function timeFields({ selection }) {
    if (!selection.terms?.span) {
        return null;
    }
    /** Fields that somebody is writing in: an answer that comes in meanwhile takes no letter away. */
    const writing = new Set();
    const fields = /** @type {["start" | "end", string][]} */ ([
        ["start", "From"],
        ["end", "To"],
    ]).map(([edge, word]) => {
        const field = make("input", {
            class: "field number",
            inputmode: "numeric",
            autocomplete: "off",
            placeholder: edge === "start" ? "2021-02" : "2023",
            "aria-label": `${word}: year, month or day`,
        });
        field.addEventListener("input", () => writing.add(field));
        field.addEventListener("change", () => {
            writing.delete(field);
            const day = readEdge(field.value, edge);
            const other = edge === "start" ? selection.state.end : selection.state.start;
            const crossed = day !== null && day !== undefined && other !== null && (edge === "start" ? day > other : day < other);
            const wrong = day === undefined || crossed;
            field.setAttribute("aria-invalid", String(wrong));
            said.textContent = crossed ? "The window would end before it begins." : wrong ? "Write 2022, 2022-09 or 2022-09-16." : "";
            if (!wrong) {
                selection.set({ [edge]: day });
            }
        });
        return { edge, field, word };
    });
    const said = make("p", { class: "note", role: "alert" });
    const row = make("div", { class: "switches__dates" }, ...fields.map(({ field, word }) => make("label", {}, make("span", { class: "note" }, word), field)));
    const element = makePart("Dates", make("div", {}, row, said), { open: false });
    const show = () => {
        for (const { edge, field } of fields) {
            const isKept = writing.has(field) || field.getAttribute("aria-invalid") === "true";
            if (document.activeElement !== field || !isKept) {
                field.value = writeEdge(selection.state[edge], edge);
                field.setAttribute("aria-invalid", "false");
            }
        }
    };
    return { element, show };
}

/**
 * How closely the place must be known, and how harm reporting is graded.
 * @param {App} app
 * @returns {Part}
 */
function closeness({ view, selection }) {
    const choice = make("select", { class: "field", "aria-label": "The place is known to" });
    choice.append(make("option", { value: "" }, "Any, also unknown"));
    const options = view.taxonomy.precision
        .filter(({ key }) => key !== "unknown")
        .map((term) => ({ term, option: make("option", { value: term.key }) }));
    choice.append(...options.map(({ option }) => option));
    choice.addEventListener("change", () => selection.set({ precision: choice.value || null }));
    const boxes = view.taxonomy.grades.map((grade) => {
        const box = make("input", { type: "checkbox", name: "grade", value: grade.key });
        const count = make("span", { class: "switch__count" });
        box.addEventListener("change", () => selection.set({ grades: toggled(selection.state.grades, grade.key) }));
        return { key: grade.key, box, count, row: make("label", { class: "switch" }, box, makeLabel(grade.label), count) };
    });
    const heading = make("p", { class: "note" }, "Harm reporting is graded");
    const body = make(
        "div",
        {},
        make("label", { class: "switches__choice" }, make("span", { class: "note" }, "The place is known to"), choice),
        heading,
        ...boxes.map(({ row }) => row),
    );
    const element = makePart("How closely known", body, { open: false });
    const show = () => {
        choice.value = selection.state.precision ?? "";
        const sum = { ...NOTHING };
        for (const { term, option } of options) {
            const found = selection.counts.precisions.get(term.key) ?? NOTHING;
            sum.incidents += found.incidents;
            sum.patterns += found.patterns;
            option.textContent = `${term.floor} (${sayFound(sum)})`;
        }
        for (const { key, box, count, row } of boxes) {
            const found = selection.counts.grades.get(key) ?? NOTHING;
            box.checked = selection.state.grades?.has(key) ?? false;
            showFound(count, found);
            // A grade that nobody has given is no choice.
            row.hidden = !box.checked && !found.incidents && !found.patterns;
        }
        heading.hidden = boxes.every(({ row }) => row.hidden);
    };
    return { element, show };
}
