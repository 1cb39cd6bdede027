/**
 * The chart above the time bar: incidents by month or year, by kind or by aircraft, with the window over it.
 *
 * It counts nothing and holds no window: it asks the selection, and what is dragged or clicked sets the window.
 */

import { drawTotals, drawTypes, hasAny, makePatterns } from "./chart_bars.js";
import { chooseBars, fitBars } from "./chart_range.js";
import { makeTable } from "./chart_table.js";
import { button, draw, make, number } from "./elements.js";
import { toQuery } from "./filter_state.js";
import { cutSeries } from "./histogram.js";
import { Input } from "./input.js";
import { indexOf, letDrag } from "./time_drag.js";
import { findTicks } from "./timebar_bars.js";

/** @typedef {import("./engines.js").Series} Series */
/** @typedef {import("./histogram.js").Bin} Bin */
/** @typedef {import("./look.js").Chart} ChartBy */

/**
 * @typedef {object} App
 * @property {import("./types.js").View} view
 * @property {import("./selection.js").Selection} selection
 * @property {import("./time_window.js").TimeWindow} time
 * @property {import("./look.js").Look} look
 */

const HEIGHT = 100;
/** A lower frame in somebody else's page has no room for it: the time bar has bars of its own. */
const ROOM = matchMedia("(min-height: 421px)");
/** Of a chart that is not laid out yet, px. */
const WIDTH = 800;

/**
 * Puts the chart into its place, folded unless the address says otherwise.
 * @param {App} app
 * @param {HTMLElement | null} element
 */
export function mountChart(app, element) {
    if (element && app.time.span) {
        new Chart(app, element).begin();
    }
}

/**
 * Whether a chart that is asked for is unfolded.
 * @param {import("./types.js").View} view
 * @param {import("./look.js").Look} look
 */
export function isCharted(view, look) {
    return look.chart !== "off" && (view.mode !== "embed" || ROOM.matches);
}

class Chart {
    /**
     * @param {App} app
     * @param {HTMLElement} element
     */
    constructor(app, element) {
        this.app = app;
        this.element = element;
        this.toggle = button("Chart", { icon: "chart" });
        this.by = make("select", { class: "field chart__by", "aria-label": "Chart by" });
        this.title = make("h2", { class: "chart__title" });
        this.legend = make("ul", { class: "chart__legend" });
        this.picture = draw("svg", { "aria-hidden": "true", focusable: "false" });
        this.labels = make("div", { class: "chart__labels" });
        this.before = make("div", { class: "timebar__shade" });
        this.after = make("div", { class: "timebar__shade" });
        this.frame = make("div", { class: "timebar__window" });
        this.most = make("p", { class: "chart__most", "aria-hidden": "true" });
        this.plot = make("div", { class: "chart__plot", tabindex: "0", role: "group" }, this.picture, this.before, this.after, this.labels, this.frame);
        this.axis = make("div", { class: "timebar__axis", "aria-hidden": "true" });
        this.figures = make("details", { class: "chart__figures" }, make("summary", {}, "Table"));
        this.data = make("a", { class: "chart__away", download: "" }, "Figures as CSV");
        this.away = make("a", { class: "chart__away" }, "As a picture");
        /** All bars that there are. @type {Series} */
        this.all = { edges: [], lines: [] };
        /** The same by time alone, where an incident of several kinds counts once. @type {Bin[]} */
        this.once = [];
        /** What they are of. */
        this.held = "";
        /** How those have room. @type {import("./chart_range.js").Fit} */
        this.fit = { unit: "year", room: Infinity, note: "" };
        /** Which of them are drawn: the first, and the one after the last. @type {[number, number]} */
        this.part = [0, 0];
        /** Those. @type {Series} */
        this.series = { edges: [], lines: [] };
        /** By what they were drawn, and what was said of it. */
        this.unit = this.fit.unit;
        this.note = "";
        /** Whether the window is being dragged over the bars, which stay in their places meanwhile. */
        this.dragged = false;
        /** Of the plot as it was drawn, px: asked at each step, it would have the whole page laid out in between. */
        this.width = 0;
        /** What the series answers. */
        this.shown = "";
        /** What asked for the chart last. @type {Input | null} */
        this.input = null;
    }

