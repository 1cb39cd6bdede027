/**
 * The switches: kinds as layers that are on or off; aircraft and regions as choices that narrow; a window written
 * as dates; how closely a place must be known.
 *
 * It holds no selection: every switch sets the selection and shows what that comes to.
 */

import { icon, make, number } from "./elements.js";
import { fold } from "./source.js";
import { makeSymbol } from "./symbols.js";
import { readEdge, sayFilters, writeEdge } from "./words.js";

/** @typedef {{view: import("./types.js").View, selection: import("./selection.js").Selection}} App */
/** @typedef {import("./types.js").RegionTerm} RegionTerm */
/** @typedef {import("./types.js").EquipmentTerm} EquipmentTerm */

/** From how many regions on a search field helps more than it costs. */
const MANY_REGIONS = 8;

/**
 * Puts the switches into their place.
 * @param {App} app
 * @param {HTMLElement | null} element
 */
export function mountSwitches(app, element) {
    if (!element) {
        return;
    }
    const parts = [
        activeFilters(app),
        kindSwitches(app),
        aircraftTree(app),
        regionList(app),
        timeFields(app),
        closeness(app),
    ].filter((part) => part !== null);
    element.classList.add("switches");
    element.append(...parts.map((part) => part.element));
    const show = () => parts.forEach((part) => part.show());
    app.selection.addEventListener("change", show);
    show();
}

/** @typedef {{element: HTMLElement, show: () => void}} Part */

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
    const present = new Set(selection.data.columns.kind.map((at) => selection.data.kinds[at]));
    const kinds = view.taxonomy.kinds.filter(({ key }) => present.has(key));
    const rows = kinds.map((kind) => {
        const box = make("input", { type: "checkbox", name: "kind", value: kind.key });
        const count = make("span", { class: "switch__count" });
        const row = make("label", { class: "switch" }, box, makeSymbol(kind), label(kind.plural || kind.label), count);
        box.addEventListener("change", () => {
            const on = kinds.map(({ key }) => key).filter((key) => isOn(key));
            const wanted = new Set(on.filter((key) => key !== kind.key));
            if (box.checked) {
                wanted.add(kind.key);
            }
            selection.set({ kinds: wanted.size === kinds.length ? null : wanted });
        });
        return { key: kind.key, box, count, row };
    });
    /** @param {string} key */
    const isOn = (key) => selection.state.kinds?.has(key) ?? true;
    const all = make("button", { type: "button", class: "link" });
    all.addEventListener("click", () => selection.set({ kinds: selection.state.kinds ? null : new Set() }));
    const list = make("ul", { class: "switches__list" }, ...rows.map(({ row }) => make("li", {}, row)));
    const element = part("Kinds", list, { aside: all });
    const show = () => {
        for (const { key, box, count, row } of rows) {
            const shown = selection.counts.kinds.get(key) ?? 0;
            box.checked = isOn(key);
            count.textContent = number(shown);
            row.classList.toggle("switch--none", shown === 0);
        }
        all.textContent = selection.state.kinds ? "All on" : "All off";
        all.setAttribute("aria-label", selection.state.kinds ? "All kinds on" : "All kinds off");
    };
    return { element, show };
}

/**
 * The aircraft and systems that took part, as a tree: choosing one finds everything below it.
 * @param {App} app
 * @returns {Part | null}
 */
