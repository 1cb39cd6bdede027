/**
 * The chart's figures as a table: a row for each month or year that has any, a column for each kind or type.
 *
 * It draws no bar.
 */

import { hasAny } from "./chart_bars.js";
import { make, number } from "./elements.js";
import { sayTick } from "./words.js";

/** @typedef {import("./engines.js").Series} Series */

const LIES = "Incidents that lie in it; after a plus those that may; patterns apart.";
const TYPES = "Those in which a type only possibly took part stand behind “possibly”. A wider type counts what is below it too.";

/**
 * @param {Series} series
 * @param {string} by
 * @param {import("./types.js").TaxonomyPart} taxonomy
 * @param {"month" | "year"} unit
 * @param {string} [note] which months or years they are, where not all
 */
export function makeTable({ edges, lines }, by, taxonomy, unit, note = "") {
    const labels = new Map(
        by === "kind" ? taxonomy.kinds.map(({ key, plural, label }) => [key, plural || label]) : taxonomy.equipment.map(({ key, label }) => [key, label]),
    );
    const some = lines.filter(hasAny);
    const head = make("tr", {}, make("th", { scope: "col" }, unit === "year" ? "Year" : "Month"), ...some.map(({ key }) => make("th", { scope: "col" }, labels.get(key) ?? key)));
    const rows = edges.slice(0, -1).flatMap((start, at) => {
        const cells = some.map((line) => {
            const possibly = line.possible ? sayCell(line.possible, at) : "";
            return [sayCell(line, at), possibly && `possibly ${possibly}`].filter(Boolean).join("; ");
        });
        return cells.some(Boolean) ? [make("tr", {}, make("th", { scope: "row" }, sayTick(start, unit)), ...cells.map((text) => make("td", {}, text)))] : [];
    });
    const table = make("table", {}, make("caption", {}, [note && `${note[0].toUpperCase()}${note.slice(1)}.`, LIES, by === "kind" ? "" : TYPES].filter(Boolean).join(" ")), make("thead", {}, head), make("tbody", {}, ...rows));
    return make("div", { class: "chart__scroll", tabindex: "0", role: "region", "aria-label": "Figures of the chart" }, table);
}

/**
 * @param {import("./histogram.js").Steps} line
 * @param {number} at
 * @returns {string} such as "3 + 1, 2 patterns"; "" for nothing
 */
function sayCell(line, at) {
    const [solid, light, patterns] = [line.solid[at], line.light[at], line.patterns[at]];
    const incidents = light ? `${number(solid)} + ${number(light)}` : solid ? number(solid) : "";
    const among = patterns ? `${number(patterns)} ${patterns === 1 ? "pattern" : "patterns"}` : "";
    return [incidents, among].filter(Boolean).join(", ");
}