    begin() {
        const { app, element, toggle, by, plot } = this;
        const choices = [["kind", "kind"], ...(app.selection.terms?.aircraft.length ? [["aircraft", "aircraft"]] : [])];
        by.append(...choices.map(([value, label]) => make("option", { value }, label)));
        by.addEventListener("change", () => this.choose(/** @type {ChartBy} */ (by.value)));
        toggle.classList.add("chart__toggle");
        toggle.setAttribute("aria-controls", element.id);
        toggle.addEventListener("click", () => this.choose(app.look.chart === "off" ? "kind" : "off"));
        document.querySelector(".timebar__row")?.append(toggle);
        const close = button("Fold the chart", { icon: "close", iconOnly: true, class: "button--bare" });
        close.addEventListener("click", () => {
            this.choose("off");
            toggle.focus();
        });
        const choice = make("label", { class: "chart__choice" }, "by", by);
        const head = make("div", { class: "chart__head" }, this.title, choice, this.legend, this.figures, this.data, this.away, close);
        // Without a time bar nothing would unfold it again.
        close.hidden = !toggle.isConnected;
        element.append(head, make("div", { class: "chart__drawn" }, this.most, plot, this.axis));
        letDrag({ element: plot, frame: this.frame, bars: () => this.bars() }, app.time);
        plot.addEventListener("gotpointercapture", () => {
            this.dragged = true;
        });
        plot.addEventListener("lostpointercapture", () => {
            this.dragged = false;
            this.follow();
        });
        plot.addEventListener("keydown", (event) => {
            const steps = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
            if (steps) {
                event.preventDefault();
                app.time.stop();
                app.time.step(steps);
            }
        });
        this.figures.addEventListener("toggle", () => this.drawTable());
        app.look.addEventListener("change", () => this.show());
        app.time.addEventListener("unit", () => this.show());
        app.selection.addEventListener("change", () => app.look.chart !== "off" && this.follow());
        app.selection.addEventListener("counts", () => this.show());
        ROOM.addEventListener("change", () => this.show());
        new ResizeObserver(() => this.show()).observe(plot);
        this.show();
    }

    /** @param {ChartBy} chart that the reader has chosen */
    choose(chart) {
        const { look, selection } = this.app;
        const input = new Input("chart");
        input.waitFor("chart");
        selection.input = this.input = input;
        look.set({ chart });
    }

    /** Unfolds or folds, and asks for what is not there yet. */
    async show() {
        const { app, element, toggle, by, input } = this;
        const { chart } = app.look;
        const open = isCharted(app.view, app.look);
        element.hidden = !open;
        toggle.hidden = app.view.mode === "embed" && !ROOM.matches;
        toggle.setAttribute("aria-expanded", String(open));
        if (chart === "off" || !open) {
            input?.drawn("chart");
            return;
        }
        by.value = chart;
        this.fit = this.findFit();
        const { unit } = this.fit;
        const wanted = `${chart} ${unit} ${toQuery(app.selection.everWithin)}`;
        if (wanted !== this.shown) {
            this.shown = wanted;
            // Records of one incident may be of several kinds: the time bar's own bars count it once.
            const once = chart === "kind" ? app.selection.histogram(unit) : Promise.resolve(/** @type {Bin[]} */ ([]));
            const answers = await Promise.all([app.selection.series(chart, unit), once]).catch(() => null);
            if (wanted !== this.shown) {
                return;
            }
            if (!answers) {
                this.shown = "";
                return;
            }
            [this.all, this.once] = answers;
            this.held = wanted;
        }
        // Nothing is said of what has not come: the old picture stays.
        if (wanted !== this.held) {
            return;
        }
        this.part = this.findPart();
        this.series = cutSeries(this.all, ...this.part);
        element.classList.toggle("frame__chart--types", chart === "aircraft" && this.series.lines.some(hasAny));
        this.draw(chart);
        input?.drawn("chart");
    }

    /** Goes with the window: other bars are drawn where it has left those that are. */
    follow() {
        const [fit, part] = [this.findFit(this.width || WIDTH), this.findPart()];
        if (fit.unit !== this.fit.unit || fit.room !== this.fit.room || fit.note !== this.fit.note || String(part) !== String(this.part)) {
            this.show();
        } else {
            this.drawWindow();
        }
    }

    /** How the bars have room where the window is now. */
    findFit(width = this.plot.clientWidth || WIDTH) {
        const { span, unit } = this.app.time;
        return span && !this.dragged ? fitBars(span, this.app.time.edges(), unit, width) : this.fit;
    }