function aircraftTree({ view, selection }) {
    const { certain, possible } = selection.data.columns;
    const present = new Set([...certain, ...possible].flat().map((at) => selection.data.aircraft[at]));
    const terms = view.taxonomy.equipment.filter(({ key }) => present.has(key));
    if (!terms.length) {
        return null;
    }
    const keys = new Set(terms.map(({ key }) => key));
    /** @type {{key: string, box: HTMLInputElement, count: HTMLElement, row: HTMLElement}[]} */
    const rows = [];
    /**
     * @param {EquipmentTerm} term
     * @param {number} depth
     * @returns {HTMLLIElement}
     */
    const branch = (term, depth) => {
        const box = make("input", { type: "checkbox", name: "aircraft", value: term.key });
        const count = make("span", { class: "switch__count" });
        const row = make("label", { class: "switch" }, box, label(term.label), count);
        box.addEventListener("change", () => selection.set({ aircraft: toggled(selection.state.aircraft, term.key) }));
        rows.push({ key: term.key, box, count, row });
        const below = terms.filter(({ parent }) => parent === term.key);
        const open = depth < 2 || below.some((one) => holdsChosen(one));
        const list = below.length ? make("ul", {}, ...below.map((one) => branch(one, depth + 1))) : null;
        return make("li", {}, make("div", { class: "switch__row" }, unfolder(list, term.label, open), row), list);
    };
    /** @param {EquipmentTerm} term @returns {boolean} */
    const holdsChosen = (term) =>
        selection.state.aircraft?.has(term.key) === true ||
        terms.some((one) => one.parent === term.key && holdsChosen(one));
    const roots = terms.filter(({ parent }) => parent === null || !keys.has(parent));
    const list = make("ul", { class: "switches__list" }, ...roots.map((term) => branch(term, 0)));
    const heads = make("p", { class: "switches__columns", "aria-hidden": "true" }, "", make("span", {}, "certain + possible"));
    const clear = clearButton("aircraft", () => selection.set({ aircraft: null }));
    const element = part("Aircraft", make("div", {}, heads, list), { aside: clear });
    const show = () => {
        clear.hidden = selection.state.aircraft === null;
        for (const { key, box, count, row } of rows) {
            const found = selection.counts.aircraft.get(key) ?? { certain: 0, possible: 0 };
            box.checked = selection.state.aircraft?.has(key) ?? false;
            const maybe = found.possible ? ` + ${number(found.possible)}` : "";
            count.replaceChildren(make("b", { "aria-hidden": "true" }, number(found.certain)), make("span", { "aria-hidden": "true" }, maybe));
            count.append(make("span", { class: "unseen" }, `${found.certain} certain, ${found.possible} possible`));
            row.classList.toggle("switch--none", found.certain + found.possible === 0);
        }
    };
    return { element, show };
}

/**
 * Countries and their first-level units, those that occur.
 * @param {App} app
 * @returns {Part | null}
 */
function regionList({ selection }) {
    const tally = new Map();
    for (const regions of selection.data.columns.regions) {
        for (const at of regions) {
            tally.set(at, (tally.get(at) ?? 0) + 1);
        }
    }
    const terms = selection.data.regions.filter((_, at) => tally.has(at));
    if (!terms.length) {
        return null;
    }
    /** @param {RegionTerm} term */
    const often = (term) => tally.get(selection.regionIndex.get(term.code)) ?? 0;
    terms.sort((a, b) => often(b) - often(a) || a.name.localeCompare(b.name));
    const codes = new Set(terms.map(({ code }) => code));
    /** @type {{term: RegionTerm, box: HTMLInputElement, count: HTMLElement, row: HTMLElement, item: HTMLElement, list: HTMLElement | null}[]} */
    const rows = [];
    /**
     * @param {RegionTerm} term
     * @param {boolean} open
     * @returns {HTMLLIElement}
     */
    const branch = (term, open) => {
        const box = make("input", { type: "checkbox", name: "region", value: term.code });
        const count = make("span", { class: "switch__count" });
        const local = term.local_name && term.local_name !== term.name ? term.local_name : null;
        const named = label(term.name);
        if (local) {
            named.append(" ", make("span", { class: "switch__local", dir: "auto", lang: /[\u1000-\u109f]/.test(local) ? "my" : null }, local));
        }
        const row = make("label", { class: "switch" }, box, named, count);
        box.addEventListener("change", () => selection.set({ regions: toggled(selection.state.regions, term.code) }));
        const below = terms.filter(({ parent }) => parent === term.code);
        const list = below.length ? make("ul", {}, ...below.map((one) => branch(one, false))) : null;
        const item = make("li", {}, make("div", { class: "switch__row" }, unfolder(list, term.name, open), row), list);
        rows.push({ term, box, count, row, item, list });
        return item;
    };
    const roots = terms.filter(({ parent }) => parent === null || !codes.has(parent));
    const list = make("ul", { class: "switches__list" }, ...roots.map((term, at) => branch(term, at === 0)));
    const body = make("div", {}, terms.length > MANY_REGIONS ? regionSearch(rows) : null, list);
    const clear = clearButton("regions", () => selection.set({ regions: null }));
    const element = part("Regions", body, { aside: clear });
    const show = () => {
        clear.hidden = selection.state.regions === null;
        for (const { term, box, count, row } of rows) {
            const shown = selection.counts.regions.get(term.code) ?? 0;
            box.checked = selection.state.regions?.has(term.code) ?? false;
            count.textContent = number(shown);
            row.classList.toggle("switch--none", shown === 0);
        }
    };
    return { element, show };
}

/**
 * @param {{term: RegionTerm, item: HTMLElement, list: HTMLElement | null}[]} rows those below stand before those above
 */
