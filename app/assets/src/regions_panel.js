/**
 * The switch for filled regions and their key: what the colours stand for, what is hatched, what is in none of them, and
 * the same figures as a table.
 *
 * It draws no region: see regions_layer.js.
 */

import { readOutlines } from "./area_shapes.js";
import { button, make, number } from "./elements.js";
import { holds, outlineGridOf, widen, windowsOf } from "./grid.js";
import { Input } from "./input.js";
import { Latest } from "./latest.js";
import { beforeNext } from "./painted.js";
import { currentPalette, watchPalette } from "./palette.js";
import { classOf, COLOURS, findLimits, sayClass, strengthOf } from "./region_classes.js";
import { findFigures, noteRate, partsBelow, TITLES } from "./region_figures.js";
import { RegionsLayer } from "./regions_layer.js";
import { PATIENCE_MS } from "./selection.js";
import { saySpread } from "./spreading.js";

/** @typedef {import("./area_shapes.js").Area} Area */
/** @typedef {import("./look.js").Fill} Fill */
/** @typedef {import("./region_figures.js").Figure} Figure */

/**
 * @typedef {object} App
 * @property {import("leaflet").Map} map
 * @property {import("./selection.js").Selection} selection
 * @property {import("./look.js").Look} look
 * @property {import("./time_window.js").TimeWindow} time
 * @property {import("./stage.js").Stage} stage
 */

/** Up to which zoom each level is filled; beyond the last the finest that has boundaries. */
const LEVELS = [4.75, 8.5];
const MOST_ROWS = 60;
/** So many outlines are asked for at once by their codes. */
const MOST_NAMED = 100;
/** And all for so many squares beyond the canvas, on each side, so that a small move asks for nothing. */
const FURTHER = 2;
/** The same width as in the style sheet. */
const NARROW = "(max-width: 760px), (max-height: 480px)";

/** Found once: thousands of names are compared at a time. */
const { compare: compareNames } = new Intl.Collator();

/** @type {[Fill, string][]} */
const CHOICES = [
    ["off", "off"],
    ["number", "incidents"],
    ["rate", "incidents a month"],
    ["killed", "people killed"],
];

/**
 * Puts the switch onto the map.
 * @param {App} app
 * @param {import("./fetched_source.js").FetchedSource} source
 * @param {HTMLElement | null} element
 */
export function mountRegions(app, source, element) {
    if (element) {
        new Regions(app, source, element).begin();
    }
}

class Regions {
    /**
     * @param {App} app
     * @param {import("./fetched_source.js").FetchedSource} source
     * @param {HTMLElement} element
     */
    constructor(app, source, element) {
        this.app = app;
        this.source = source;
        this.element = element;
        this.layer = new RegionsLayer("regions");
        this.choice = make("select", { class: "field regions__choice", "aria-label": "Fill regions by" });
        this.key = make("div", { class: "regions__key" });
        this.account = make("p", { class: "note" });
        this.level = -1;
        /** Codes of finer regions that are filled, too: see partsBelow. @type {string[]} */
        this.parts = [];
        /** Which outlines the layer has, and of which squares. @type {{wanted: string, grid: import("./grid.js").Grid | null}} */
        this.held = { wanted: "", grid: null };
        /** @type {Latest<[Map<string, Figure>, Awaited<ReturnType<Regions["findAreas"]>>]>} */
        this.asking = new Latest();
        /** By what the regions on the map are filled. @type {Fill} */
        this.filled = "off";
        /** What is said while it is something else that was asked for. @type {HTMLElement | null} */
        this.note = null;
        /** What the limits of the classes were found for. */
        this.limitsFor = "";
        this.drawKeySoon = beforeNext(() => this.drawKey());
    }

