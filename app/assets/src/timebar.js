/**
 * Time: the incidents as bars by day, month or year, and a window over them that is dragged, stepped and played.
 *
 * It holds no selection of its own: the window is the selection's `start` and `end`, and every move sets those.
 * What lies wholly in a bar's span is solid, what may lie in it lighter; patterns are a dashed line underneath.
 */

import { icon, make, number } from "./elements.js";
import { toQuery } from "./filter_state.js";
import { beforeNext } from "./painted.js";
import { indexOf, letDrag } from "./time_drag.js";
import { drawBars, findTicks } from "./timebar_bars.js";
import { makeChart, makeSaid, makeTools } from "./timebar_parts.js";
import { mountUnshown } from "./unshown.js";
import { sayBeside, sayDay, sayFound, sayShown, sayTallest, sayWindow } from "./words.js";

/**
 * @typedef {object} App
 * @property {import("./types.js").View} view
 * @property {import("./source.js").Source} source
 * @property {import("./selection.js").Selection} selection
 * @property {import("./time_window.js").TimeWindow} time
 * @property {import("./look.js").Look} look
 */
/** @typedef {import("./histogram.js").Bin} Bin */
/** @typedef {import("./time_window.js").BarUnit} BarUnit */

const HEIGHT = 52;
const NARROWEST_BAR = 2.2;

/**
 * Puts the time bar into its place.
 * @param {App} app
 * @param {HTMLElement | null} element
 */
export function mountTimebar(app, element) {
    if (element) {
        const bar = new Timebar(app, element);
        bar.begin();
        mountUnshown(app, bar.said.unshown);
    }
}

class Timebar {
    /**
     * @param {App} app
     * @param {HTMLElement} element
     */
    constructor({ selection, time, look }, element) {
        this.selection = selection;
        this.time = time;
        this.look = look;
        this.element = element;
        this.tools = makeTools();
        this.chart = makeChart();
        this.said = makeSaid();
        /** @type {Bin[]} bars that stand in the chart, at its present width */
        this.bins = [];
        /** @type {Bin[]} all bars, those that lie beside the chart too */
        this.all = [];
        /** Where in `all` the chart begins. */
        this.from = 0;
        this.width = 0;
        /** For which filter and unit bars were asked for last, and for which the present ones are. */
        this.shown = "";
        this.held = "";
        /** What was drawn last. */
        this.drawn = "";
    }

    async begin() {
        const { tools, chart, said, element, time } = this;
        element.classList.add("timebar");
        element.setAttribute("aria-label", "Time");
        element.append(tools.element, chart.element, said.element);
        // Where nothing is dated there is no time to choose.
        tools.element.hidden = !time.span;
        chart.element.hidden = !time.span;
        // Who goes back behind the choice of a step goes back to this one.
        const fitting = this.fittingUnit();
        time.unit = this.look.step ?? fitting;
        for (const [unit, radio] of tools.units) {
            radio.checked = unit === time.unit;
            radio.addEventListener("change", () => this.look.set({ step: unit }));
        }
        for (const [button, count] of /** @type {[HTMLElement, number][]} */ ([[tools.back, -1], [tools.forward, 1]])) {
            button.addEventListener("click", () => time.step(count));
            button.addEventListener("pointerenter", () => time.foresee(count));
            button.addEventListener("focus", () => time.foresee(count));
        }
        tools.play.addEventListener("click", () => {
            if (time.playing) {
                time.stop();
            } else if (time.span) {
                time.play(this.bins[0]?.start ?? time.span[0]);
            }
        });
        letDrag({ element: chart.plot, frame: chart.window, bars: () => this.bins }, time);
        chart.start.addEventListener("keydown", (event) => time.key(event, "start"));
        chart.end.addEventListener("keydown", (event) => time.key(event, "end"));
        chart.earlier.addEventListener("click", () => this.page(-1));
        chart.later.addEventListener("click", () => this.page(1));
        said.all.addEventListener("click", () => time.open());
        said.placeless.addEventListener("click", () => {
            const records = this.selection.counts.placeless;
            const detail = { where: { placeless: true }, records, spot: null };
            this.selection.dispatchEvent(new CustomEvent("pick", { detail }));
        });
        said.undated.addEventListener("change", () => this.selection.set({ undated: said.undated.checked }));
        const show = beforeNext(() => this.show());
        this.selection.addEventListener("change", () => {
            show();
            this.refresh();
        });
        this.selection.addEventListener("counts", () => this.say());
        time.addEventListener("playing", () => this.showPlaying());
        time.addEventListener("unit", () => this.changeUnit());
        this.look.addEventListener("change", () => {
            const unit = this.look.step ?? fitting;
            if (unit !== time.unit) {
                time.setUnit(unit);
            }
        });
        time.calm.addEventListener("change", () => this.showPlaying());
        new ResizeObserver(() => {
            this.width = chart.plot.clientWidth;
            this.redraw();
        }).observe(chart.plot);
        this.width = chart.plot.clientWidth;
        this.showPlaying();
        this.say();
        await this.refresh();
    }

    showPlaying() {
        const { playing, calm } = this.time;
        const { play } = this.tools;
        const label = playing ? "Pause" : "Play";
        play.setAttribute("aria-label", label);
        play.setAttribute("title", label);
        play.replaceChildren(icon(playing ? "pause" : "play"));
        // Who wants no motion steps by hand.
        play.hidden = calm.matches;
        // A count said at every step would never come to its end.
        this.said.shown.setAttribute("aria-live", playing ? "off" : "polite");
    }

