/**
 * What stands on the base map: areas, symbols and labels, drawn together, and what a reader does to them.
 *
 * It selects nothing and opens nothing: it says through the selection what was picked.
 */

import * as L from "leaflet";
import { AreaLabels } from "./area_labels.js";
import { readOutlines } from "./area_shapes.js";
import { AreasLayer } from "./areas_layer.js";
import { countWords, EventsLayer } from "./events_layer.js";
import { gridOf, holds, outlineGridOf, widen, windowsOf } from "./grid.js";
import { mountKeyboard } from "./keyboard.js";
import { Latest } from "./latest.js";
import { MOST_AREAS } from "./opened.js";
import { watchPalette } from "./palette.js";
import { SIDE, toLat, toLon, toX, toY } from "./rows.js";

/** @typedef {import("./canvas_layer.js").Frame} Frame */
/** @typedef {import("./clusters.js").Glyph} Glyph */
/** @typedef {import("./engines.js").Picture} Picture */
/** @typedef {import("./keyboard.js").RegionStop} RegionStop */
/** @typedef {import("./keyboard.js").Stop} Stop */
/** @typedef {import("./panel.js").Picked} Picked */
/** @typedef {import("./selection.js").Selection} Selection */
/** @typedef {import("./types.js").View} View */

const DEEPEST = 18;
/** How far a click on a cluster zooms in at once. */
const LEAP = 5;
/** Outlines are asked for so many of their squares beyond the canvas, on each side. */
const FURTHER = 2;
/** Two pictures closer to each other than this would never both be seen. */
const FRAME_MS = 14;

export class Stage {
    /**
     * @param {L.Map} map
     * @param {Selection} selection
     * @param {View} view
     * @param {import("./basemap.js").BaseMap} base
     * @param {import("./source.js").Source} source
     */
    constructor(map, selection, view, base, source) {
        this.map = map;
        this.base = base;
        this.selection = selection;
        this.view = view;
        this.source = source;
        for (const [name, level] of /** @type {const} */ ([["areas", 410], ["events", 420], ["counts", 430]])) {
            const pane = map.createPane(name);
            pane.classList.add("bearing-pane", `bearing-pane--${level}`);
            pane.style.zIndex = String(level);
        }
        this.events = new EventsLayer(view.taxonomy, "events").addTo(map);
        this.areas = new AreasLayer(selection, this.events, "areas").addTo(map);
        this.labels = new AreaLabels(this.areas, this.events, "counts").addTo(map);
        this.waiting = 0;
        /** When it was last drawn, on the page's clock. */
        this.drawnAt = -Infinity;
        /** Where the map stood when what is drawn was asked for. @type {Frame | null} */
        this.frame = null;
        /** @type {Latest<{frame: Frame, picture: Picture}>} */
        this.asking = new Latest();
        /** Of which squares the areas' outlines are. @type {import("./grid.js").Grid | null} */
        this.outlined = null;
        this.tip = makeTip(map.getContainer());
        /**
         * What lies beneath the symbols and can be read: its words at a point of the canvas, and where it is.
         * @type {{say: (x: number, y: number) => string | null, stops: () => RegionStop[]}}
         */
        this.beneath = { say: () => null, stops: () => [] };
        /** @type {RegionStop | null} where the keyboard is, if on a region */
        this.region = null;
        this.slack = matchMedia("(pointer: coarse)").matches ? 14 : 3;
        selection.addEventListener("change", () => this.ask(selection.since));
        map.on("moveend viewreset resize", () => this.ask(performance.now()));
        map.on("zoomanim", ({ center, zoom }) => selection.foresee({}, gridOf(this.events.foresee(center, zoom))));
        map.on("drag", () => {
            if (this.events.isLeft()) {
                this.ask(performance.now());
            }
        });
        map.on("click", (event) => this.click(event));
        map.on("mousemove", (event) => this.hover(event.containerPoint));
        map.on("mouseout movestart zoomstart", () => this.hover(null));
        map.on("names", () => this.redrawLabels());
        watchPalette(() => this.drawSoon());
        mountKeyboard({
            map,
            stops: () => this.stops(),
            focused: () => this.focused(),
            focus: (stop) => this.focus(stop),
            pick: (stop) => this.pick(stop),
            describe: (stop) => this.describe(stop),
            titleOf: (stop) => this.titleOf(stop),
        });
    }