    begin() {
        const { app, choice, element, key, layer, source } = this;
        for (const [name, level] of [["regions", "405"], ["names", "407"]]) {
            const pane = app.map.createPane(name);
            pane.classList.add("bearing-pane");
            pane.style.zIndex = level;
        }
        choice.append(...CHOICES.map(([value, label]) => make("option", { value }, label)));
        choice.addEventListener("change", () => {
            app.selection.input = new Input("fill");
            app.look.set({ regions: /** @type {Fill} */ (choice.value) });
        });
        element.classList.add("regions");
        element.append(make("label", { class: "regions__switch" }, make("span", {}, "Regions"), choice), key);
        element.hidden = false;
        layer.addTo(app.map);
        app.look.addEventListener("change", () => this.show());
        app.selection.addEventListener("change", () => app.look.regions !== "off" && this.show());
        app.selection.addEventListener("terms", () => this.show());
        app.selection.addEventListener("counts", () => this.sayAccount());
        app.selection.alongside = async (state) => {
            const { regions: fill } = app.look;
            return fill === "off" ? null : findFigures(fill, app.selection, source, state);
        };
        app.map.on("moveend", () => this.move());
        watchPalette(() => this.draw());
        app.stage.picking.beneath = {
            say: (x, y) => this.say(x, y),
            stops: () => this.stops(),
        };
        this.show();
    }

    /**
     * Asks for figures and outlines, and shows them; the old ones stay until they are there. As with the map, one question
     * is on its way at a time, and the latest wins.
     */
    async show() {
        const { app, choice, layer } = this;
        const { regions: fill } = app.look;
        const { input } = app.selection;
        choice.value = fill;
        app.stage.base.raiseNames(fill === "off" ? null : "names");
        if (fill !== "off" || this.filled !== "off") {
            input?.waitFor("fill");
        }
        if (fill === "off") {
            layer.figures = new Map();
            this.take(fill);
            input?.drawn("fill");
            return;
        }
        const late = window.setTimeout(() => this.sayLate(fill), PATIENCE_MS);
        const ask = () => Promise.all([findFigures(fill, app.selection, this.source), this.findAreas()]);
        const found = await app.selection.during(() => this.asking.ask(ask)).catch(() => "failed");
        clearTimeout(late);
        // A later question has taken this one's place.
        if (!found || app.look.regions !== fill) {
            return;
        }
        if (typeof found === "string") {
            const again = button("Try again");
            again.addEventListener("click", () => this.show());
            this.note = make("div", {}, make("p", { class: "note", role: "status" }, "The figures did not come."), again);
            this.drawKey();
            return;
        }
        layer.figures = found[0];
        this.takeAreas(found[1]);
        this.findLimits(fill);
        this.take(fill);
        input?.drawn("fill");
    }

    /** @param {Fill} fill by which the regions are filled from now on */
    take(fill) {
        this.filled = fill;
        this.app.stage.setFilled(fill !== "off");
        this.note = null;
        this.drawSoon();
    }

    /**
     * Says what is waited for, where the map does not show it yet.
     * @param {Exclude<Fill, "off">} fill
     */
    sayLate(fill) {
        if (fill === this.app.look.regions && fill !== this.filled) {
            this.note = make("p", { class: "note", role: "status" }, `${TITLES[fill]}, by region: the figures are on their way.`);
            this.drawKey();
        }
    }

    /**
     * The outlines, where the map stands, of the level that fits its zoom, or of the finest coarser one that has any; and
     * of chosen regions that are parts of one of these. Null where what the layer has is enough.
     * @returns {Promise<{wanted: string, grid: import("./grid.js").Grid, level: number, parts: string[], areas: Area[]} | null>}
     */
    async findAreas() {
        const frame = this.layer.measure();
        const fitting = LEVELS.filter((until) => frame.zoom >= until).length;
        const seen = outlineGridOf(frame, this.app.stage.coarseness());
        const wanted = [fitting, ...(this.app.selection.within.regions ?? [])].join(" ");
        if (wanted === this.held.wanted && this.held.grid && holds(this.held.grid, seen)) {
            return null;
        }
        const grid = widen(seen, FURTHER);
        const [window] = windowsOf(grid);
        const found = await this.source.outlines(grid.across, window, fitting);
        const level = found.level ?? fitting;
        const parts = partsBelow(level, this.app.selection);
        const asked = [];
        for (let at = 0; at < parts.length; at += MOST_NAMED) {
            asked.push(this.source.outlines(grid.across, window, parts.slice(at, at + MOST_NAMED)));
        }
        const finer = await Promise.all(asked);
        return { wanted, grid, level, parts, areas: [found, ...finer].flatMap(readOutlines) };
    }

