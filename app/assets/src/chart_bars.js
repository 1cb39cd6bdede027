/**
 * The chart's bars as SVG: all kinds stacked by family, or one row for each type of aircraft.
 *
 * Families differ by colour and by texture, so that either alone is enough. A pattern is never a bar: it goes on over
 * its time, and is a line underneath.
 */

import { draw, make, number } from "./elements.js";
import { FAMILIES } from "./gathering.js";
import { sayTallest } from "./words.js";

/** @typedef {import("./engines.js").Series} Series */
/** @typedef {import("./engines.js").Line} Line */
/** @typedef {import("./types.js").TaxonomyPart} TaxonomyPart */
/** @typedef {{shapes: SVGElement[], labels: HTMLElement[], legend: HTMLElement[], most: string}} Drawn most: what the tallest bar of all stands for */

/** @type {Record<string, string>} */
const NAMES = {
    air: "from the air",
    ground: "on the ground",
    people: "people",
    diplomacy: "diplomacy",
    sea: "at sea",
    arms: "arms",
    other: "other",
};
/** Lines over each family's colour, drawn on a tile of 6 by 6; the first has none. @type {Record<string, string>} */
const TEXTURES = {
    air: "",
    ground: "M0 6L6 0",
    people: "M1 1h2v2h-2zM4 4h2v2h-2z",
    diplomacy: "M0 2h6M0 5h6",
    sea: "M2 0v6M5 0v6",
    arms: "M0 0L6 6M0 6L6 0",
    other: "M2 2h1v1h-1z",
};
const MOST_TYPES = 6;
/** Pixels of a row with its name above its bars, at least. */
const LOWEST_ROW = 30;
/** Pixels that the name takes of it. */
const NAME_HEIGHT = 15;

/** The textures, once a picture. */
export function makePatterns() {
    const made = FAMILIES.map((family) =>
        draw(
            "pattern",
            { id: `chart-${family}`, width: 6, height: 6, patternUnits: "userSpaceOnUse" },
            draw("rect", { class: `chart__family chart__family--${family}`, width: 6, height: 6 }),
            TEXTURES[family] ? draw("path", { class: "chart__texture", d: TEXTURES[family] }) : null,
        ),
    );
    return draw("defs", {}, ...made);
}

/**
 * @param {Series} series by kind
 * @param {TaxonomyPart} taxonomy
 * @param {number} width
 * @param {number} height
 * @param {number} incidents how many the tallest bar would have if each were counted once
 * @returns {Drawn}
 */
export function drawTotals({ edges, lines }, taxonomy, width, height, incidents) {
    const bins = Math.max(0, edges.length - 1);
    const familyOf = new Map(taxonomy.kinds.map(({ key, family }) => [key, family]));
    /** @param {string} family */
    const linesOf = (family) => lines.filter(({ key }) => (familyOf.get(key) ?? "other") === family);
    const families = FAMILIES.filter((family) => linesOf(family).some(({ solid }) => solid.some(Boolean)));
    const light = total(lines, "light", bins);
    const solid = total(lines, "solid", bins);
    const most = Math.max(1, ...solid.map((count, at) => count + light[at]));
    const tall = (/** @type {number} */ count) => (count / most) * (height - 6);
    const tops = new Float64Array(bins).fill(height - 4);
    const wide = width / Math.max(1, bins);
    /** @param {number[]} counts @param {Record<string, string>} look */
    const stack = (counts, look) => {
        let d = "";
        counts.forEach((count, at) => {
            if (count) {
                tops[at] -= tall(count);
                d += box(at * wide, tops[at], wide - (wide > 4 ? 1 : 0), tall(count));
            }
        });
        return draw("path", { ...look, d });
    };
    const shapes = families.map((family) => stack(total(linesOf(family), "solid", bins), { fill: `url(#chart-${family})` }));
    shapes.push(stack(light, { class: "chart__light" }), drawPatterns(total(lines, "patterns", bins), wide, height - 2));
    const said = sayTallest(most, solid.some(Boolean) || light.some(Boolean), incidents);
    return { shapes, labels: [], most: said, legend: [...families.map((family) => entry(NAMES[family], `url(#chart-${family})`)), ...usual(light, lines, bins)] };
}

/**
 * @param {Series} series by aircraft
 * @param {TaxonomyPart} taxonomy
 * @param {number} width
 * @param {number} height
 * @returns {Drawn}
 */
