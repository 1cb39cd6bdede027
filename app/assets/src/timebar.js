/**
 * Time: the incidents as bars by day, month or year, and a window over them that is dragged, stepped and played.
 *
 * It holds no selection of its own: the window is the selection's `start` and `end`, and every move sets those.
 * What lies wholly in a bar's span is solid, what may lie in it lighter; patterns are a dashed line underneath.
 */

import { later, startOf } from "./days.js";
import { icon, make, number } from "./elements.js";
import { drawBars, findTicks } from "./timebar_bars.js";
import { makeChart, makeSaid, makeTools } from "./timebar_parts.js";
import { sayBeside, sayDay, sayFound, sayShown, sayWindow } from "./words.js";

/** @typedef {{view: import("./types.js").View, selection: import("./selection.js").Selection}} App */
/** @typedef {import("./selection.js").Bin} Bin */
/** @typedef {"day" | "month" | "year"} BarUnit */

const HEIGHT = 52;
const NARROWEST_BAR = 2.2;
const PLAY_MS = 800;
/** How many units PageUp and PageDown move. */
const LEAP = { day: 30, month: 12, year: 10 };
/**
 * Puts the time bar into its place.
 * @param {App} app
 * @param {HTMLElement | null} element
 */
export function mountTimebar(app, element) {
    if (element) {
        new Timebar(app, element).begin();
    }
}

class Timebar {
    /**
     * @param {App} app
     * @param {HTMLElement} element
     */
    constructor(app, element) {
        this.selection = app.selection;
        this.element = element;
        this.tools = makeTools();
        this.chart = makeChart();
        this.said = makeSaid();
        this.span = app.selection.span();
        /** @type {BarUnit} */
        this.unit = "month";
        /** @type {Bin[]} bars that stand in the chart, at its present width */
        this.bins = [];
        /** @type {Bin[]} all bars, those that lie beside the chart too */
        this.all = [];
        /** Where in `all` the chart begins. */
        this.from = 0;
        this.width = 0;
        /** @type {ReturnType<typeof setInterval> | null} */
        this.playing = null;
        this.drawing = 0;
    }

    begin() {
        const { tools, chart, said, element } = this;
        element.classList.add("timebar");
        element.setAttribute("aria-label", "Time");
        element.append(tools.element, chart.element, said.element);
        // Where nothing is dated there is no time to choose.
        tools.element.hidden = !this.span;
        chart.element.hidden = !this.span;
        this.unit = this.fittingUnit();
        for (const [unit, radio] of tools.units) {
            radio.checked = unit === this.unit;
            radio.addEventListener("change", () => this.setUnit(unit));
        }
        tools.back.addEventListener("click", () => this.step(-1));
        tools.forward.addEventListener("click", () => this.step(1));
        tools.play.addEventListener("click", () => (this.playing ? this.stop() : this.play()));
        chart.plot.addEventListener("pointerdown", (event) => this.grab(event));
        chart.start.addEventListener("keydown", (event) => this.key(event, "start"));
        chart.end.addEventListener("keydown", (event) => this.key(event, "end"));
        chart.earlier.addEventListener("click", () => this.page(-1));
        chart.later.addEventListener("click", () => this.page(1));
        said.all.addEventListener("click", () => {
            this.stop();
            this.selection.set({ start: null, end: null });
        });
        said.placeless.addEventListener("click", () => {
            const rows = this.selection.placeless();
            const title = `${number(rows.length)} without a place`;
            this.selection.dispatchEvent(new CustomEvent("pick", { detail: { rows, title } }));
        });
        said.undated.addEventListener("change", () => this.selection.set({ undated: said.undated.checked }));
        this.selection.addEventListener("change", () => this.later());
        new ResizeObserver(() => this.later()).observe(chart.plot);
        this.redraw();
    }

    // What the reader does.

    /** @param {BarUnit} unit */
    setUnit(unit) {
        this.unit = unit;
        this.stop();
        // The bars of another unit have other numbers: the chart finds its place anew.
        this.bins = [];
        this.redraw();
    }