function regionSearch(rows) {
    const field = make("input", {
        type: "search",
        class: "field switches__search",
        placeholder: "Find a region",
        "aria-label": "Find a region",
        autocomplete: "off",
    });
    const opened = new Map(rows.map(({ list }) => [list, list?.hidden ?? false]));
    field.addEventListener("input", () => {
        const wanted = fold(field.value);
        const kept = new Set();
        for (const { term, item, list } of rows) {
            const own = fold(`${term.name} ${term.local_name ?? ""} ${term.code}`).includes(wanted);
            item.hidden = !own && !kept.has(term.code);
            if (own || kept.has(term.code)) {
                kept.add(term.parent);
            }
            if (list) {
                list.hidden = wanted ? !kept.has(term.code) : opened.get(list) === true;
            }
        }
    });
    return field;
}

/**
 * The window as dates that can be written: a year, a month or a day.
 * @param {App} app
 * @returns {Part | null}
 */
function timeFields({ selection }) {
    if (!selection.span()) {
        return null;
    }
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
        field.addEventListener("change", () => {
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
    const element = part("Dates", make("div", {}, row, said), { open: false });
    const show = () => {
        for (const { edge, field } of fields) {
            if (document.activeElement !== field || field.getAttribute("aria-invalid") !== "true") {
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
    const graded = new Set(selection.data.columns.grade.filter((at) => at !== null));
    const grades = view.taxonomy.grades.filter(({ key }) => graded.has(selection.data.grades.indexOf(key)));
    const boxes = grades.map((grade) => {
        const box = make("input", { type: "checkbox", name: "grade", value: grade.key });
        const count = make("span", { class: "switch__count" });
        box.addEventListener("change", () => selection.set({ grades: toggled(selection.state.grades, grade.key) }));
        return { key: grade.key, box, count, row: make("label", { class: "switch" }, box, label(grade.label), count) };
    });
    const body = make(
        "div",
        {},
        make("label", { class: "switches__choice" }, make("span", { class: "note" }, "The place is known to"), choice),
        boxes.length ? make("p", { class: "note" }, "Harm reporting is graded") : null,
        ...boxes.map(({ row }) => row),
    );
    const element = part("How closely known", body, { open: false });
    const show = () => {
        choice.value = selection.state.precision ?? "";
        let sum = 0;
        for (const { term, option } of options) {
            sum += selection.counts.precisions.get(term.key) ?? 0;
            option.textContent = `${term.label} or closer (${number(sum)})`;
        }
        for (const { key, box, count } of boxes) {
            box.checked = selection.state.grades?.has(key) ?? false;
            count.textContent = number(selection.counts.grades.get(key) ?? 0);
        }
    };
    return { element, show };
}

let parts = 0;

/**
 * A part with a heading that folds it.
 * @param {string} title
 * @param {HTMLElement} body
 * @param {{aside?: HTMLElement, open?: boolean}} [options]
 */
function part(title, body, { aside, open = true } = {}) {
    parts += 1;
    const id = `switches-${parts}`;
    const fold_ = make("button", { type: "button", class: "switches__fold", "aria-expanded": String(open), "aria-controls": id });
    fold_.append(icon("forward"), title);
    const inner = make("div", { class: "switches__body", id }, body);
    inner.hidden = !open;
    fold_.addEventListener("click", () => {
        inner.hidden = !inner.hidden;
        fold_.setAttribute("aria-expanded", String(!inner.hidden));
    });
    const head = make("div", { class: "switches__head" }, make("h2", {}, fold_), aside ?? null);
    return make("section", { class: "switches__part", "aria-label": title }, head, inner);
}

/**
 * The button that folds a branch.
 * @param {HTMLElement | null} list
 * @param {string} name
 * @param {boolean} open
 */
function unfolder(list, name, open) {
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
function clearButton(what, clear) {
    const made = make("button", { type: "button", class: "link", "aria-label": `Lift the choice of ${what}` }, "Clear");
    made.addEventListener("click", clear);
    return made;
}

/** @param {string} text */
function label(text) {
    return make("span", { class: "switch__label", dir: "auto" }, text);
}

/**
 * @param {Set<string> | null} chosen
 * @param {string} key
 * @returns {Set<string> | null} null when nothing is chosen any more
 */
function toggled(chosen, key) {
    const wanted = new Set(chosen ?? []);
    if (!wanted.delete(key)) {
        wanted.add(key);
    }
    return wanted.size ? wanted : null;
}