export function drawTypes({ edges, lines }, taxonomy, width, height) {
    const bins = Math.max(0, edges.length - 1);
    const labelOf = new Map(taxonomy.equipment.map(({ key, label }) => [key, label]));
    const fitting = Math.max(1, Math.min(MOST_TYPES, Math.floor(height / LOWEST_ROW)));
    const types = finestTypes(lines, taxonomy).slice(0, fitting);
    const all = lines.filter(hasAny).length;
    const row = height / Math.max(1, types.length);
    const wide = width / Math.max(1, bins);
    const most = Math.max(1, ...types.flatMap(({ solid, light }) => solid.map((count, at) => count + light[at])));
    /** @type {SVGElement[]} */
    const shapes = [];
    const labels = types.map((line, at) => {
        const foot = (at + 1) * row - 3;
        const tall = (/** @type {number} */ count) => (count ? Math.max(1, (count / most) * (row - NAME_HEIGHT - 4)) : 0);
        let solid = "";
        let light = "";
        line.solid.forEach((count, bin) => {
            const low = tall(count);
            const high = tall(line.light[bin]);
            solid += low ? box(bin * wide, foot - low, wide - (wide > 4 ? 1 : 0), low) : "";
            light += high ? box(bin * wide, foot - low - high, wide - (wide > 4 ? 1 : 0), high) : "";
        });
        const guides = `M0 ${foot + 0.5}h${width}M0 ${(foot - tall(most) - 0.5).toFixed(1)}h${width}`;
        shapes.push(draw("path", { class: "chart__light", d: light }), draw("path", { fill: "url(#chart-air)", d: solid }), draw("path", { class: "chart__ground", d: guides }), drawPatterns(line.patterns, wide, foot + 2));
        const tallest = Math.max(0, ...line.solid.map((count, bin) => count + line.light[bin]));
        const scale = make("span", { class: "chart__tallest" }, sayTallest(tallest, tallest > 0));
        const label = make("span", { class: "chart__type" }, make("span", { class: "chart__name", dir: "auto" }, labelOf.get(line.key) ?? line.key), scale);
        label.style.top = `${at * row}px`;
        return label;
    });
    const note = make("li", { class: "note" }, sayTypes(types.length, all));
    const scale = types.length > 1 ? [make("li", { class: "note" }, `one scale for all rows, up to ${number(most)}`)] : [];
    return { shapes, labels, most: "", legend: [note, ...scale, ...usual(total(types, "light", bins), types, bins)] };
}

/**
 * What the rows leave out: nothing is dropped in silence.
 * @param {number} drawn
 * @param {number} all types, the wider ones too
 */
function sayTypes(drawn, all) {
    const more = drawn < all ? `${drawn} of ${all} types shown, certain ones; the table has all, wider types and possible ones too` : "certain ones; possible ones are in the table";
    return all ? `${more}; an incident with several types stands in several rows` : "no aircraft named";
}

/**
 * Whether a line stands for anything, certain or possible.
 * @param {Line} line
 */
export function hasAny(line) {
    return [line, ...(line.possible ? [line.possible] : [])].some(({ solid, light, patterns }) => [solid, light, patterns].some((counts) => counts.some(Boolean)));
}

/**
 * The types below which there is none with anything, those with the most first.
 * @param {Line[]} lines
 * @param {TaxonomyPart} taxonomy
 */
function finestTypes(lines, taxonomy) {
    const size = (/** @type {Line} */ { solid, light, patterns }) => [solid, light, patterns].flat().reduce((sum, count) => sum + count, 0);
    const some = lines.filter((line) => size(line));
    const parents = new Set(taxonomy.equipment.filter(({ key }) => some.some((line) => line.key === key)).map(({ parent }) => parent));
    return some.filter(({ key }) => !parents.has(key)).sort((a, b) => size(b) - size(a));
}

/**
 * What the parts mean that no family has.
 * @param {number[]} light
 * @param {Line[]} lines
 * @param {number} bins
 */
function usual(light, lines, bins) {
    const found = [];
    if (light.some(Boolean)) {
        found.push(entry("may lie in it", null, "chart__light"));
    }
    if (total(lines, "patterns", bins).some(Boolean)) {
        found.push(make("li", {}, draw("svg", { viewBox: "0 0 14 12", "aria-hidden": "true" }, draw("path", { class: "chart__pattern", d: "M0 9h14" })), "patterns"));
    }
    return found;
}

/**
 * @param {string} text
 * @param {string | null} fill
 * @param {string} [look]
 */
function entry(text, fill, look) {
    const swatch = draw("rect", { width: 14, height: 12, ...(fill ? { fill } : {}), ...(look ? { class: look } : {}) });
    return make("li", {}, draw("svg", { viewBox: "0 0 14 12", "aria-hidden": "true" }, swatch), text);
}

/**
 * @param {number[]} counts
 * @param {number} wide
 * @param {number} y
 */
function drawPatterns(counts, wide, y) {
    let d = "";
    counts.forEach((count, at) => {
        d += count ? `M${(at * wide).toFixed(2)} ${y}h${wide.toFixed(2)}` : "";
    });
    return draw("path", { class: "chart__pattern", d });
}

/**
 * @param {Line[]} lines
 * @param {"solid" | "light" | "patterns"} name
 * @param {number} bins
 */
function total(lines, name, bins) {
    return Array.from({ length: bins }, (_, at) => lines.reduce((sum, line) => sum + line[name][at], 0));
}

/**
 * @param {number} left
 * @param {number} top
 * @param {number} wide
 * @param {number} tall
 */
function box(left, top, wide, tall) {
    const width = Math.max(0.8, wide).toFixed(2);
    return `M${left.toFixed(2)} ${top.toFixed(2)}h${width}v${tall.toFixed(2)}h-${width}z`;
}
