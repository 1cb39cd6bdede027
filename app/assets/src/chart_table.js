/**
 * The chart's figures as a table: a row for each month or year that has any, a column for each kind or type.
 *
 * It draws no bar.
 */

import { make, number } from "./elements.js";
import { sayTick } from "./words.js";

/** @typedef {import("./engines.js").Series} Series */

/**
 * @param {Series} series
 * @param {string} by
 * @param {import("./types.js").TaxonomyPart} taxonomy
 * @param {"month" | "year"} unit
 */
export function makeTable({ edges, lines }, by, taxonomy, unit) {
    const labels = new Map(
        by === "kind" ? taxonomy.kinds.map(({ key, plural, label }) => [key, plural || label]) : taxonomy.equipment.map(({ key, label }) => [key, label]),
    );
    const some = lines.filter(({ solid, light, patterns }) => [solid, light, patterns].some((counts) => counts.some(Boolean)));
    const head = make("tr", {}, make("th", { scope: "col" }, unit === "year" ? "Year" : "Month"), ...some.map(({ key }) => make("th", { scope: "col" }, labels.get(key) ?? key)));
    const rows = edges.slice(0, -1).flatMap((start, at) => {
        const cells = some.map(({ solid, light, patterns }) => sayCell(solid[at], light[at], patterns[at]));
        return cells.some(Boolean) ? [make("tr", {}, make("th", { scope: "row" }, sayTick(start, unit)), ...cells.map((text) => make("td", {}, text)))] : [];
    });
    const table = make("table", {}, make("caption", {}, "Incidents that lie in it; after a plus those that may; patterns apart."), make("thead", {}, head), make("tbody", {}, ...rows));
    return make("div", { class: "chart__scroll", tabindex: "0", role: "region", "aria-label": "Figures of the chart" }, table);
}

/**
 * @param {number} solid
 * @param {number} light
 * @param {number} patterns
 * @returns {string} such as "3 + 1, 2 patterns"; "" for nothing
 */
function sayCell(solid, light, patterns) {
    const incidents = light ? `${number(solid)} + ${number(light)}` : solid ? number(solid) : "";
    const among = patterns ? `${number(patterns)} ${patterns === 1 ? "pattern" : "patterns"}` : "";
    return [incidents, among].filter(Boolean).join(", ");
}