    /** @param {import("./area_shapes.js").Area[]} areas */
    setAreas(areas) {
        this.areas.setAreas(areas);
        this.labels.standing = "";
        this.drawSoon();
    }

    /**
     * Has the outlines of areas come as the map moves: those in sight, as closely as they are seen.
     * @param {import("./source.js").FetchedSource} source
     */
    followAreas(source) {
        this.map.on("moveend resize", () => this.fetchAreas(source));
        return this.fetchAreas(source);
    }

    /** @param {import("./source.js").FetchedSource} source */
    async fetchAreas(source) {
        const grid = outlineGridOf(this.events.measure());
        if (this.outlined && holds(this.outlined, grid)) {
            return;
        }
        // At first nothing but what is in sight; who moves the map once will move it again.
        const wanted = this.outlined ? widen(grid, FURTHER) : grid;
        const [window] = windowsOf(wanted);
        if (!window) {
            return;
        }
        this.outlined = wanted;
        const found = await source.outlines(wanted.across, window).catch(() => null);
        if (wanted !== this.outlined) {
            return;
        }
        if (found) {
            this.setAreas(readOutlines(found));
        } else {
            // What is there stays; they are asked for again when the map moves.
            this.outlined = null;
        }
    }

    /**
     * Asks for what there is to draw now, and draws it. One question is on its way at a time, and the latest wins;
     * until its answer is there the old picture stays, and moves with the map.
     * @param {number} since when the reader did what it answers, on the page's clock
     */
    async ask(since) {
        const answer = await this.asking
            .ask(async () => {
                const frame = this.events.measure();
                return { frame, picture: await this.selection.picture(gridOf(frame)) };
            })
            .catch(() => null);
        // A later question has taken this one's place, or the map has been zoomed since: then that draws.
        if (!answer || !this.isSeenFrom(answer.frame)) {
            return;
        }
        this.frame = answer.frame;
        this.events.picture = answer.picture;
        if (performance.now() - this.drawnAt < FRAME_MS) {
            await new Promise((done) => requestAnimationFrame(done));
        }
        this.draw();
        performance.measure("bearing:redraw", { start: since });
    }

    /**
     * Whether the map still stands as it stood, but for a pan that is under way.
     * @param {Frame} frame
     */
    isSeenFrom({ zoom, corner, left, top }) {
        const origin = this.map.getPixelOrigin();
        return this.map.getZoom() === zoom && origin.x === left - corner.x && origin.y === top - corner.y;
    }

    /** Draws what is there once before the next picture of the screen, however often it is asked. */
    drawSoon() {
        if (!this.waiting) {
            this.waiting = requestAnimationFrame(() => this.draw());
        }
    }

    draw() {
        cancelAnimationFrame(this.waiting);
        this.waiting = 0;
        const { frame } = this;
        if (!frame || !this.isSeenFrom(frame)) {
            return;
        }
        this.areas.redrawIfChanged(frame);
        this.events.redraw(frame);
        this.redrawLabels();
        this.drawnAt = performance.now();
    }

    redrawLabels() {
        this.labels.obstacles = [...this.furniture(), ...this.countryNames()];
        this.labels.redraw(this.frame ?? undefined);
    }

    /** Where the base map has countries' names, in the canvas's coordinates. */
    countryNames() {
        const { frame } = this.events;
        return frame ? this.base.countryNames.map((box) => ({ ...box, x: box.x - frame.left, y: box.y - frame.top })) : [];
    }

    /** What lies over the map in the corners, in the canvas's coordinates. */
    furniture() {
        const container = this.map.getContainer();
        const frame = container.getBoundingClientRect();
        const corner = this.events.onCanvas(L.point(0, 0));
        const others = container.parentElement?.querySelectorAll(".leaflet-control, #legend > *, #sheets > *, #regions") ?? [];
        return [...others].map((element) => {
            const box = element.getBoundingClientRect();
            return {
                x: (box.left + box.right) / 2 - frame.left + corner.x,
                y: (box.top + box.bottom) / 2 - frame.top + corner.y,
                width: box.width,
                height: box.height,
            };
        });
    }

    /**
     * Marks a place and a region as picked; none of them when nothing is given.
     * @param {{x: number, y: number} | null} place in parts of SIDE
     * @param {string | null} areaCode
     */
    mark(place, areaCode = null) {
        this.events.picked = place;
        this.labels.picked = areaCode;
        this.drawSoon();
    }