    changeUnit() {
        for (const [unit, radio] of this.tools.units) {
            radio.checked = unit === this.time.unit;
        }
        // The bars of another unit have other numbers: the chart finds its place anew.
        this.bins = [];
        this.refresh();
    }

    /** @param {number} direction */
    page(direction) {
        const most = this.all.length - this.bins.length;
        const by = Math.max(1, Math.floor(this.bins.length * 0.8));
        this.from = Math.max(0, Math.min(most, this.from + direction * by));
        this.redraw(false);
    }

    // How it is drawn.

    /** The window moves at once, whenever the map will have been drawn. */
    show() {
        this.redraw();
        this.sayWhen();
        // What is counted is still of the filter before.
        this.said.element.classList.add("timebar__said--old");
    }

    /** Asks for the bars, if they are not of this filter and unit: they do not know of the window. */
    async refresh() {
        const { unit } = this.time;
        const wanted = `${unit}?${toQuery(this.selection.everWithin)}`;
        if (wanted === this.shown) {
            return;
        }
        this.shown = wanted;
        await this.selection.isStill();
        if (this.shown !== wanted) {
            return;
        }
        const bins = await this.selection.histogram(unit).catch(() => null);
        if (this.shown !== wanted) {
            return;
        }
        if (bins) {
            this.all = bins;
            this.held = wanted;
            this.redraw();
        } else {
            this.shown = "";
        }
    }

    /** @param {boolean} [follow] whether the chart moves to where the window is */
    redraw(follow = true) {
        const room = Math.max(12, Math.floor(this.width / NARROWEST_BAR));
        const most = Math.max(0, this.all.length - room);
        if (follow && most) {
            this.from = this.following(room);
        }
        this.from = Math.max(0, Math.min(most, this.from));
        const bins = this.all.slice(this.from, this.from + room);
        const drawn = [this.held, this.all.length, this.from, room, this.width].join(" ");
        this.bins = bins;
        if (drawn !== this.drawn) {
            this.drawn = drawn;
            this.drawBars();
            this.drawAxis();
            this.chart.earlier.hidden = this.from === 0;
            this.chart.later.hidden = this.from >= most;
        }
        this.drawWindow();
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
        this.chart.most.textContent = sayTallest(paths.most, this.bins.some(({ solid, light }) => solid + light > 0));
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
        const edges = this.time.edges();
        // What lies before all bars, or behind them, is taken hold of at the chart's edge.
        const from = this.from === 0 ? -Infinity : this.bins[0]?.start;
        const until = this.from + this.bins.length === this.all.length ? Infinity : this.bins[this.bins.length - 1]?.end;
        for (const [handle, edge, open] of /** @type {[HTMLElement, "start" | "end", boolean][]} */ ([
            [this.chart.start, "start", start === null],
            [this.chart.end, "end", end === null],
        ])) {
            const day = edges[edge];
            const inChart = this.bins.length && day >= from && day <= until;
            handle.classList.toggle("timebar__handle--beside", !inChart && !open);
            handle.setAttribute("aria-valuemin", String(this.time.span?.[0] ?? 0));
            handle.setAttribute("aria-valuemax", String(this.time.span?.[1] ?? 0));
            handle.setAttribute("aria-valuenow", String(day));
            handle.setAttribute("aria-valuetext", `${sayDay(day)}${open ? " (open)" : ""}`);
        }
    }

    drawAxis() {
        const { bins, width } = this;
        const marks = bins.length ? findTicks(bins[0].start, bins[bins.length - 1].end, this.time.unit, width) : [];
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
        put(said.undatedLabel, `${number(counts.undated)} undated`);
        said.undatedSwitch.hidden = counts.undated === 0 && state.undated;
        said.element.classList.remove("timebar__said--old");
        this.sayWhen();
    }

    /** The window needs no answer: it is never behind what the map shows. */
    sayWhen() {
        const { state, within } = this.selection;
        const { said } = this;
        // Of a map with a window of its own that is all there is.
        put(said.when, within.start === null && within.end === null ? "All time" : sayWindow(within.start, within.end));
        said.all.hidden = state.start === null && state.end === null;
        said.undated.checked = state.undated;
    }

    // Where things are.

    /**
     * @param {number} day
     * @returns {number} px from the chart's left edge to the day's beginning
     */
    place(day) {
        const at = indexOf(this.bins, day);
        const bin = this.bins[at];
        if (!bin) {
            return 0;
        }
        const part = (day - bin.start) / (bin.end + 1 - bin.start);
        const left = ((at + Math.max(0, part)) / this.bins.length) * this.width;
        return Math.max(0, Math.min(this.width, left));
    }

    /** The finest unit whose bars all have room in the chart, or the one that the window of an address is made of. */
    fittingUnit() {
        const { start, end } = this.selection.state;
        const chosen = start === null || end === null ? Infinity : end - start + 1;
        if (chosen < 365) {
            return chosen < 28 ? "day" : "month";
        }
        const width = this.chart.plot.clientWidth || 600;
        const { span } = this.time;
        const days = span ? span[1] - span[0] + 1 : 1;
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