    /** @param {Awaited<ReturnType<Regions["findAreas"]>>} found */
    takeAreas(found) {
        if (found) {
            const { wanted, grid, level, parts, areas } = found;
            this.held = { wanted, grid };
            this.level = level;
            this.parts = parts;
            this.layer.setAreas(areas);
        }
    }

    /**
     * While time is playing the classes stay as they were, so that a colour means the same at every step.
     * @param {Fill} fill
     */
    findLimits(fill) {
        const wanted = [fill, this.level, ...this.parts].join(" ");
        if (this.app.time.playing && wanted === this.limitsFor) {
            return;
        }
        this.limitsFor = wanted;
        this.layer.limits = findLimits(this.shown().map(({ figure }) => figure.value));
    }

    /** Regions of the level with a figure. */
    shown() {
        const { selection } = this.app;
        /** @type {{region: import("./types.js").RegionTerm, figure: Figure}[]} */
        const shown = [];
        for (const [code, figure] of this.layer.figures) {
            const region = figure.value > 0 || figure.unknown ? selection.region(code) : null;
            if (region && (region.level === this.level || this.parts.includes(code))) {
                shown.push({ region, figure });
            }
        }
        return shown;
    }

    /** The same, the greatest first. */
    rows() {
        return this.shown().sort((a, b) => b.figure.value - a.figure.value || compareNames(a.region.name, b.region.name));
    }

    /** The map stands elsewhere: the level may be another one. */
    move() {
        if (this.app.look.regions === "off") {
            return;
        }
        this.drawSoon();
        this.show();
    }

    draw() {
        this.layer.redraw();
        this.drawKey();
    }

    /** The regions at once, and their key with them on the screen, but behind what the map has yet to draw. */
    drawSoon() {
        this.layer.redraw();
        this.drawKeySoon();
    }

    drawKey() {
        const { limits } = this.layer;
        const { filled: fill, note } = this;
        if (fill === "off") {
            this.key.replaceChildren(...(note ? [note] : []));
            return;
        }
        this.sayAccount();
        const palette = currentPalette();
        const classes = limits.map((_, at) => {
            const swatch = make("span", { class: "regions__swatch", "aria-hidden": "true" });
            swatch.style.backgroundColor = `color-mix(in srgb, ${COLOURS[palette.name].fill} ${100 * strengthOf(limits, at)}%, ${palette.land})`;
            return make("li", {}, swatch, sayClass(limits, at));
        });
        if (this.shown().some(({ figure }) => figure.unknown)) {
            const swatch = make("span", { class: "regions__swatch regions__swatch--unknown", "aria-hidden": "true" });
            classes.push(make("li", {}, swatch, fill === "rate" ? "most may have happened at another time" : "most incidents have no figure"));
        }
        const notes = [
            fill === "rate" ? noteRate(this.app.selection) : "",
            fill === "killed" ? "Lower bounds, of people in all and not of groups; an incident without a figure does not count as none." : "",
        ].filter(Boolean);
        const title = make("summary", { class: "regions__title" }, `${TITLES[fill]}, by ${this.sort}`);
        // A phone's map has no room for it all the time.
        const open = this.key.querySelector("details")?.open ?? !matchMedia(NARROW).matches;
        const folded = make(
            "details",
            { open },
            title,
            make("ul", { class: "regions__classes" }, ...classes),
            classes.length ? "" : make("p", { class: "note" }, "No region has any."),
            ...notes.map((text) => make("p", { class: "note" }, text)),
            this.account,
            this.makeTable(fill),
        );
        this.key.replaceChildren(...(note ? [note] : []), folded);
    }

