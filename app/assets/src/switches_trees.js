/**
 * Aircraft and regions as trees of choices that narrow: nothing chosen is no filter.
 */

import { NOTHING } from "./counting.js";
import { make, number } from "./elements.js";
import { fold } from "./folding.js";
import { canShow } from "./letters.js";
import { painted } from "./painted.js";
import { beneath, bold, clearButton, foreseeAt, makeLabel, makePart, wavesBeside, showFound, showOnce, toggled, unfolder } from "./switches_parts.js";
import { sayFound } from "./words.js";

/** @typedef {import("./switches.js").App} App */
/** @typedef {import("./switches_parts.js").Part} Part */
/** @typedef {import("./types.js").RegionTerm} RegionTerm */
/** @typedef {import("./types.js").EquipmentTerm} EquipmentTerm */

/** From how many regions on a search field helps more than it costs. */
const MANY_REGIONS = 8;

/**
 * The aircraft and systems that took part, as a tree: choosing one finds everything below it.
 * @param {App} app
 * @returns {Part | null}
 */
export function aircraftTree({ view, selection }) {
    const present = new Set(selection.terms?.aircraft);
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
        const row = make("label", { class: "switch" }, box, makeLabel(term.label), count);
        const chosen = () => ({ aircraft: toggled(selection.state.aircraft, term.key) });
        box.addEventListener("change", () => selection.set(chosen()));
        foreseeAt(row, () => selection.foresee(chosen()));
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
    const heads = make("p", { class: "switches__columns", "aria-hidden": "true" }, "", make("span", {}, "certain, possible?"));
    const clear = clearButton("aircraft", () => selection.set({ aircraft: null }));
    const element = makePart("Aircraft", make("div", {}, heads, list), { aside: clear });
    const show = () => {
        clear.hidden = selection.state.aircraft === null;
        for (const { key, box, count, row } of rows) {
            const { certain: sure, possible: maybe } = selection.counts.aircraft.get(key) ?? { certain: NOTHING, possible: NOTHING };
            box.checked = selection.state.aircraft?.has(key) ?? false;
            showOnce(count, `certain: ${sayFound(sure)}; possible: ${sayFound(maybe)}`, () => [
                sure.incidents || !(sure.patterns + maybe.patterns) ? bold(sure.incidents) : "",
                make("span", { "aria-hidden": "true" }, maybe.incidents ? ` ${number(maybe.incidents)}?` : ""),
                beneath(
                    wavesBeside(sure.patterns, sure.incidents + maybe.incidents > 0),
                    wavesBeside(maybe.patterns, sure.incidents + maybe.incidents + sure.patterns > 0, "?"),
                ),
            ]);
            const none = [sure, maybe].every(({ incidents, patterns }) => !incidents && !patterns);
            row.classList.toggle("switch--none", none);
        }
    };
    return { element, show };
}

/**
 * Countries and their first-level units, those that occur.
 * @param {App} app
 * @returns {Part | null}
 */