    /** Where the one thing that is picked lies; null when nothing is, or something without a point. */
    placeOfPicked() {
        const { picked } = this.events;
        return picked && this.nearCopy(L.latLng(toLat(picked.y / SIDE), toLon(picked.x / SIDE)));
    }

    /**
     * What is at a point of the view.
     * @param {L.Point} point
     * @returns {Stop | null}
     */
    stopAt(point) {
        const { x, y } = this.events.onCanvas(point);
        const label = this.labels.labelAt(x, y, 2);
        if (label) {
            return toStop(label);
        }
        const glyph = this.events.glyphAt(x, y, this.slack);
        return glyph && { glyph, label: null, x: glyph.x, y: glyph.y };
    }

    /**
     * What is in view, in reading order.
     * @returns {Stop[]}
     */
    stops() {
        const view = this.events.frame?.view;
        if (!view) {
            return [];
        }
        /** @type {Stop[]} */
        const stops = [
            ...this.labels.labels.map(toStop),
            ...this.events.glyphs.map((glyph) => ({ glyph, label: null, x: glyph.x, y: glyph.y })),
            ...this.beneath.stops().map((region) => ({ glyph: null, label: null, region, x: region.x, y: region.y })),
        ];
        return stops
            .filter(({ x, y }) => x >= view.left && x <= view.right && y >= view.top && y <= view.bottom)
            .sort((a, b) => a.y - b.y || a.x - b.x);
    }

    /** @returns {Stop | null} */
    focused() {
        const { focused: glyph } = this.events;
        const { focused: label } = this.labels;
        if (glyph) {
            return { glyph, label: null, x: glyph.x, y: glyph.y };
        }
        if (label) {
            return toStop(label);
        }
        const { region } = this;
        return region && { glyph: null, label: null, region, x: region.x, y: region.y };
    }

    /** @param {Stop | null} stop */
    focus(stop) {
        this.events.focused = stop?.glyph ?? null;
        this.labels.focused = stop?.label ?? null;
        this.region = stop?.region ?? null;
        this.showTip(stop?.region ? { x: stop.x, y: stop.y } : null, stop?.region?.words ?? "");
        this.drawSoon();
    }

    /** @param {Stop} stop */
    pick(stop) {
        if (stop.label) {
            const { code, codes, sum } = stop.label;
            if (codes.length > MOST_AREAS) {
                // What is known only to so many regions is no list to read: closer up they are told apart.
                this.map.zoomIn();
                return;
            }
            const where = { areas: codes };
            this.emit({ where, records: sum.records, title: this.describe(stop), areaCode: code, spot: null }, null);
            return;
        }
        const { glyph } = stop;
        if (!glyph) {
            // A filled region is read, not opened: its page is in the table.
            return;
        }
        const { cells, at, records } = glyph;
        const zoom = this.map.getZoom();
        const [west, north, east, south] = glyph.spread;
        if (records === 1 || zoom >= DEEPEST || this.events.isOnePlace(glyph, DEEPEST)) {
            const place = placeOf(glyph);
            const [title, spot] = [titleOf(glyph), spotOf(place)];
            const row = records === 1 ? { row: cells.first[at] } : {};
            this.emit({ ...row, where: { within: glyph.spread }, records, title, spot }, place);
            return;
        }
        const bounds = L.latLngBounds([toLat(south / SIDE), toLon(west / SIDE)], [toLat(north / SIDE), toLon(east / SIDE)]);
        const inside = this.map.getBoundsZoom(bounds, false, L.point(120, 120));
        const to = Math.min(DEEPEST, zoom + LEAP, Math.max(inside, zoom + 1));
        this.map.setView(this.nearCopy(bounds.getCenter()), to);
    }

    /**
     * Marks what an address names as picked, as if it had been picked here.
     * @param {import("./engines.js").Where} where
     * @returns {{title: string, spot: [number, number] | null, areaCode?: string} | null} null where it is not in view
     */
    recall(where) {
        if ("areas" in where) {
            const codes = [...where.areas].sort().join();
            const label = this.labels.labels.find((each) => [...each.codes].sort().join() === codes);
            this.mark(null, label?.code ?? null);
            return label ? { title: this.describe(toStop(label)), spot: null, areaCode: label.code } : null;
        }
        const within = "within" in where ? where.within.join() : "";
        const glyph = this.events.glyphs.find(({ spread }) => spread.join() === within);
        const place = glyph ? placeOf(glyph) : null;
        this.mark(place);
        return glyph && place ? { title: titleOf(glyph), spot: spotOf(place) } : null;
    }

