/**
 * The window in time: stepped, played, and moved by its edges.
 *
 * It holds no days of its own: they are the selection's `start` and `end`, and every move sets those. It draws nothing.
 */

import { later, startOf } from "./days.js";

/** @typedef {import("./selection.js").Selection} Selection */
/** @typedef {"day" | "month" | "year"} BarUnit */

const PLAY_MS = 800;
/** How many units PageUp and PageDown move. */
const LEAP = { day: 30, month: 12, year: 10 };

/** Emits "unit" when another unit is stepped by, "playing" when playing begins or ends. */
export class TimeWindow extends EventTarget {
    /**
     * @param {Selection} selection
     * @param {[number, number] | null} span first and last day that any incident is bounded by
     */
    constructor(selection, span) {
        super();
        this.selection = selection;
        this.span = span;
        /** @type {BarUnit} */
        this.unit = "month";
        /** @type {ReturnType<typeof setInterval> | null} */
        this.timer = null;
        this.calm = matchMedia("(prefers-reduced-motion: reduce)");
        this.calm.addEventListener("change", () => this.stop());
    }

    /** Whether it moves by itself. */
    get playing() {
        return this.timer !== null;
    }

    /** @param {BarUnit} unit */
    setUnit(unit) {
        this.stop();
        this.unit = unit;
        this.dispatchEvent(new Event("unit"));
    }

    /**
     * Shifts the window by units. Without a window, the first or the last unit becomes it.
     * @param {number} count
     * @returns {boolean} whether there was somewhere to go
     */
    step(count) {
        const shifted = this.shifted(count);
        if (shifted) {
            this.selection.set(shifted, "step");
            this.foresee(count);
        }
        return shifted !== null;
    }

    /**
     * Where the window would be after a step; null when there is nowhere to go.
     * @param {number} count
     * @returns {{start: number | null, end: number | null} | null}
     */
    shifted(count) {
        if (!this.span) {
            return null;
        }
        const [first, last] = this.span;
        const { start, end } = this.selection.state;
        const { unit } = this;
        if (start === null && end === null) {
            const from = startOf(count > 0 ? first : last, unit);
            return { start: from, end: later(from, unit) - 1 };
        }
        const from = start === null ? null : later(startOf(start, unit), unit, count);
        const to = end === null ? null : later(startOf(end, unit), unit, count + 1) - 1;
        const isBeyond = (count > 0 && (from ?? to ?? 0) > last) || (count < 0 && (to ?? from ?? 0) < first);
        return isBeyond ? null : { start: from, end: to };
    }

    /**
     * Takes a window, if it is another one than before: a drag within a bar changes nothing.
     * @param {number | null} start
     * @param {number | null} end
     * @param {string} [input] what the reader did
     */
    set(start, end, input) {
        const { state } = this.selection;
        if (start !== state.start || end !== state.end) {
            this.selection.set({ start, end }, input);
        }
    }

    /** Takes all time. */
    open() {
        this.stop();
        this.selection.set({ start: null, end: null });
    }

    /**
     * Moves on by itself, from the first unit that is in sight if no window is set; not for a reader who wants no motion.
     * @param {number} first day in sight
     */
    play(first) {
        const { start, end } = this.selection.state;
        if (!this.span || this.calm.matches) {
            return;
        }
        if (start === null || end === null) {
            const from = startOf(first, this.unit);
            this.selection.set({ start: from, end: later(from, this.unit) - 1 }, "step");
        } else if (later(startOf(start, this.unit), this.unit) > this.span[1]) {
            const from = startOf(this.span[0], this.unit);
            this.selection.set({ start: from, end: from + end - start }, "step");
        }
        this.timer = setInterval(() => {
            if (!this.step(1)) {
                this.stop();
            }
        }, PLAY_MS);
        this.dispatchEvent(new Event("playing"));
        this.foresee(1);
    }

    stop() {
        if (this.timer !== null) {
            clearInterval(this.timer);
            this.timer = null;
            this.dispatchEvent(new Event("playing"));
        }
    }

    /**
     * Has what a step would show asked for: whoever has gone one way mostly goes on.
     * @param {number} count
     */
    foresee(count) {
        const next = this.shifted(count);
        if (next) {
            this.selection.foresee(next);
        }
    }

    /** Whether the window is open at both ends. */
    get isOpen() {
        const { start, end } = this.selection.state;
        return start === null && end === null;
    }

    /**
     * @param {KeyboardEvent} event
     * @param {"start" | "end"} edge
     */
    key(event, edge) {
        if (!this.span) {
            return;
        }
        const moves = {
            ArrowLeft: -1,
            ArrowDown: -1,
            ArrowRight: 1,
            ArrowUp: 1,
            PageDown: -LEAP[this.unit],
            PageUp: LEAP[this.unit],
        };
        const count = moves[/** @type {keyof typeof moves} */ (event.key)];
        if (event.key === "Home" || event.key === "End") {
            this.stop();
            this.setEdge(edge, (event.key === "Home") === (edge === "start") ? null : this.otherEnd(edge));
        } else if (count) {
            this.stop();
            this.setEdge(edge, this.moved(edge, count));
            const next = this.bounded(edge, this.moved(edge, count));
            if (next) {
                this.selection.foresee(next);
            }
        } else {
            return;
        }
        event.preventDefault();
    }

    /**
     * The day to which so many units move an edge.
     * @param {"start" | "end"} edge
     * @param {number} count
     */
    moved(edge, count) {
        const at = this.edges()[edge];
        return edge === "start"
            ? later(startOf(at, this.unit), this.unit, count)
            : later(startOf(at + 1, this.unit), this.unit, count) - 1;
    }

    /**
     * @param {"start" | "end"} edge
     * @param {number | null} day
     */
    setEdge(edge, day) {
        const window = this.bounded(edge, day);
        if (window) {
            this.set(window.start, window.end, "edge");
        }
    }

    /**
     * The window with an edge moved: open beyond the first and the last day, and one unit wide at least.
     * @param {"start" | "end"} edge
     * @param {number | null} day
     * @returns {{start: number | null, end: number | null} | null}
     */
    bounded(edge, day) {
        const { span } = this;
        if (!span) {
            return null;
        }
        const { start, end } = this.selection.state;
        if (edge === "start") {
            const open = day === null || day <= startOf(span[0], this.unit);
            const latest = startOf(this.edges().end, this.unit);
            return { start: open ? null : Math.min(day, latest), end };
        }
        const open = day === null || day >= later(startOf(span[1], this.unit), this.unit) - 1;
        const earliest = later(startOf(this.edges().start, this.unit), this.unit) - 1;
        return { start, end: open ? null : Math.max(day, earliest) };
    }

    /** @param {"start" | "end"} edge */
    otherEnd(edge) {
        const { start, end } = this.edges();
        return edge === "start" ? startOf(end, this.unit) : later(startOf(start, this.unit), this.unit) - 1;
    }

    /** The window's days, the incidents' own first and last where it is open. */
    edges() {
        const { start, end } = this.selection.state;
        const first = this.span ? startOf(this.span[0], this.unit) : 0;
        const last = this.span ? later(startOf(this.span[1], this.unit), this.unit) - 1 : 0;
        return { start: start ?? Math.min(first, end ?? first), end: end ?? Math.max(last, start ?? last) };
    }
}