export function regionList({ selection }) {
    const terms = [...(selection.terms?.regions ?? [])];
    if (!terms.length) {
        return null;
    }
    /** @param {RegionTerm} term */
    const often = ({ code }) => {
        const { incidents, patterns } = selection.counts.regions.get(code) ?? NOTHING;
        return incidents + patterns;
    };
    terms.sort((a, b) => often(b) - often(a) || a.name.localeCompare(b.name));
    const codes = new Set(terms.map(({ code }) => code));
    /** @type {Map<string, RegionTerm[]>} */
    const below = new Map();
    for (const term of terms) {
        const over = term.parent !== null && codes.has(term.parent) ? term.parent : "";
        below.set(over, [...(below.get(over) ?? []), term]);
    }
    /** What has been unfolded: thousands of regions are not put into the page before somebody looks. @type {Row[]} */
    const rows = [];
    /**
     * @param {RegionTerm} term
     * @param {boolean} open
     * @param {HTMLElement | null} within
     * @returns {HTMLLIElement}
     */
    const branch = (term, open, within) => {
        const box = make("input", { type: "checkbox", name: "region", value: term.code });
        const count = make("span", { class: "switch__count" });
        const local = term.local_name && term.local_name !== term.name && canShow(term.local_name) ? term.local_name : null;
        const named = makeLabel(term.name);
        if (local) {
            named.append(" ", make("span", { class: "switch__local", dir: "auto", lang: /[\u1000-\u109f]/.test(local) ? "my" : null }, local));
        }
        const row = make("label", { class: "switch" }, box, named, count);
        const chosen = () => ({ regions: toggled(selection.state.regions, term.code) });
        box.addEventListener("change", () => selection.set(chosen()));
        foreseeAt(row, () => selection.foresee(chosen()));
        const list = below.has(term.code) ? make("ul") : null;
        const fill = () => {
            if (list && !list.childElementCount) {
                list.append(...(below.get(term.code) ?? []).map((one) => branch(one, false, list)));
            }
        };
        const folder = unfolder(list, term.name, open);
        folder.addEventListener("click", () => {
            fill();
            show();
        });
        const item = make("li", {}, make("div", { class: "switch__row" }, folder, row), list);
        rows.push({ term, box, count, row, item, list, within, fill });
        if (open) {
            fill();
        }
        return item;
    };
    const clear = clearButton("regions", () => selection.set({ regions: null }));
    const show = () => {
        clear.hidden = selection.state.regions === null;
        for (const { term, box, count, row, within } of rows) {
            // Hundreds of folded switches would take longer than the map itself.
            if (within?.hidden) {
                continue;
            }
            const found = selection.counts.regions.get(term.code) ?? NOTHING;
            box.checked = selection.state.regions?.has(term.code) ?? false;
            showFound(count, found);
            row.classList.toggle("switch--none", !found.incidents && !found.patterns);
        }
        // Once it has been laid out with counts, so that it keeps its height.
        painted().then(() => list.classList.add("switches__list--skipped"));
    };
    const list = make("ul", { class: "switches__list switches__list--long" }, ...(below.get("") ?? []).map((term, at) => branch(term, at === 0, null)));
    const body = make("div", {}, terms.length > MANY_REGIONS ? regionSearch(rows, show) : null, list);
    return { element: makePart("Regions", body, { aside: clear }), show };
}

/**
 * @typedef {object} Row a region's switch
 * @property {RegionTerm} term
 * @property {HTMLInputElement} box
 * @property {HTMLElement} count
 * @property {HTMLElement} row
 * @property {HTMLElement} item
 * @property {HTMLElement | null} list what lies below it
 * @property {HTMLElement | null} within the list that it is in
 * @property {() => void} fill puts what lies below it into the page
 */

/**
 * @param {Row[]} rows
 * @param {() => void} show
 */
function regionSearch(rows, show) {
    const field = make("input", {
        type: "search",
        class: "field switches__search",
        placeholder: "Find a region",
        "aria-label": "Find a region",
        autocomplete: "off",
    });
    /** @type {Map<HTMLElement | null, boolean>} */
    const opened = new Map();
    field.addEventListener("input", () => {
        const wanted = fold(field.value);
        const kept = new Set();
        for (let at = 0; at < rows.length; at += 1) {
            rows[at].fill();
            if (!opened.has(rows[at].list)) {
                opened.set(rows[at].list, rows[at].list?.hidden ?? false);
            }
        }
        // The finest first, so that what lies above is kept with what was found below it.
        for (const { term, item, list } of [...rows].sort((a, b) => b.term.level - a.term.level)) {
            const own = fold(`${term.name} ${term.local_name ?? ""} ${term.code}`).includes(wanted);
            item.hidden = !own && !kept.has(term.code);
            if (own || kept.has(term.code)) {
                kept.add(term.parent);
            }
            if (list) {
                list.hidden = wanted ? !kept.has(term.code) : opened.get(list) === true;
            }
        }
        show();
    });
    return field;
}