    /**
     * Marks an incident that an address names.
     * @param {import("./types.js").Detail} detail
     * @returns {[number, number] | null} latitude and longitude, where a point is claimed
     */
    recallOne({ where }) {
        const [lon, lat] = where?.point ?? [];
        if (lon === undefined) {
            this.mark(null, where?.regions?.at(-1)?.code ?? null);
            return null;
        }
        this.mark({ x: toX(lon) * SIDE, y: toY(lat) * SIDE });
        return [lat, lon];
    }

    /**
     * A point on the copy of the world that is in view.
     * @param {L.LatLng} point
     */
    nearCopy(point) {
        const turns = Math.round((this.map.getCenter().lng - point.lng) / 360);
        return L.latLng(point.lat, point.lng + 360 * turns);
    }

    /**
     * @param {Picked} picked
     * @param {{x: number, y: number} | null} place
     */
    emit(picked, place) {
        this.mark(place, picked.areaCode ?? null);
        this.selection.dispatchEvent(new CustomEvent("pick", { detail: picked }));
    }

    /** @param {L.LeafletMouseEvent} event */
    click(event) {
        const stop = this.stopAt(event.containerPoint);
        if (stop) {
            this.hover(null);
            this.pick(stop);
        }
    }

    /** @param {L.Point | null} point */
    hover(point) {
        const stop = point && this.stopAt(point);
        this.map.getContainer().classList.toggle("bearing--over", Boolean(stop));
        const at = point && this.events.onCanvas(point);
        const words = stop ? this.describe(stop) : at && this.beneath.say(at.x, at.y);
        this.showTip(words ? at : null, words ?? "");
    }

    /**
     * Says something beside a point of the canvas, or nothing.
     * @param {{x: number, y: number} | null} at
     * @param {string} words
     */
    showTip(at, words) {
        this.tip.hidden = at === null;
        if (!at) {
            return;
        }
        this.tip.textContent = words;
        const size = this.map.getSize();
        const corner = this.events.onCanvas(L.point(0, 0));
        const point = { x: at.x - corner.x, y: at.y - corner.y };
        const x = Math.min(point.x + 14, size.x - this.tip.offsetWidth - 8);
        const below = point.y + 18 + this.tip.offsetHeight < size.y;
        const y = below ? point.y + 18 : point.y - this.tip.offsetHeight - 10;
        this.tip.style.transform = `translate(${Math.max(8, x)}px, ${y}px)`;
    }

    /** @param {Stop} stop */
    async titleOf({ glyph }) {
        if (glyph?.records !== 1) {
            return null;
        }
        const [detail] = await this.source.rows([glyph.cells.first[glyph.at]]).catch(() => []);
        return detail ? (glyph.coarse ? `${detail.title}; ${detail.where.words}` : detail.title) : null;
    }

    /** @param {Stop} stop */
    describe(stop) {
        if (stop.label) {
            const { sum, where } = stop.label;
            return `${countWords(sum.count, sum.patterns, sum.records)} known only to ${where}`;
        }
        return stop.glyph ? this.events.describe(stop.glyph, this.view.taxonomy) : (stop.region?.words ?? "");
    }
}

/**
 * @param {import("./area_labels.js").Label} label
 * @returns {Stop}
 */
function toStop(label) {
    return { glyph: null, label, x: label.x, y: label.y };
}

/** @param {Glyph} glyph */
function placeOf({ cells, at }) {
    return { x: cells.x[at], y: cells.y[at] };
}

/** @param {Glyph} glyph */
function titleOf({ count, patterns, records }) {
    return `${countWords(count, patterns, records)} here`;
}

/**
 * @param {{x: number, y: number}} place in parts of SIDE
 * @returns {[number, number]} latitude and longitude
 */
function spotOf({ x, y }) {
    return [toLat(y / SIDE), toLon(x / SIDE)];
}

/** @param {HTMLElement} container */
function makeTip(container) {
    const tip = document.createElement("div");
    tip.className = "bearing-tip";
    tip.setAttribute("aria-hidden", "true");
    tip.hidden = true;
    container.append(tip);
    return tip;
}
