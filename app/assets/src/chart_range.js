/**
 * Of what the chart's bars are: months where they have room, else those of the window with some around it, else years.
 *
 * It counts no incidents and draws nothing.
 */

import { number } from "./elements.js";
import { indexOf } from "./time_drag.js";

/** @typedef {{unit: "month" | "year", room: number, note: string}} Fit room: how many bars are drawn at most; note: why they are years, or "" */

/** Pixels of a month's bar, at least. */
const NARROWEST = 1.6;
/** How many months are drawn where not all are: ten years, or more where the window has no room in them twice. */
const LENGTHS = [120, 240, 360];
/** An edition of more months than these, of a thousand years, is not asked for them. */
const MOST_MONTHS = 12_000;

/**
 * What the bars are of, in a chart so wide.
 * @param {[number, number]} span first and last day of all
 * @param {{start: number, end: number}} window its days
 * @param {"day" | "month" | "year"} unit what the reader steps by
 * @param {number} width in pixels
 * @returns {Fit}
 */
export function fitBars(span, window, unit, width) {
    if (unit === "year") {
        return { unit, room: Infinity, note: "" };
    }
    const fitting = Math.floor(width / NARROWEST);
    const all = countMonths(...span);
    if (all <= fitting) {
        return { unit: "month", room: Infinity, note: "" };
    }
    const chosen = Math.min(all, countMonths(window.start, window.end));
    if (all > MOST_MONTHS || chosen > fitting) {
        const more = all > MOST_MONTHS ? "" : ": choose a shorter time";
        return { unit: "year", room: Infinity, note: `no room for ${number(Math.min(all, chosen))} months${more}` };
    }
    const wanted = LENGTHS.find((length) => length >= 2 * chosen) ?? LENGTHS[LENGTHS.length - 1];
    return { unit: "month", room: Math.min(fitting, Math.max(wanted, chosen)), note: "" };
}

/**
 * Which bars are drawn: the same as before while the window has one on each side of it, else with it in the middle.
 * @param {number[]} edges first days of all bins, and where the last one ends
 * @param {{start: number, end: number}} window its days
 * @param {number} room
 * @param {[number, number]} before the first one drawn, and the one after the last
 * @returns {[number, number]} likewise
 */
export function chooseBars(edges, window, room, before) {
    const starts = edges.slice(0, -1).map((start) => ({ start }));
    const all = starts.length;
    const length = Math.min(all, room);
    const [first, last] = [window.start, window.end].map((day) => indexOf(starts, day));
    const [from, until] = before;
    if (until - from === length && (from === 0 || first > from) && (until === all || last < until - 1)) {
        return before;
    }
    const begin = Math.max(0, Math.min(all - length, Math.round((first + last + 1 - length) / 2)));
    return [begin, begin + length];
}

/**
 * How many months two days and those between them lie in.
 * @param {number} first
 * @param {number} last
 */
function countMonths(first, last) {
    const [from, to] = [first, last].map((day) => new Date(day * 86_400_000));
    return (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth() + 1;
}
