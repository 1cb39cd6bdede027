/**
 * Names of countries, their units and towns on the base map: the weightier first, none over another.
 *
 * It knows no incident: what lies on a name hides it.
 */

import { CanvasLayer } from "./canvas_layer.js";
import { canShow, canSlant } from "./letters.js";
import { currentPalette } from "./palette.js";
import { toX, toY } from "./rows.js";

/** @typedef {import("./canvas_layer.js").Frame} Frame */
/** @typedef {import("./palette.js").Palette} Palette */
/** @typedef {[left: number, top: number, right: number, bottom: number]} Box */

/**
 * @typedef {object} PlaceName
 * @property {number} x in the unit square of Mercator
 * @property {number} y
 * @property {number} zoom the least at which it is drawn
 * @property {string} name
 * @property {string} local in the place's own script, or ""
 * @property {number} kind 0 country, 1 first-level unit, 2 capital or city, 3 other place
 */

const FAMILY = 'system-ui, "Noto Sans", "Noto Sans Myanmar", sans-serif';
const LOCAL_FROM = 6.5;
const LINE = 15;

/** @type {{font: string, spacing: string, dot: number}[]} by kind */
const STYLES = [
    { font: `600 14px ${FAMILY}`, spacing: "1.5px", dot: 0 },
    { font: `italic 13px ${FAMILY}`, spacing: "0.6px", dot: 0 },
    { font: `500 13px ${FAMILY}`, spacing: "0px", dot: 2 },
    { font: `13px ${FAMILY}`, spacing: "0px", dot: 1.5 },
];

/**
 * @param {[number, number, number, string, string, number][]} labels lon, lat, zoom, name, local name, kind
 * @returns {PlaceName[]}
 */
export function readNames(labels) {
    return labels.map(([lon, lat, zoom, name, local, kind]) => ({
        x: toX(lon),
        y: toY(lat),
        zoom,
        name,
        local: local === name ? "" : (local ?? ""),
        kind: kind ?? 3,
    }));
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {PlaceName[]} names the weightier first
 * @param {Frame} frame
 * @param {Palette} palette
 * @returns {Box[]} of the countries' names
 */
export function drawNames(context, names, frame, palette) {
    const taken = new Taken();
    context.save();
    context.textBaseline = "middle";
    context.lineJoin = "round";
    const inOrder = names.filter((name) => name.zoom <= frame.zoom).sort((a, b) => a.kind - b.kind);
    let countries = 0;
    for (const name of inOrder) {
        for (const copy of frame.copies) {
            const x = Math.round((name.x + copy) * frame.scale - frame.left);
            const y = Math.round(name.y * frame.scale - frame.top);
            if (x > 0 && x < frame.width && y > 0 && y < frame.height) {
                drawName(context, name, x, y, frame.zoom, palette, taken);
            }
        }
        countries = name.kind === 0 ? taken.boxes.length : countries;
    }
    context.restore();
    return taken.boxes.slice(0, countries);
}

/**
 * A name, where it is free: regions in the middle of their area, places beside their dot.
 * @param {CanvasRenderingContext2D} context
 * @param {PlaceName} name
 * @param {number} x
 * @param {number} y
 * @param {number} zoom
 * @param {Palette} palette
 * @param {Taken} taken
 */
function drawName(context, name, x, y, zoom, palette, taken) {
    const style = STYLES[name.kind] ?? STYLES[3];
    context.font = style.font;
    // Not every browser spaces letters on a canvas; those that do not draw them closer.
    context.letterSpacing = style.spacing;
    const lines = name.local && zoom >= LOCAL_FROM && canShow(name.local) ? [name.name, name.local] : [name.name];
    const width = Math.max(...lines.map((text) => context.measureText(text).width));
    const height = lines.length * LINE;
    const region = style.dot === 0;
    const left = region ? x - width / 2 : x + 6;
    const top = region ? y - height / 2 : y - LINE / 2;
    if (!taken.take(left - 4, top - 1, left + width + 4, top + height + 1)) {
        return;
    }
    if (!region) {
        context.beginPath();
        context.arc(x, y, style.dot + 1, 0, 2 * Math.PI);
        context.fillStyle = palette.halo;
        context.fill();
        context.beginPath();
        context.arc(x, y, style.dot, 0, 2 * Math.PI);
        context.fillStyle = palette.label;
        context.fill();
    }
    context.textAlign = region ? "center" : "left";
    context.strokeStyle = palette.halo;
    context.lineWidth = 3;
    context.fillStyle = name.kind === 0 ? palette.label : name.kind === 1 ? palette.unitLabel : palette.label;
    lines.forEach((text, i) => {
        context.font = canSlant(text) ? style.font : style.font.replace("italic ", "");
        const at = region ? x : left;
        const middle = top + LINE * (i + 0.5);
        context.strokeText(text, at, middle);
        context.fillText(text, at, middle);
    });
}

/** Names by themselves, above what lies over the land. It has them drawn again when the map of the land is. */
export class RaisedNames extends CanvasLayer {
    /**
     * @param {string} pane
     * @param {number} margin the same as the land's
     */
    constructor(pane, margin) {
        super({ pane, margin });
        /** @type {PlaceName[]} */
        this.names = [];
        /** @type {Box[]} */
        this.boxes = [];
    }

    /**
     * @param {PlaceName[]} names the weightier first
     * @param {Frame} frame
     * @returns {Box[]} of the countries' names
     */
    show(names, frame) {
        this.names = names;
        this.redraw(frame);
        return this.boxes;
    }

    /**
     * @param {CanvasRenderingContext2D} context
     * @param {Frame} frame
     */
    draw(context, frame) {
        super.draw(context, frame);
        const palette = currentPalette();
        // Colours and hatching beneath are stronger than land is: no name is faint.
        const { ink } = palette;
        this.boxes = drawNames(context, this.names, frame, { ...palette, label: ink, unitLabel: ink });
    }
}

/** Boxes that names have taken, found by a coarse grid. */
export class Taken {
    constructor() {
        /** @type {Box[]} */
        this.boxes = [];
    }

    /**
     * Takes a box if it is free.
     * @param {number} left
     * @param {number} top
     * @param {number} right
     * @param {number} bottom
     */
    take(left, top, right, bottom) {
        const free = this.boxes.every(([l, t, r, b]) => right <= l || left >= r || bottom <= t || top >= b);
        if (free) {
            this.boxes.push([left, top, right, bottom]);
        }
        return free;
    }
}
