/**
 * Draws what is known to no more than a state or a country: its area, hatched.
 *
 * Never a pin: a point in the middle of a region would say what nobody knows. The counts stand in area_labels.js.
 */

import { makeArea, ringsOnCanvas } from "./area_shapes.js";
import { CanvasLayer } from "./canvas_layer.js";
import { clipLine, clipRing } from "./clip.js";
import { currentPalette } from "./palette.js";

/** @typedef {import("./area_shapes.js").Area} Area */
/** @typedef {import("./canvas_layer.js").Frame} Frame */
/** @typedef {import("./selection.js").Selection} Selection */
/** @typedef {import("./types.js").Areas} Areas */

/** Pixels across below which a hatched region would be a smudge. */
const SMALLEST = 12;

export class AreasLayer extends CanvasLayer {
    /**
     * @param {Selection} selection
     * @param {import("./events_layer.js").EventsLayer} events what is drawn at present
     * @param {string} pane
     */
    constructor(selection, events, pane) {
        super({ pane });
        this.selection = selection;
        this.events = events;
        /** @type {Area[]} */
        this.areas = [];
        /** @type {Map<string, Area>} */
        this.byCode = new Map();
        /** What the canvas shows, so that a change of the selection that hatches the same draws nothing anew. */
        this.shown = "";
    }

    /** @param {Areas} areas */
    setAreas(areas) {
        this.areas = areas.features
            .flatMap((feature) => makeArea(feature) ?? [])
            .sort((a, b) => a.level - b.level || a.code.localeCompare(b.code));
        this.byCode = new Map(this.areas.map((area) => [area.code, area]));
    }

    /**
     * @param {CanvasRenderingContext2D} context
     * @param {Frame} frame
     */
    draw(context, frame) {
        super.draw(context, frame);
        const palette = currentPalette();
        for (const area of this.hatched(frame)) {
            for (const copy of frame.copies) {
                drawHatch(context, frame, area, copy, palette.hatch);
            }
        }
    }

    /**
     * The regions that something selected is known only to, and that are large enough for lines to be told apart.
     * @param {Frame} frame
     */
    hatched({ scale }) {
        const known = this.events.picture.areas;
        return this.areas.filter(
            ({ code, boxes }) =>
                known.has(code) &&
                boxes.some(([west, north, east, south]) => Math.max(east - west, south - north) * scale >= SMALLEST),
        );
    }

    /**
     * Draws again if other regions are hatched than before, or elsewhere.
     * @param {Frame} frame
     */
    redrawIfChanged(frame) {
        const place = [frame.zoom, frame.left, frame.top, frame.width, frame.height, frame.ratio];
        const wanted = [currentPalette().name, ...place, ...this.hatched(frame).map((area) => area.code)].join(" ");
        if (wanted !== this.shown) {
            this.shown = wanted;
            this.redraw(frame);
        }
    }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {Area} area
 * @param {number} copy
 * @param {string} colour
 */
function drawHatch(context, frame, area, copy, colour) {
    const rings = ringsOnCanvas(area, frame, copy);
    if (!rings.length) {
        return;
    }
    const box = { left: -8, top: -8, right: frame.width + 8, bottom: frame.height + 8 };
    context.save();
    context.beginPath();
    for (const ring of rings) {
        trace(context, clipRing(ring, box), true);
    }
    context.save();
    context.clip("evenodd");
    context.strokeStyle = colour;
    // Close up a region fills the view, and its lines would lie over everything.
    const fade = Math.max(0.18, Math.min(1, 1 - (frame.zoom - 5.5) * 0.25));
    context.globalAlpha = (area.level === 0 ? 0.2 : 0.4) * fade;
    context.lineWidth = 1;
    context.beginPath();
    // A country's lines fall one way and lie wide, those of the units in it the other way and closer.
    const step = area.level === 0 ? 12 : 8;
    const turn = area.level === 0 ? 1 : -1;
    const origin = frame.left + turn * frame.top;
    const first = Math.floor((origin + Math.min(0, turn * frame.height)) / step) * step;
    const last = origin + frame.width + Math.max(0, turn * frame.height);
    for (let at = first; at <= last; at += step) {
        context.moveTo(at - origin, 0);
        context.lineTo(at - origin - turn * frame.height, frame.height);
    }
    context.stroke();
    context.restore();
    context.beginPath();
    for (const ring of rings) {
        for (const part of clipLine(ring, box)) {
            trace(context, part, false);
        }
    }
    context.strokeStyle = colour;
    context.globalAlpha = 0.55;
    context.lineWidth = 1;
    context.setLineDash([4, 3]);
    context.stroke();
    context.restore();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number[]} points
 * @param {boolean} closed
 */
function trace(context, points, closed) {
    for (let i = 0; i < points.length; i += 2) {
        if (i === 0) {
            context.moveTo(points[0], points[1]);
        } else {
            context.lineTo(points[i], points[i + 1]);
        }
    }
    if (closed && points.length) {
        context.closePath();
    }
}
