/**
 * Days as whole numbers since 1970-01-01, and the calendar's units made of them.
 *
 * It knows no time of day and no time zone: a date is the date that a source gave.
 */

const DAY_MS = 86_400_000;

/** @typedef {"day" | "week" | "month" | "year" | "decade"} Unit */

/**
 * The day number of a date such as "2022-09-16"; null for null, undefined or what is no date.
 * @param {string | null | undefined} iso
 * @returns {number | null}
 */
export function toDay(iso) {
    const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso ?? "");
    if (!found) {
        return null;
    }
    return fromParts(Number(found[1]), Number(found[2]) - 1, Number(found[3]));
}

/**
 * The date of a day number, such as "2022-09-16".
 * @param {number} day
 * @returns {string}
 */
export function toISO(day) {
    const date = new Date(day * DAY_MS);
    const year = String(date.getUTCFullYear()).padStart(4, "0");
    return `${year}-${String(date.getUTCMonth() + 1).padStart(2, "0")}-${String(date.getUTCDate()).padStart(2, "0")}`;
}

/**
 * The day number of a year, a month counted from 0 and a day of the month; months and days may overflow.
 * @param {number} year
 * @param {number} month
 * @param {number} day
 * @returns {number}
 */
export function fromParts(year, month, day) {
    const date = new Date(0);
    date.setUTCFullYear(year, month, day);
    return Math.round(date.getTime() / DAY_MS);
}

/**
 * The first day of the unit that a day lies in. Weeks begin on Monday.
 * @param {number} day
 * @param {Unit} unit
 * @returns {number}
 */
export function startOf(day, unit) {
    if (unit === "day") {
        return day;
    }
    if (unit === "week") {
        return day - ((((day + 3) % 7) + 7) % 7);
    }
    const date = new Date(day * DAY_MS);
    const year = date.getUTCFullYear();
    if (unit === "month") {
        return fromParts(year, date.getUTCMonth(), 1);
    }
    return fromParts(unit === "decade" ? Math.floor(year / 10) * 10 : year, 0, 1);
}

/**
 * The first day of the unit `count` units after the one that begins on `start`.
 * @param {number} start
 * @param {Unit} unit
 * @param {number} [count]
 * @returns {number}
 */
export function later(start, unit, count = 1) {
    if (unit === "day" || unit === "week") {
        return start + count * (unit === "day" ? 1 : 7);
    }
    const date = new Date(start * DAY_MS);
    if (unit === "month") {
        return fromParts(date.getUTCFullYear(), date.getUTCMonth() + count, 1);
    }
    return fromParts(date.getUTCFullYear() + count * (unit === "decade" ? 10 : 1), 0, 1);
}

/**
 * Reads what a reader wrote for an edge: a year, a month or a day.
 * @param {string} text
 * @param {"start" | "end"} edge
 * @returns {number | null | undefined} null for nothing, undefined for what is no date
 */
export function readEdge(text, edge) {
    const found = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/.exec(text.trim());
    if (!found) {
        return text.trim() === "" ? null : undefined;
    }
    const [, year, month, date] = found;
    const pad = (/** @type {string} */ part) => part.padStart(2, "0");
    const firstMonth = month ?? (edge === "start" ? "01" : "12");
    const first = toDay(`${year}-${pad(firstMonth)}-${pad(date ?? "01")}`);
    if (first === null || toISO(first) !== `${year}-${pad(firstMonth)}-${pad(date ?? "01")}`) {
        return undefined;
    }
    if (edge === "start" || date) {
        return first;
    }
    const next = toISO(first + 31).slice(0, 7);
    return (toDay(`${next}-01`) ?? 0) - 1;
}