    /**
     * Shifts the window by units. Without a window, the first or the last unit becomes it.
     * @param {number} count
     * @returns {boolean} whether there was somewhere to go
     */
    step(count) {
        if (!this.span) {
            return false;
        }
        const { start, end } = this.selection.state;
        const { unit } = this;
        if (start === null && end === null) {
            const first = startOf(count > 0 ? this.span.first : this.span.last, unit);
            this.selection.set({ start: first, end: later(first, unit) - 1 });
            return true;
        }
        const from = start === null ? null : later(startOf(start, unit), unit, count);
        const to = end === null ? null : later(startOf(end, unit), unit, count + 1) - 1;
        if ((count > 0 && (from ?? to ?? 0) > this.span.last) || (count < 0 && (to ?? from ?? 0) < this.span.first)) {
            return false;
        }
        this.selection.set({ start: from, end: to });
        return true;
    }

    play() {
        const { start, end } = this.selection.state;
        if (!this.span) {
            return;
        }
        if (start === null || end === null) {
            const first = startOf(this.bins[0]?.start ?? this.span.first, this.unit);
            this.selection.set({ start: first, end: later(first, this.unit) - 1 });
        } else if (later(startOf(start, this.unit), this.unit) > this.span.last) {
            const length = end - start;
            const first = startOf(this.span.first, this.unit);
            this.selection.set({ start: first, end: first + length });
        }
        this.playing = setInterval(() => {
            if (!this.step(1)) {
                this.stop();
            }
        }, PLAY_MS);
        this.showPlaying();
    }

    stop() {
        if (this.playing) {
            clearInterval(this.playing);
            this.playing = null;
            this.showPlaying();
        }
    }