    /** How many of all that is selected lie in these regions, and where the others are; as last counted, until that is. */
    sayAccount() {
        const { account, app: { selection }, level } = this;
        const spread = selection.counts.spread[level];
        account.textContent = spread ? saySpread(spread, this.sort, (code) => selection.nameOf(code)) : "";
        account.classList.toggle("regions__account--old", selection.counted !== selection.state);
    }

    /** What is filled. @returns {"country" | "region"} */
    get sort() {
        return this.level === 0 && !this.parts.length ? "country" : "region";
    }

    /** @param {Exclude<Fill, "off">} fill */
    makeTable(fill) {
        const open = this.key.querySelector("details details")?.hasAttribute("open") ?? false;
        const folded = make("details", { class: "regions__figures", open }, make("summary", {}, "Table"));
        // As long as nobody reads them, lines are not made at each step of time.
        const unfold = () => folded.open && folded.childElementCount === 1 && folded.append(this.makeLines(fill));
        folded.addEventListener("toggle", unfold);
        unfold();
        return folded;
    }

    /** @param {Exclude<Fill, "off">} fill */
    makeLines(fill) {
        const rows = this.rows();
        const query = this.app.selection.toQuery();
        const lines = rows.slice(0, MOST_ROWS).map(({ region, figure }) => {
            const href = `/regions/${encodeURIComponent(region.code)}${query && `?${query}`}`;
            return make("tr", {}, make("th", { scope: "row" }, make("a", { href, dir: "auto" }, region.name)), make("td", {}, figure.words));
        });
        const head = make("tr", {}, make("th", { scope: "col" }, "Region"), make("th", { scope: "col" }, TITLES[fill]));
        const more = rows.length > MOST_ROWS ? make("p", { class: "note" }, `${MOST_ROWS} of ${number(rows.length)} regions shown; `, make("a", { href: `/regions${query && `?${query}`}` }, "all of them")) : null;
        const table = make("table", { class: "regions__table" }, make("thead", {}, head), make("tbody", {}, ...lines));
        return make("div", { class: "regions__scroll", tabindex: "0", role: "region", "aria-label": "Figures of regions" }, table, more);
    }

    /**
     * @param {number} x on the canvas
     * @param {number} y
     */
    say(x, y) {
        const found = this.app.look.regions === "off" ? null : this.layer.regionAt(x, y);
        return found && classOf(this.layer.limits, found.figure.value) + 1 + Number(found.figure.unknown) ? `${this.nameOf(found.area)}: ${found.figure.words}` : null;
    }

    /** @param {Area} area whose outline has a name only where that is written */
    nameOf({ code, name }) {
        return name || (this.app.selection.region(code)?.name ?? code);
    }

    /** The filled regions by keyboard: where they are on the canvas, and their words. */
    stops() {
        const { frame } = this.layer;
        if (this.app.look.regions === "off" || !frame) {
            return [];
        }
        const shown = new Map(this.shown().map(({ region, figure }) => [region.code, figure]));
        return this.layer.areas.flatMap((area) => {
            const figure = shown.get(area.code);
            const ring = area.boxes.reduce((a, b) => ((b[2] - b[0]) * (b[3] - b[1]) > (a[2] - a[0]) * (a[3] - a[1]) ? b : a));
            const copy = frame.copies[Math.floor(frame.copies.length / 2)] ?? 0;
            const x = ((ring[0] + ring[2]) / 2 + copy) * frame.scale - frame.left;
            const y = ((ring[1] + ring[3]) / 2) * frame.scale - frame.top;
            return figure ? [{ code: area.code, words: `${this.nameOf(area)}: ${figure.words}`, x, y }] : [];
        });
    }
}
