/**
 * The time bar's bars and the marks under them, worked out from bins.
 *
 * It touches no element: it gives path data and days.
 */

import { later, startOf } from "./days.js";
import { sayTick } from "./words.js";

/** @typedef {import("./histogram.js").Bin} Bin */
/** @typedef {"day" | "month" | "year"} BarUnit */

/** @type {[BarUnit, number, number][]} unit, how many of it, about how many days: what ticks may be apart */
const TICKS = [
    ["day", 1, 1],
    ["day", 7, 7],
    ["month", 1, 30],
    ["month", 3, 91],
    ["year", 1, 365],
    ["year", 2, 731],
    ["year", 5, 1826],
    ["year", 10, 3652],
    ["year", 20, 7305],
    ["year", 50, 18262],
];

/** A tick's width at least, in pixels where letters have their usual size. */
const NARROWEST_TICK = 72;
/** Pixels of the root's letters, unless a reader has chosen others. */
const USUAL_LETTERS = 16;

/**
 * Outlines as SVG path data: what lies wholly in a bin, what may lie in it on top, patterns as a line underneath.
 * @param {Bin[]} bins
 * @param {number} width of all of them, in pixels
 * @param {number} height of the tallest, in pixels
 * @returns {{solid: string, light: string, patterns: string, most: number}} most: incidents in the tallest
 */
export function drawBars(bins, width, height) {
    const most = bins.reduce((found, bin) => Math.max(found, bin.solid + bin.light), 1);
    const wide = width / Math.max(1, bins.length);
    const gap = wide > 4 ? 1 : 0;
    // The smallest count is still to be seen beside the greatest.
    const tall = (/** @type {number} */ count) => (count ? Math.max(1.5, (count / most) * (height - 10)) : 0);
    let solid = "";
    let light = "";
    let patterns = "";
    bins.forEach((bin, at) => {
        const left = at * wide;
        const low = tall(bin.solid);
        const high = tall(bin.light);
        if (low) {
            solid += rectangle(left, height - low, wide - gap, low);
        }
        if (high) {
            light += rectangle(left, height - low - high, wide - gap, high);
        }
        if (bin.patterns) {
            patterns += rectangle(left, height + 2, wide, 2);
        }
    });
    return { solid, light, patterns, most };
}

/**
 * The days to mark under the bars, far enough apart to be read.
 * @param {number} first
 * @param {number} last
 * @param {BarUnit} bars the bars' unit, for when none fits
 * @param {number} width in pixels
 * @returns {{day: number, text: string}[]}
 */
export function findTicks(first, last, bars, width) {
    const perDay = width / (last - first + 1);
    const letters = Math.max(1, parseFloat(getComputedStyle(document.documentElement).fontSize) / USUAL_LETTERS);
    const [unit, count] = TICKS.find(([, , days]) => days * perDay >= NARROWEST_TICK * letters) ?? TICKS[TICKS.length - 1];
    const ticks = [];
    for (let day = tickFrom(first, unit, count); day <= last; day = later(day, unit, count)) {
        if (day >= first) {
            ticks.push({ day, text: sayTick(day, unit) });
        }
    }
    return ticks.length ? ticks : [{ day: first, text: sayTick(first, bars) }];
}

/**
 * @param {number} left
 * @param {number} top
 * @param {number} wide
 * @param {number} tall
 */
function rectangle(left, top, wide, tall) {
    const width = Math.max(0.8, wide).toFixed(2);
    return `M${left.toFixed(2)} ${top.toFixed(2)}h${width}v${tall.toFixed(2)}h-${width}z`;
}

/**
 * The first tick at or before a day.
 * @param {number} day
 * @param {BarUnit} unit
 * @param {number} count
 */
function tickFrom(day, unit, count) {
    if (unit !== "year" || count === 1) {
        return unit === "month" && count > 1 ? startOf(day, "year") : startOf(day, unit);
    }
    const year = new Date(startOf(day, "year") * 86_400_000).getUTCFullYear();
    return later(startOf(day, "year"), "year", Math.floor(year / count) * count - year);
}