    showPlaying() {
        const playing = this.playing !== null;
        const label = playing ? "Pause" : "Play";
        this.tools.play.setAttribute("aria-label", label);
        this.tools.play.setAttribute("title", label);
        this.tools.play.replaceChildren(icon(playing ? "pause" : "play"));
        // A count said at every step would never come to its end.
        this.said.shown.setAttribute("aria-live", playing ? "off" : "polite");
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
            this.setEdge(edge, (event.key === "Home") === (edge === "start") ? null : this.otherEnd(edge));
        } else if (count) {
            const at = this.edges()[edge];
            const moved =
                edge === "start"
                    ? later(startOf(at, this.unit), this.unit, count)
                    : later(startOf(at + 1, this.unit), this.unit, count) - 1;
            this.setEdge(edge, moved);
        } else {
            return;
        }
        event.preventDefault();
        this.stop();
    }

    /**
     * Drags an edge, the window, or draws a new window where there is none.
     * @param {PointerEvent} event
     */
    grab(event) {
        if (event.button !== 0 || !this.bins.length || !(event.target instanceof Element)) {
            return;
        }
        this.stop();
        event.preventDefault();
        const handle = event.target.closest("[data-edge]");
        const edge = handle?.getAttribute("data-edge");
        if (handle instanceof HTMLElement) {
            handle.focus({ preventScroll: true });
        }
        const grabbed = this.binAt(event.clientX);
        const { start, end } = this.edges();
        const moving = !edge && event.target === this.chart.window;
        const first = this.indexOf(start);
        const last = this.indexOf(end);
        let moved = false;
        /** @param {PointerEvent} now */
        const drag = (now) => {
            const at = this.binAt(now.clientX);
            moved ||= Math.abs(now.clientX - event.clientX) > 3;
            if (!moved && (moving || edge)) {
                return;
            }
            if (edge === "start") {
                this.setEdge("start", this.bins[Math.min(at, this.bins.length - 1)].start);
            } else if (edge === "end") {
                this.setEdge("end", this.bins[Math.max(at, 0)].end);
            } else if (moving) {
                const shift = at - grabbed;
                this.step(shift - (this.indexOf(this.edges().start) - first));
            } else {
                const [from, to] = at < grabbed ? [at, grabbed] : [grabbed, at];
                this.selection.set({ start: this.bins[from].start, end: this.bins[to].end });
            }
        };
        const { plot } = this.chart;
        const drop = () => {
            plot.removeEventListener("pointermove", drag);
            plot.removeEventListener("pointerup", release);
            plot.removeEventListener("pointercancel", drop);
        };
        /** @param {PointerEvent} now */
        const release = (now) => {
            drop();
            // A click takes the bar under it; on the window itself only when there are several in it.
            if (!moved && !edge && (!moving || last > first)) {
                const at = this.bins[this.binAt(now.clientX)];
                this.selection.set({ start: at.start, end: at.end });
            }
        };
        plot.setPointerCapture(event.pointerId);
        plot.addEventListener("pointermove", drag);
        plot.addEventListener("pointerup", release);
        plot.addEventListener("pointercancel", drop);
    }

    /**
     * @param {"start" | "end"} edge
     * @param {number | null} day
     */
    setEdge(edge, day) {
        const { span } = this;
        if (!span) {
            return;
        }
        if (edge === "start") {
            const open = day === null || day <= startOf(span.first, this.unit);
            const latest = startOf(this.edges().end, this.unit);
            this.selection.set({ start: open ? null : Math.min(day, latest) });
        } else {
            const open = day === null || day >= later(startOf(span.last, this.unit), this.unit) - 1;
            const earliest = later(startOf(this.edges().start, this.unit), this.unit) - 1;
            this.selection.set({ end: open ? null : Math.max(day, earliest) });
        }
    }

    /** @param {"start" | "end"} edge */
    otherEnd(edge) {
        const { start, end } = this.edges();
        return edge === "start" ? startOf(end, this.unit) : later(startOf(start, this.unit), this.unit) - 1;
    }

    /** @param {number} direction */
    page(direction) {
        const most = this.all.length - this.bins.length;
        const by = Math.max(1, Math.floor(this.bins.length * 0.8));
        this.from = Math.max(0, Math.min(most, this.from + direction * by));
        this.redraw(false);
    }

    // How it is drawn.

    later() {
        if (!this.drawing) {
            this.drawing = requestAnimationFrame(() => {
                this.drawing = 0;
                this.redraw();
            });
        }
    }

    /** @param {boolean} [follow] whether the chart moves to where the window is */
    redraw(follow = true) {
        this.width = this.chart.plot.clientWidth;
        this.all = this.selection.histogram(this.unit);
        const room = Math.max(12, Math.floor(this.width / NARROWEST_BAR));
        const most = Math.max(0, this.all.length - room);
        if (follow && most) {
            this.from = this.following(room);
        }
        this.from = Math.max(0, Math.min(most, this.from));
        this.bins = this.all.slice(this.from, this.from + room);
        this.drawBars();
        this.drawWindow();
        this.drawAxis();
        this.chart.earlier.hidden = this.from === 0;
        this.chart.later.hidden = this.from >= most;
        this.say();
    }

    /**
     * The first bar of the chart when the window is to be in it: no move when it is already.
     * @param {number} room
     */
    following(room) {
        const { start, end } = this.selection.state;
        const days = start ?? end;
        if (days === null) {
            return this.bins.length ? this.from : this.all.length - room;
        }
        const first = this.all.findIndex((bin) => bin.end >= (start ?? days));
        const last = this.all.findIndex((bin) => bin.end >= (end ?? days));
        const at = first < 0 ? this.all.length : first;
        const until = last < 0 ? this.all.length : last;
        const inside = at >= this.from && until < this.from + room && this.bins.length > 0;
        return inside ? this.from : Math.round((at + until) / 2 - room / 2);
    }

    drawBars() {
        const height = this.chart.plot.clientHeight || HEIGHT;
        const paths = drawBars(this.bins, this.width, height);
        this.chart.solid.setAttribute("d", paths.solid);
        this.chart.light.setAttribute("d", paths.light);
        this.chart.patterns.setAttribute("d", paths.patterns);
        this.chart.most.textContent = this.bins.length ? `${number(paths.most)} at most` : "";
    }

    drawWindow() {
        const { start, end } = this.selection.state;
        const left = start === null ? 0 : this.place(start);
        const right = end === null ? this.width : this.place(end + 1);
        const { before, after, window: frame } = this.chart;
        before.style.left = "0";
        before.style.width = `${left}px`;
        after.style.left = `${right}px`;
        after.style.width = `${Math.max(0, this.width - right)}px`;
        frame.style.left = `${left}px`;
        frame.style.width = `${Math.max(2, right - left)}px`;
        frame.classList.toggle("timebar__window--all", start === null && end === null);
        this.chart.start.style.left = `${left}px`;
        this.chart.end.style.left = `${right}px`;
        const edges = this.edges();
        for (const [handle, edge, open] of /** @type {[HTMLElement, "start" | "end", boolean][]} */ ([
            [this.chart.start, "start", start === null],
            [this.chart.end, "end", end === null],
        ])) {
            const day = edges[edge];
            const inChart = this.bins.length && day >= this.bins[0].start && day <= this.bins[this.bins.length - 1].end;
            handle.classList.toggle("timebar__handle--beside", !inChart && !open);
            handle.setAttribute("aria-valuemin", String(this.span?.first ?? 0));
            handle.setAttribute("aria-valuemax", String(this.span?.last ?? 0));
            handle.setAttribute("aria-valuenow", String(day));
            handle.setAttribute("aria-valuetext", `${sayDay(day)}${open ? " (open)" : ""}`);
        }
    }

    drawAxis() {
        const { bins, unit, width } = this;
        const marks = bins.length ? findTicks(bins[0].start, bins[bins.length - 1].end, unit, width) : [];
        const ticks = marks.flatMap(({ day, text }) => {
            const at = this.place(day);
            if (at > width - 8 && day !== bins[0].start) {
                return [];
            }
            const side = at < 20 ? " timebar__tick--first" : at > width - 24 ? " timebar__tick--last" : "";
            const tick = make("span", { class: `timebar__tick${side}` }, text);
            tick.style.left = `${at}px`;
            return [tick];
        });
        this.chart.axis.replaceChildren(...ticks);
    }

    say() {
        const { counts, state } = this.selection;
        const { said } = this;
        put(said.shown, sayShown(counts));
        put(said.sorts, sayFound(counts));
        put(said.placeless, `${number(counts.placeless)} without a place`);
        said.placeless.hidden = counts.placeless === 0;
        put(said.beside, sayBeside(counts));
        const open = state.start === null && state.end === null;
        put(said.when, open ? "All time" : sayWindow(state.start, state.end));
        said.all.hidden = open;
        said.undated.checked = state.undated;
        put(said.undatedLabel, `${number(counts.undated)} undated`);
        said.undatedSwitch.hidden = counts.undated === 0 && state.undated;
    }

    // Where things are.

    /** The window's days, the incidents' own first and last where it is open. */
    edges() {
        const { start, end } = this.selection.state;
        const first = this.span ? startOf(this.span.first, this.unit) : 0;
        const last = this.span ? later(startOf(this.span.last, this.unit), this.unit) - 1 : 0;
        return { start: start ?? Math.min(first, end ?? first), end: end ?? Math.max(last, start ?? last) };
    }

    /**
     * @param {number} day
     * @returns {number} px from the chart's left edge to the day's beginning
     */
    place(day) {
        const at = this.indexOf(day);
        const bin = this.bins[at];
        if (!bin) {
            return 0;
        }
        const part = (day - bin.start) / (bin.end + 1 - bin.start);
        const left = ((at + Math.max(0, part)) / this.bins.length) * this.width;
        return Math.max(0, Math.min(this.width, left));
    }

    /** @param {number} day */
    indexOf(day) {
        let low = 0;
        let high = Math.max(0, this.bins.length - 1);
        while (low < high) {
            const middle = (low + high + 1) >> 1;
            if (this.bins[middle].start <= day) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** @param {number} clientX */
    binAt(clientX) {
        const { left } = this.chart.plot.getBoundingClientRect();
        const at = Math.floor(((clientX - left) / Math.max(1, this.width)) * this.bins.length);
        return Math.max(0, Math.min(this.bins.length - 1, at));
    }

    /** The finest unit whose bars all have room in the chart. */
    fittingUnit() {
        const width = this.chart.plot.clientWidth || 600;
        const days = this.span ? this.span.last - this.span.first + 1 : 1;
        /** @type {[BarUnit, number][]} */
        const units = [
            ["day", 1],
            ["month", 30.44],
        ];
        return units.find(([, length]) => days / length <= width / 5)?.[0] ?? "year";
    }
}

/**
 * Says a text only when it is another one, so that a screen reader hears of changes alone.
 * @param {HTMLElement} element
 * @param {string} text
 */
function put(element, text) {
    if (element.textContent !== text) {
        element.textContent = text;
    }
}
