/**
 * What stands on the base map: areas, symbols and labels, drawn together, and what a reader does to them.
 *
 * It selects nothing and opens nothing: it says through the selection what was picked.
 */

import * as L from "leaflet";
import { AreaLabels } from "./area_labels.js";
import { AreasLayer } from "./areas_layer.js";
import { countWords, EventsLayer } from "./events_layer.js";
import { mountKeyboard } from "./keyboard.js";
import { watchPalette } from "./palette.js";
import { toLat, toLon } from "./rows.js";

/** @typedef {import("./clusters.js").Glyph} Glyph */
/** @typedef {import("./keyboard.js").Stop} Stop */
/** @typedef {import("./selection.js").Selection} Selection */
/** @typedef {import("./types.js").View} View */

const DEEPEST = 18;
/** How far a click on a cluster zooms in at once. */
const LEAP = 5;

export class Stage {
    /**
     * @param {L.Map} map
     * @param {Selection} selection
     * @param {View} view
     * @param {import("./basemap.js").BaseMap} base
     */
    constructor(map, selection, view, base) {
        this.map = map;
        this.base = base;
        this.selection = selection;
        this.view = view;
        for (const [name, level] of /** @type {const} */ ([["areas", 410], ["events", 420], ["counts", 430]])) {
            const pane = map.createPane(name);
            pane.classList.add("bearing-pane", `bearing-pane--${level}`);
            pane.style.zIndex = String(level);
        }
        this.areas = new AreasLayer(selection, "areas").addTo(map);
        this.events = new EventsLayer(selection, view.taxonomy, "events").addTo(map);
        this.labels = new AreaLabels(this.areas, this.events, "counts").addTo(map);
        this.waiting = 0;
        this.tip = makeTip(map.getContainer());
        this.slack = matchMedia("(pointer: coarse)").matches ? 14 : 3;
        selection.addEventListener("change", () => this.redrawSoon());
        map.on("moveend viewreset resize", () => this.redraw(true));
        map.on("click", (event) => this.click(event));
        map.on("mousemove", (event) => this.hover(event.containerPoint));
        map.on("mouseout movestart zoomstart", () => this.hover(null));
        map.on("names", () => this.redrawLabels());
        watchPalette(() => this.redrawSoon());
        mountKeyboard({
            map,
            stops: () => this.stops(),
            focused: () => this.focused(),
            focus: (stop) => this.focus(stop),
            pick: (stop) => this.pick(stop),
            describe: (stop) => this.describe(stop),
        });
    }

    /** @param {import("./types.js").Areas} areas */
    setAreas(areas) {
        this.areas.setAreas(areas);
        this.areas.shown = "";
        this.redrawSoon();
    }

    /** Draws once before the next picture of the screen, however often it is asked. */
    redrawSoon() {
        if (!this.waiting) {
            this.waiting = requestAnimationFrame(() => this.redraw());
        }
    }

    /** @param {boolean} [moved] whether the map stands elsewhere than before */
    redraw(moved = false) {
        cancelAnimationFrame(this.waiting);
        this.waiting = 0;
        const start = performance.now();
        if (moved) {
            this.areas.redraw();
        } else {
            this.areas.redrawIfChanged();
        }
        this.events.redraw();
        this.redrawLabels();
        performance.measure("bearing:redraw", { start });
    }

    redrawLabels() {
        this.labels.obstacles = [...this.furniture(), ...this.countryNames()];
        this.labels.redraw();
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
        const others = container.parentElement?.querySelectorAll(".leaflet-control, #legend > *, #sheets > *") ?? [];
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
     * Marks rows and a region as picked; none of them when nothing is given.
     * @param {number[]} rows
     * @param {string | null} [areaCode]
     */
    mark(rows, areaCode = null) {
        this.events.picked = new Set(rows);
        this.labels.picked = areaCode;
        this.redrawSoon();
    }

    /** Where the one thing that is picked lies; null when nothing is, or something without a point. */
    placeOfPicked() {
        const { rows } = this.selection;
        const [row] = this.events.picked;
        if (row === undefined || rows.area[row] >= 0 || !(rows.x[row] >= 0)) {
            return null;
        }
        return this.nearCopy(L.latLng(toLat(rows.y[row]), toLon(rows.x[row])));
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
            return { glyph: null, label, x: label.x, y: label.y };
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
            ...this.labels.labels.map((label) => ({ glyph: null, label, x: label.x, y: label.y })),
            ...this.events.glyphs.map((glyph) => ({ glyph, label: null, x: glyph.x, y: glyph.y })),
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
        return label && { glyph: null, label, x: label.x, y: label.y };
    }

    /** @param {Stop | null} stop */
    focus(stop) {
        this.events.focused = stop?.glyph ?? null;
        this.labels.focused = stop?.label ?? null;
        this.redrawSoon();
    }

    /** @param {Stop} stop */
    pick(stop) {
        if (stop.label) {
            this.emit(stop.label.rows, stop.label.code, this.describe(stop));
            return;
        }
        const { glyph } = /** @type {{glyph: Glyph}} */ (stop);
        const zoom = this.map.getZoom();
        if (glyph.rows.length === 1 || zoom >= DEEPEST || this.events.isOnePlace(glyph, DEEPEST)) {
            const title = `${countWords(glyph.count, glyph.patterns, glyph.rows.length)} here`;
            this.emit([...glyph.rows].sort((a, b) => a - b), null, title);
            return;
        }
        const [west, north, east, south] = glyph.spread;
        const bounds = L.latLngBounds([toLat(south), toLon(west)], [toLat(north), toLon(east)]);
        const inside = this.map.getBoundsZoom(bounds, false, L.point(120, 120));
        const to = Math.min(DEEPEST, zoom + LEAP, Math.max(inside, zoom + 1));
        this.map.setView(this.nearCopy(bounds.getCenter()), to);
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
     * @param {number[]} rows
     * @param {string | null} areaCode
     * @param {string} title what the rows are called together
     */
    emit(rows, areaCode, title) {
        this.mark(rows, areaCode);
        const detail = areaCode ? { rows, areaCode, title } : { rows, title };
        this.selection.dispatchEvent(new CustomEvent("pick", { detail }));
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
        if (!stop || !point) {
            this.tip.hidden = true;
            return;
        }
        this.tip.textContent = this.describe(stop);
        this.tip.hidden = false;
        const size = this.map.getSize();
        const x = Math.min(point.x + 14, size.x - this.tip.offsetWidth - 8);
        const below = point.y + 18 + this.tip.offsetHeight < size.y;
        const y = below ? point.y + 18 : point.y - this.tip.offsetHeight - 10;
        this.tip.style.transform = `translate(${Math.max(8, x)}px, ${y}px)`;
    }

    /** @param {Stop} stop */
    describe(stop) {
        if (stop.label) {
            const { count, patterns, rows, where } = stop.label;
            return `${countWords(count, patterns, rows.length)} known only to ${where}`;
        }
        return this.events.describe(/** @type {Glyph} */ (stop.glyph), this.view.taxonomy);
    }
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
