/**
 * The interface's sentences about days, counts and filters.
 *
 * What a record says in words comes from the service; here is only what the reader's own choices make.
 */

import { readEdge, toISO } from "./days.js";
import { counted, number } from "./elements.js";

/** @typedef {import("./counting.js").Counts} Counts */
/** @typedef {import("./selection.js").Selection} Selection */
/** @typedef {import("./types.js").View} View */

const MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/**
 * @param {number} day
 * @returns {string} such as "16 September 2022"
 */
export function sayDay(day) {
    const [year, month, date] = toISO(day).split("-").map(Number);
    return `${date} ${MONTHS[month - 1]} ${year}`;
}

/**
 * @param {number} day
 * @param {"day" | "month" | "year"} unit
 * @returns {string} such as "16 Sep", "Sep 2022" or "2022"
 */
export function sayTick(day, unit) {
    const [year, month, date] = toISO(day).split("-").map(Number);
    if (unit === "year") {
        return String(year);
    }
    const short = MONTHS[month - 1].slice(0, 3);
    return unit === "month" ? `${short} ${year}` : `${date} ${short}`;
}

/**
 * A window in time, as short as it can be said: "2021", "September 2022", "1 February 2021 to 3 March 2021".
 * @param {number | null} start
 * @param {number | null} end
 * @returns {string}
 */
export function sayWindow(start, end) {
    if (start === null && end === null) {
        return "all time";
    }
    if (start === null || end === null) {
        return start === null ? `until ${sayEdge(end ?? 0, "end")}` : `from ${sayEdge(start, "start")}`;
    }
    const [fromYear, fromMonth, fromDay] = toISO(start).split("-").map(Number);
    const [year, month] = toISO(end).split("-").map(Number);
    const [, nextMonth, nextDay] = toISO(end + 1).split("-").map(Number);
    if (start === end) {
        return sayDay(start);
    }
    if (fromDay === 1 && nextDay === 1) {
        if (fromMonth === 1 && nextMonth === 1) {
            return fromYear === year ? String(year) : `${fromYear} to ${year}`;
        }
        const first = `${MONTHS[fromMonth - 1]} ${fromYear}`;
        const last = `${MONTHS[month - 1]} ${year}`;
        return first === last ? first : `${first} to ${last}`;
    }
    return `${sayDay(start)} to ${sayDay(end)}`;
}

/**
 * An edge as short as it can be said: the first of a year is "2021" at the window's beginning.
 * @param {number} day
 * @param {"start" | "end"} edge
 */
export function sayEdge(day, edge) {
    const [year, month] = writeEdge(day, edge).split("-");
    if (month === undefined) {
        return year;
    }
    return writeEdge(day, edge).length === 7 ? `${MONTHS[Number(month) - 1]} ${year}` : sayDay(day);
}

/**
 * A date as a source gives it: "July 2023" for "2023-07". What is no plain date stays as it is.
 * @param {string} text
 * @returns {string}
 */
export function sayGiven(text) {
    const first = readEdge(text, "start");
    return first === null || first === undefined ? text : sayWindow(first, readEdge(text, "end") ?? first);
}

/**
 * The shortest text that names the window's edge, as the address bar and the fields give it: a whole year is
 * "2022", a whole month "2022-09".
 * @param {number | null} day
 * @param {"start" | "end"} edge
 * @returns {string}
 */
export function writeEdge(day, edge) {
    if (day === null) {
        return "";
    }
    const iso = toISO(day);
    const beside = edge === "start" ? iso : toISO(day + 1);
    if (!beside.endsWith("-01")) {
        return iso;
    }
    return beside.endsWith("-01-01") ? iso.slice(0, 4) : iso.slice(0, 7);
}

/**
 * @param {Counts} counts
 * @returns {string} such as "1,204 of 7,374 shown"
 */
export function sayShown(counts) {
    return `${number(counts.shown)} of ${number(counts.total)} shown`;
}

/**
 * What lies beside the filter, for it may belong to it: "352 more are known only to Myanmar".
 * @param {Counts} counts
 * @returns {string} empty when nothing does
 */
export function sayBeside(counts) {
    const most = [...counts.beside].sort((a, b) => b.count - a.count);
    const named = most.slice(0, 2).map(({ name, count }, at) => {
        const verb = count === 1 ? "is" : "are";
        return at === 0 ? `${number(count)} more ${verb} known only to ${name}` : `${number(count)} only to ${name}`;
    });
    const rest = most.slice(2).reduce((sum, { count }) => sum + count, 0);
    return [...named, ...(rest ? [`${number(rest)} only to other areas`] : [])].join(", ");
}

