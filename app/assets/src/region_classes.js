/**
 * Classes of figures for regions that are filled: few, with round limits, and a colour each, lighter to stronger.
 *
 * It knows no region.
 */

/** One hue for all classes, by theme; what is not known is hatched with the other. */
export const COLOURS = {
    light: { fill: "#4F83B2", hatch: "#5A5F66" },
    dark: { fill: "#5C8FBD", hatch: "#A5ADB5" },
};

/** How strongly the colour lies on the land, for up to five classes. */
const STRENGTHS = [0.16, 0.33, 0.51, 0.7, 0.9];
const MOST = STRENGTHS.length;
/** Of rates, which may be as small as one incident in a century. */
const NUMBER = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 6 });
const ROUND = [1, 1.5, 2, 3, 4, 5, 7, 10];

/**
 * The least value of each class, rising; the last class is open above.
 * @param {number[]} values
 * @returns {number[]}
 */
export function findLimits(values) {
    const known = values.filter((value) => value > 0);
    if (!known.length) {
        return [];
    }
    const high = Math.max(...known);
    const whole = known.every(Number.isInteger);
    const low = whole ? 1 : Math.max(Math.min(...known), high / 1000);
    if (whole && high <= MOST) {
        return Array.from({ length: high }, (_, at) => at + 1);
    }
    const limits = STRENGTHS.map((_, at) => roundDown(low * (high / low) ** (at / MOST), whole));
    return [...new Set(limits)];
}

/**
 * @param {number} value
 * @param {boolean} whole
 */
function roundDown(value, whole) {
    const power = 10 ** Math.floor(Math.log10(value));
    const part = value / power;
    const round = (ROUND.filter((one) => one <= part * 1.0001).pop() ?? 1) * power;
    return whole ? Math.max(1, Math.floor(round)) : Number(round.toPrecision(2));
}

/**
 * The class of a value; -1 where it is less than the first one's.
 * @param {number[]} limits
 * @param {number} value
 */
export function classOf(limits, value) {
    let found = -1;
    while (found + 1 < limits.length && value >= limits[found + 1]) {
        found += 1;
    }
    return value > 0 ? Math.max(0, found) : -1;
}

/**
 * How strongly a class is coloured: the whole range is used, however many classes there are.
 * @param {number[]} limits
 * @param {number} at
 */
export function strengthOf(limits, at) {
    const last = MOST - 1;
    return STRENGTHS[limits.length > 1 ? Math.round((at * last) / (limits.length - 1)) : 2];
}

/**
 * @param {number[]} limits
 * @param {number} at
 * @returns {string} such as "10 to 49" or "50 and more"
 */
export function sayClass(limits, at) {
    const from = limits[at];
    if (at === limits.length - 1) {
        return `${NUMBER.format(from)} and more`;
    }
    const next = limits[at + 1];
    if (!limits.every(Number.isInteger)) {
        return `${at === 0 ? "less than" : `${NUMBER.format(from)} to under`} ${NUMBER.format(next)}`;
    }
    return next - from === 1 ? NUMBER.format(from) : `${NUMBER.format(from)} to ${NUMBER.format(next - 1)}`;
}