    findPart() {
        return this.dragged ? this.part : chooseBars(this.all.edges, this.app.time.edges(), this.fit.room, this.part);
    }

    /** @param {"kind" | "aircraft"} by */
    draw(by) {
        const { app, plot, picture, series } = this;
        const unit = (this.unit = this.fit.unit);
        const note = (this.note = this.sayPart());
        const width = (this.width = plot.clientWidth);
        const height = plot.clientHeight || HEIGHT;
        this.title.textContent = `Incidents by ${unit}`;
        plot.setAttribute("aria-label", `Incidents by ${unit} and ${by}, as bars. Left and right arrow keys step through time; the table says the same.`);
        picture.setAttribute("viewBox", `0 0 ${Math.max(1, width)} ${height}`);
        const once = this.once.slice(...this.part).reduce((most, { solid, light }) => Math.max(most, solid + light), 0);
        const drawn = by === "kind" ? drawTotals(series, app.view.taxonomy, width, height, once) : drawTypes(series, app.view.taxonomy, width, height);
        picture.replaceChildren(makePatterns(), ...drawn.shapes);
        this.most.textContent = drawn.most;
        this.labels.replaceChildren(...drawn.labels);
        this.legend.replaceChildren(...(note ? [make("li", { class: "note" }, note)] : []), ...drawn.legend);
        const asked = [`by=${by}&unit=${unit}`, toQuery(this.findState()), app.view.urls?.stays].filter(Boolean).join("&");
        this.data.href = `/charts/time.csv?${asked}`;
        this.away.href = `/charts/time.svg?${asked}`;
        this.data.hidden = this.away.hidden = app.view.mode !== "page";
        this.drawAxis(unit, width);
        this.drawWindow();
        this.drawTable();
    }

    /** Why there are no months, or how many of them there are; "" where nothing is to be said. */
    sayPart() {
        const [from, until] = this.part;
        const all = this.all.edges.length - 1;
        return this.fit.note || (until - from < all ? `${number(until - from)} of ${number(all)} months shown` : "");
    }

    /** What the bars are of: whatever the window, but where they are some of all. */
    findState() {
        const { everWithin } = this.app.selection;
        const { edges } = this.all;
        const [from, until] = this.part;
        const start = from > 0 ? edges[from] : everWithin.start;
        return { ...everWithin, start, end: until < edges.length - 1 ? edges[until] - 1 : everWithin.end };
    }

    drawTable() {
        const { figures, series, app } = this;
        const [summary] = figures.children;
        figures.replaceChildren(summary, ...(figures.open ? [makeTable(series, app.look.chart, app.view.taxonomy, this.unit, this.note)] : []));
    }

    /**
     * @param {"month" | "year"} unit
     * @param {number} width
     */
    drawAxis(unit, width) {
        const bars = this.bars();
        const last = bars[bars.length - 1];
        const marks = last ? findTicks(bars[0].start, last.end, unit, width) : [];
        const ticks = marks.flatMap(({ day, text }) => {
            const at = this.place(day);
            if (at > width - 24) {
                return [];
            }
            const tick = make("span", { class: `timebar__tick${at < 20 ? " timebar__tick--first" : ""}` }, text);
            tick.style.left = `${at}px`;
            return [tick];
        });
        this.axis.replaceChildren(...ticks);
    }

    drawWindow() {
        const { width } = this;
        const { start, end } = this.app.selection.state;
        const left = start === null ? 0 : this.place(start);
        const right = end === null ? width : this.place(end + 1);
        this.before.style.width = `${left}px`;
        this.before.style.left = "0";
        this.after.style.left = `${right}px`;
        this.after.style.width = `${Math.max(0, width - right)}px`;
        this.frame.style.left = `${left}px`;
        this.frame.style.width = `${Math.max(2, right - left)}px`;
        this.frame.classList.toggle("timebar__window--all", this.app.time.isOpen);
    }

    /** The bars' days. */
    bars() {
        const { edges } = this.series;
        return edges.slice(1).map((next, at) => ({ start: edges[at], end: next - 1 }));
    }

    /**
     * @param {number} day
     * @returns {number} px from the left edge to the day's beginning
     */
    place(day) {
        const bars = this.bars();
        const at = indexOf(bars, day);
        const bar = bars[at];
        const part = bar ? Math.max(0, Math.min(1, (day - bar.start) / (bar.end + 1 - bar.start))) : 0;
        return bars.length ? ((at + part) / bars.length) * this.width : 0;
    }
}