/**
 * Incidents counted once, and patterns apart, which stand for an unknown number each.
 * @param {import("./counting.js").Found} found
 * @param {string} [between]
 * @returns {string} such as "1 incident, 9 patterns", "9 patterns" or "0 incidents"
 */
export function sayFound({ incidents, patterns }, between = ", ") {
    const said = [];
    if (incidents || !patterns) {
        said.push(counted(incidents, "incident"));
    }
    if (patterns) {
        said.push(counted(patterns, "pattern"));
    }
    return said.join(between);
}

/**
 * How much the tallest bar stands for.
 * @param {number} most
 * @param {boolean} any whether there is a bar at all
 * @param {number} [incidents] how many it is if each incident counts once, though it be of several kinds
 */
export function sayTallest(most, any, incidents = most) {
    const twice = incidents < most ? `; ${number(incidents)} if each counts once` : "";
    return any ? `tallest bar: ${number(most)}${twice}` : "";
}

/**
 * The filters that are set, each as a reader would name it and with what lifts it.
 * @param {Selection} selection
 * @param {View} view
 * @returns {{name: string, label: string, act?: string, lift: Partial<import("./filter_state.js").State>}[]} act: what
 *     lifting it does, where that is not to be said by its label
 */
export function sayFilters(selection, view) {
    const { state, regions } = selection;
    const said = [];
    if (state.kinds) {
        const act = state.kinds.size ? {} : { act: "Switch all kinds on" };
        said.push({ name: "kind", label: sayKinds(state.kinds, selection, view), ...act, lift: { kinds: null } });
    }
    if (state.aircraft) {
        const labels = new Map(view.taxonomy.equipment.map(({ key, label }) => [key, label]));
        said.push({ name: "aircraft", label: sayList([...state.aircraft], labels), lift: { aircraft: null } });
    }
    if (state.regions) {
        const labels = new Map([...state.regions].map((code) => [code, regions.get(code)?.name ?? code]));
        said.push({ name: "region", label: sayList([...state.regions], labels), lift: { regions: null } });
    }
    if (state.grades) {
        const labels = new Map(view.taxonomy.grades.map(({ key, label }) => [key, label]));
        said.push({ name: "grade", label: `graded ${sayList([...state.grades], labels)}`, lift: { grades: null } });
    }
    if (state.precision) {
        const term = view.taxonomy.precision.find(({ key }) => key === state.precision);
        const label = `place known to: ${(term?.floor ?? state.precision).toLowerCase()}`;
        said.push({ name: "precision", label, lift: { precision: null } });
    }
    if (state.start !== null || state.end !== null) {
        said.push({ name: "time", label: sayWindow(state.start, state.end), lift: { start: null, end: null } });
    }
    if (!state.undated) {
        said.push({ name: "undated", label: "undated left out", lift: { undated: true } });
    }
    if (state.words) {
        said.push({ name: "q", label: `“${state.words}”`, lift: { words: null } });
    }
    if (state.bbox) {
        said.push({ name: "bbox", label: "a part of the map", lift: { bbox: null } });
    }
    return said;
}

/**
 * What a label counts is known to: a whole, parts of it, or both.
 * @param {string} code of the whole; empty for several wholes
 * @param {string} name
 * @param {string[]} codes of what is counted
 */
export function sayWhere(code, name, codes) {
    const parts = code ? codes.filter((one) => one !== code).length : 0;
    if (parts < codes.length) {
        return parts ? `${name} or parts of it` : name;
    }
    return `${parts === 1 ? "a part" : "parts"} of ${name}`;
}

/**
 * @param {Set<string>} kinds
 * @param {Selection} selection
 * @param {View} view
 */
function sayKinds(kinds, selection, view) {
    const labels = new Map(view.taxonomy.kinds.map(({ key, plural, label }) => [key, plural || label]));
    if (kinds.size === 0) {
        return "no kind is switched on";
    }
    const off = (selection.terms?.kinds ?? []).filter((key) => !kinds.has(key));
    return off.length && off.length < kinds.size && off.length <= 2
        ? `without ${sayList(off, labels).toLowerCase()}`
        : sayList([...kinds], labels);
}

/**
 * @param {string[]} keys
 * @param {Map<string, string>} labels
 */
function sayList(keys, labels) {
    if (!keys.length) {
        return "none";
    }
    const named = keys.slice(0, 3).map((key) => labels.get(key) ?? key);
    return keys.length > 3 ? `${named.slice(0, 2).join(", ")} and ${keys.length - 2} more` : named.join(", ");
}
