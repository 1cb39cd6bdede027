/**
 * What stands on the base map: areas, symbols and labels, asked for as the map moves and drawn together.
 *
 * It selects nothing and opens nothing. What a reader does to it is in picking.js.
 */

import * as L from "leaflet";
import { AreaLabels } from "./area_labels.js";
import { readOutlines } from "./area_shapes.js";
import { AreasLayer } from "./areas_layer.js";
import { sightOf } from "./canvas_layer.js";
import { DiscLabels } from "./disc_labels.js";
import { EventsLayer } from "./events_layer.js";
import { coarsenessOf, gridOf, holds, outlineGridOf, widen, windowsOf } from "./grid.js";
import { Input } from "./input.js";
import { Latest } from "./latest.js";
import { watchPalette } from "./palette.js";
import { Picking } from "./picking.js";
import { SIDE, toLat, toLon } from "./rows.js";

/** @typedef {import("./canvas_layer.js").Frame} Frame */
/** @typedef {import("./engines.js").Picture} Picture */
/** @typedef {import("./selection.js").Selection} Selection */
/** @typedef {import("./types.js").View} View */

/** Who moves the map is given outlines of so many of their squares beyond the canvas, on each side. */
const FURTHER = 4;
/** Of what lies around the view so many squares are shown from the beginning: symbols reach from there into it. */
const EDGE = 2;
/** Of what lies around the canvas so many are heeded: a ring at its edge counts what it takes in from there. */
const AROUND = 10;
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
        for (const [name, level] of /** @type {const} */ ([["areas", 410], ["discs", 415], ["events", 420], ["counts", 430]])) {
            const pane = map.createPane(name);
            pane.classList.add("bearing-pane", `bearing-pane--${level}`);
            pane.style.zIndex = String(level);
        }
        this.events = new EventsLayer(view.taxonomy, "events").addTo(map);
        this.areas = new AreasLayer(selection, this.events, "areas").addTo(map);
        this.discs = new DiscLabels(this.events, source, () => this.drawSoon(), "discs").addTo(map);
        this.labels = new AreaLabels(this.areas, this.events, "counts").addTo(map);
        this.waiting = 0;
        /** When it was last drawn, on the page's clock. */
        this.drawnAt = -Infinity;
        /** Where the map stood when what is drawn was asked for. @type {Frame | null} */
        this.frame = null;
        /** @type {Latest<{frame: Frame, grid: import("./grid.js").Grid, picture: Picture}>} */
        this.asking = new Latest();
        /** Of which squares the areas' outlines are. @type {import("./grid.js").Grid | null} */
        this.outlined = null;
        /** When those asked for last are there. @type {Promise<void>} */
        this.areasCome = Promise.resolve();
        /** Whether a reader has moved the map: then what lies around the view is soon seen. */
        this.moved = false;
        /** Whether all is asked for that belongs to what is drawn. */
        this.whole = false;
        map.once("zoomstart", () => {
            this.moved = this.whole = true;
        });
        map.once("movestart", () => {
            this.moved = true;
            this.complete();
        });
        /** How close the map stood last. */
        this.zoom = map.getZoom();
        /** Whether it moves at present. */
        this.moving = false;
        /** Whether the map moves because its room has changed: that is nobody's input. */
        this.settling = false;
        selection.addEventListener("change", () => this.ask());
        map.on("movestart", () => {
            this.moving = true;
        });
        map.on("moveend", () => this.arrive());
        map.on("viewreset resize", () => this.ask());
        map.on("zoomend", () => requestAnimationFrame(() => this.keep()));
        map.on("zoomanim", ({ center, zoom }) => selection.foresee({}, this.gridIn(this.events.foresee(center, zoom))));
        map.on("drag", () => {
            if (this.events.isLeft()) {
                this.ask();
            }
        });
        map.on("names", () => this.redrawLabels());
        // The key of regions unfolds over the map after labels have been laid.
        const key = map.getContainer().parentElement?.querySelector("#regions");
        if (key) {
            new ResizeObserver(() => this.drawSoon()).observe(key);
        }
        watchPalette((isPrinting) => (isPrinting ? this.draw() : this.drawSoon()));
        this.picking = new Picking(this);
    }

    /** @param {import("./area_shapes.js").Area[]} areas */
    setAreas(areas) {
        this.areas.setAreas(areas);
        this.labels.standing = "";
        this.drawSoon();
    }

    /**
     * Has the outlines of areas come: at first nothing but what is in sight, as closely as it is seen, and what lies
     * around it from when on the map is moved.
     * @param {import("./fetched_source.js").FetchedSource} source
     */
    followAreas(source) {
        const follow = () => (this.areasCome = this.fetchAreas(source));
        this.map.on("moveend resize dragstart", follow);
        return follow();
    }

    /** @param {import("./fetched_source.js").FetchedSource} source */
    async fetchAreas(source) {
        const frame = this.events.measure();
        const [whole, seen] = [frame, sightOf(frame)].map((part) => outlineGridOf(part, this.coarseness()));
        if (this.outlined && holds(this.outlined, this.moved ? whole : seen)) {
            return;
        }
        // Who moves the map once will move it again.
        const wanted = this.outlined ? widen(whole, FURTHER) : seen;
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
     */
    async ask() {
        const { input } = this.selection;
        input?.waitFor("map");
        const answer = await this.asking
            .ask(async () => {
                const frame = this.events.measure();
                const grid = this.gridIn(frame);
                return { frame, grid, picture: await this.selection.picture(grid) };
            })
            .catch(() => null);
        // A later question has taken this one's place, or the map has been zoomed since: then that draws.
        if (!answer || !this.isSeenFrom(answer.frame)) {
            return;
        }
        this.frame = answer.frame;
        this.events.picture = answer.picture;
        this.events.grid = answer.grid;
        if (performance.now() - this.drawnAt < FRAME_MS) {
            await new Promise((done) => requestAnimationFrame(done));
        }
        this.draw();
        this.map.fire("drawn");
        input?.drawn("map");
    }

    /** The map stands again. Moves are timed from here, since the old picture moves along. */
    arrive() {
        const { moving, zoom } = this;
        this.zoom = this.map.getZoom();
        this.moving = false;
        // Where the room alone has changed nothing has begun to move.
        if (moving && !this.settling) {
            this.selection.input = new Input(this.zoom === zoom ? "pan" : "zoom", performance.now());
        }
        this.ask();
    }

    /**
     * Draws the old picture anew where the map stands closer by now, until the answer of there has come: it has all that
     * is in sight, if more coarsely, and blown up it would be a blur.
     */
    keep() {
        if (this.frame && this.map.getZoom() > this.frame.zoom) {
            this.frame = this.events.measure();
            this.draw();
        }
    }

    /**
     * What of a canvas is asked for: at first what is in sight, and then all that rings on it may take in.
     * @param {Parameters<typeof sightOf>[0]} frame
     */
    gridIn(frame) {
        const coarseness = this.coarseness();
        return this.whole ? widen(gridOf(frame, coarseness), AROUND) : widen(gridOf(sightOf(frame), coarseness), EDGE);
    }

    coarseness() {
        return coarsenessOf(this.map.getSize(), this.view.total);
    }

    /** Has what lies around the view come behind the first picture: rings at its edge then count all of theirs. */
    async complete() {
        if (!this.whole) {
            this.whole = true;
            await this.ask();
        }
    }

    /**
     * Whether the map still stands as it stood, but for a pan that is under way.
     * @param {Frame} frame
     */
    isSeenFrom({ zoom, corner, left, top }) {
        const origin = this.map.getPixelOrigin();
        return this.map.getZoom() === zoom && origin.x === left - corner.x && origin.y === top - corner.y;
    }

    /** @param {boolean} filled whether regions are filled on the map */
    setFilled(filled) {
        const { areas, frame } = this;
        if (filled !== areas.filled) {
            areas.filled = filled;
            areas.fire("filled");
            if (frame && this.isSeenFrom(frame)) {
                areas.redrawIfChanged(frame);
            }
        }
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
        this.discs.redraw(frame);
        this.redrawLabels();
        this.drawnAt = performance.now();
    }

    redrawLabels() {
        // Elsewhere than where they were laid they would speak of other places.
        if (!this.frame || !this.isSeenFrom(this.frame)) {
            return;
        }
        this.labels.obstacles = [...this.furniture(), ...this.countryNames()];
        this.labels.redraw(this.frame);
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
     * A point on the copy of the world that is in view.
     * @param {L.LatLng} point
     */
    nearCopy(point) {
        const turns = Math.round((this.map.getCenter().lng - point.lng) / 360);
        return L.latLng(point.lat, point.lng + 360 * turns);
    }
}
