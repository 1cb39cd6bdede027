/**
 * What a reader does to the symbols and labels on the stage: points at them, goes from one to the next, picks one.
 *
 * It draws nothing and opens nothing: it says through the selection what was picked.
 */

import * as L from "leaflet";
import { countWords } from "./events_layer.js";
import { mountKeyboard } from "./keyboard.js";
import { MOST_AREAS } from "./opened.js";
import { SIDE, toLat, toLon, toX, toY } from "./rows.js";

/** @typedef {import("./clusters.js").Glyph} Glyph */
/** @typedef {import("./keyboard.js").RegionStop} RegionStop */
/** @typedef {import("./keyboard.js").Stop} Stop */
/** @typedef {import("./panel.js").Picked} Picked */

const DEEPEST = 18;
/** How far a click on a cluster zooms in at once. */
const LEAP = 5;
/** A pointer that stays so long rests. */
const REST_MS = 150;

export class Picking {
    /** @param {import("./stage.js").Stage} stage */
    constructor(stage) {
        const { map } = stage;
        this.stage = stage;
        this.map = map;
        this.events = stage.events;
        this.labels = stage.labels;
        this.tip = makeTip(map.getContainer());
        this.resting = 0;
        /**
         * What lies beneath the symbols and can be read: its words at a point of the canvas, and where it is.
         * @type {{say: (x: number, y: number) => string | null, stops: () => RegionStop[]}}
         */
        this.beneath = { say: () => null, stops: () => [] };
        /** @type {RegionStop | null} where the keyboard is, if on a region */
        this.region = null;
        this.slack = matchMedia("(pointer: coarse)").matches ? 14 : 3;
        map.on("click", (event) => this.click(event));
        map.on("mousemove", (event) => this.hover(event.containerPoint));
        map.on("mouseout movestart zoomstart", () => this.hover(null));
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
        return glyph && this.toGlyphStop(glyph);
    }

    /**
     * @param {Glyph} glyph
     * @returns {Stop}
     */
    toGlyphStop(glyph) {
        const { x, y } = this.events.whereIs(glyph);
        return { glyph, label: null, x, y };
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
            ...this.events.glyphs.map((glyph) => this.toGlyphStop(glyph)),
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
            return this.toGlyphStop(glyph);
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
        this.stage.drawSoon();
    }

    /**
     * @param {Stop} stop
     * @returns {boolean} whether the map goes closer to show it in parts
     */
    pick(stop) {
        if (stop.label) {
            const { code, codes, sum } = stop.label;
            if (codes.length > MOST_AREAS) {
                // What is known only to so many regions is no list to read: closer up they are told apart.
                this.map.zoomIn();
                return true;
            }
            const where = { areas: codes };
            this.emit({ where, records: sum.records, about: aboutOf(stop.label), areaCode: code, spot: null }, null);
            return false;
        }
        const { glyph } = stop;
        if (!glyph) {
            // A filled region is read, not opened: its page is in the table.
            return false;
        }
        const { cells, at, records } = glyph;
        const zoom = this.map.getZoom();
        const [west, north, east, south] = glyph.spread;
        if (records === 1 || zoom >= DEEPEST || this.events.isOnePlace(glyph, DEEPEST)) {
            const place = placeOf(glyph);
            const row = records === 1 ? { row: cells.first[at] } : {};
            this.emit({ ...row, where: { within: glyph.spread }, records, spot: spotOf(place) }, place);
            return false;
        }
        const bounds = L.latLngBounds([toLat(south / SIDE), toLon(west / SIDE)], [toLat(north / SIDE), toLon(east / SIDE)]);
        const inside = this.map.getBoundsZoom(bounds, false, L.point(120, 120));
        const to = Math.min(DEEPEST, zoom + LEAP, Math.max(inside, zoom + 1));
        this.map.setView(this.stage.nearCopy(bounds.getCenter()), to);
        return true;
    }

    /**
     * Marks what an address names as picked, as if it had been picked here.
     * @param {import("./engines.js").Where} where
     * @returns {{about?: string, spot: [number, number] | null, areaCode?: string} | null} null where it is not in view
     */
    recall(where) {
        if ("areas" in where) {
            const codes = [...where.areas].sort().join();
            const label = this.labels.labels.find((each) => [...each.codes].sort().join() === codes);
            this.stage.mark(null, label?.code ?? null);
            return label ? { about: aboutOf(label), spot: null, areaCode: label.code } : null;
        }
        const within = "within" in where ? where.within.join() : "";
        const glyph = this.events.glyphs.find(({ spread }) => spread.join() === within);
        const place = glyph ? placeOf(glyph) : null;
        this.stage.mark(place);
        return place && { spot: spotOf(place) };
    }

    /**
     * Marks an incident that an address names.
     * @param {import("./types.js").Detail} detail
     * @returns {[number, number] | null} latitude and longitude, where a point is claimed
     */
    recallOne({ where }) {
        const [lon, lat] = where?.point ?? [];
        if (lon === undefined) {
            this.stage.mark(null, where?.regions?.at(-1)?.code ?? null);
            return null;
        }
        this.stage.mark({ x: toX(lon) * SIDE, y: toY(lat) * SIDE });
        return [lat, lon];
    }

    /**
     * @param {Picked} picked
     * @param {{x: number, y: number} | null} place
     */
    emit(picked, place) {
        this.stage.mark(place, picked.areaCode ?? null);
        this.stage.selection.dispatchEvent(new CustomEvent("pick", { detail: picked }));
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
        clearTimeout(this.resting);
        if (at && words && stop?.glyph?.coarse && stop.glyph.records === 1) {
            this.resting = window.setTimeout(() => this.name(stop, at, words), REST_MS);
        }
    }

    /**
     * Says in which township or district a disc's incident lies somewhere: the service is asked once a pointer rests.
     * @param {Stop} stop
     * @param {{x: number, y: number}} at
     * @param {string} words what is said already
     */
    async name(stop, at, words) {
        const title = await this.titleOf(stop);
        if (title && !this.tip.hidden && this.tip.textContent === words) {
            this.showTip(at, `${title}. ${words}`);
        }
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
        const [detail] = await this.stage.source.rows([glyph.cells.first[glyph.at]]).catch(() => []);
        return detail ? (glyph.coarse ? `${detail.title}; ${detail.where.words}` : detail.title) : null;
    }

    /** @param {Stop} stop */
    describe(stop) {
        if (stop.label) {
            const { sum } = stop.label;
            return `${countWords(sum.count, sum.patterns, sum.records)} ${aboutOf(stop.label)}`;
        }
        return stop.glyph ? this.events.describe(stop.glyph, this.stage.view.taxonomy) : (stop.region?.words ?? "");
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

/** @param {import("./area_labels.js").Label} label */
function aboutOf({ where }) {
    return `known only to ${where}`;
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
