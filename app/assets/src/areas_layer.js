/**
 * Draws what is known to no more than a state or a country: its area, hatched, or outlined alone where regions are filled.
 *
 * Never a pin: a point in the middle of a region would say what nobody knows. The counts stand in area_labels.js.
 */

import { isAsLarge, ringsOnCanvas, touches } from "./area_shapes.js";
import { BLURRED, CanvasLayer } from "./canvas_layer.js";
import { clipLine, clipRing } from "./clip.js";
import { Hatches } from "./hatches.js";
import { currentPalette } from "./palette.js";

/** @typedef {import("./area_shapes.js").Area} Area */
/** @typedef {import("./canvas_layer.js").Frame} Frame */
/** @typedef {import("./selection.js").Selection} Selection */
/** @typedef {import("./types.js").Areas} Areas */

/** A country's lines fall one way and lie wide, those of the units in it the other way and closer. */
const COUNTRY = { step: 12, turns: [1], width: 1, strength: 0.2, smallest: 12 };
const UNIT = { step: 8, turns: [-1], width: 1, strength: 0.4, smallest: 32 };

/** @typedef {{area: Path2D, outline: Path2D}} Paths */
/** @typedef {typeof COUNTRY} Sort how a region is hatched; smallest: pixels across below which that would be a smudge */

export class AreasLayer extends CanvasLayer {
    /**
     * @param {Selection} selection
     * @param {import("./events_layer.js").EventsLayer} events what is drawn at present
     * @param {string} pane
     */
    constructor(selection, events, pane) {
        super({ pane, farthest: BLURRED });
        this.selection = selection;
        this.events = events;
        /** @type {Area[]} */
        this.areas = [];
        /** @type {Map<string, Area>} */
        this.byCode = new Map();
        /** What the canvas shows, so that a change of the selection that hatches the same draws nothing anew. */
        this.shown = "";
        /** Outlines on the canvas, kept for as long as the map stands still. @type {Map<string, Paths>} */
        this.paths = new Map();
        this.standing = "";
        this.hatches = new Hatches();
        /** Whether regions are filled: then a hatch is what their key says, and is left to them. */
        this.filled = false;
    }

    /** @param {Area[]} areas */
    setAreas(areas) {
        this.areas = [...areas].sort((a, b) => a.level - b.level || a.code.localeCompare(b.code));
        this.standing = "";
        this.shown = "";
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
            const sort = sortOf(area);
            const hatch = this.filled ? null : this.hatches.of(context, frame, sort, palette.hatch);
            drawArea(context, frame, this.pathsOf(area, frame), sort, hatch, palette.hatch);
        }
    }

    /**
     * @param {Area} area
     * @param {Frame} frame
     */
    pathsOf(area, frame) {
        const at = [frame.zoom, frame.left, frame.top, frame.width, frame.height].join(" ");
        if (at !== this.standing) {
            this.standing = at;
            this.paths.clear();
        }
        let paths = this.paths.get(area.code);
        if (!paths) {
            paths = layPaths(area, frame);
            this.paths.set(area.code, paths);
        }
        return paths;
    }

    /**
     * The regions that something selected is known only to, and that are large enough for lines to be told apart.
     * @param {Frame} frame
     */
    hatched(frame) {
        const known = this.events.picture.areas;
        const canvas = { left: 0, top: 0, right: frame.width, bottom: frame.height };
        return this.areas.filter(
            (area) =>
                known.has(area.code) &&
                isAsLarge(area, frame, sortOf(area).smallest) &&
                frame.copies.some((copy) => touches(area.box, frame, copy, canvas)),
        );
    }

    /**
     * Draws again if other regions are hatched than before, or elsewhere, or in another way.
     * @param {Frame} frame
     */
    redrawIfChanged(frame) {
        const place = [frame.zoom, frame.left, frame.top, frame.width, frame.height, frame.ratio];
        const wanted = [currentPalette().name, this.filled, ...place, ...this.hatched(frame).map((area) => area.code)].join(" ");
        if (wanted !== this.shown) {
            this.shown = wanted;
            this.redraw(frame);
        }
    }
}

/** @param {Area} area */
function sortOf({ level }) {
    return level === 0 ? COUNTRY : UNIT;
}

/**
 * A region's outline on all copies of the world that are in sight, cut to the canvas.
 * @param {Area} area
 * @param {Frame} frame
 * @returns {Paths}
 */
function layPaths(area, frame) {
    const box = { left: -8, top: -8, right: frame.width + 8, bottom: frame.height + 8 };
    const paths = { area: new Path2D(), outline: new Path2D() };
    for (const copy of frame.copies) {
        for (const ring of ringsOnCanvas(area, frame, copy)) {
            trace(paths.area, clipRing(ring, box), true);
            for (const part of clipLine(ring, box)) {
                trace(paths.outline, part, false);
            }
        }
    }
    return paths;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {Paths} paths
 * @param {Sort} sort
 * @param {CanvasPattern | null} hatch
 * @param {string} colour
 */
function drawArea(context, { zoom }, paths, { strength }, hatch, colour) {
    // Close up a region fills the view, and its lines would lie over everything.
    const fade = Math.max(0.18, Math.min(1, 1 - (zoom - 5.5) * 0.25));
    context.save();
    if (hatch) {
        context.globalAlpha = strength * fade;
        context.fillStyle = hatch;
        context.fill(paths.area, "evenodd");
    }
    context.strokeStyle = colour;
    context.globalAlpha = 0.55;
    context.lineWidth = 1;
    context.setLineDash([4, 3]);
    context.stroke(paths.outline);
    context.restore();
}

/**
 * @param {Path2D} path
 * @param {number[]} points
 * @param {boolean} closed
 */
function trace(path, points, closed) {
    for (let i = 0; i < points.length; i += 2) {
        if (i === 0) {
            path.moveTo(points[0], points[1]);
        } else {
            path.lineTo(points[i], points[i + 1]);
        }
    }
    if (closed && points.length) {
        path.closePath();
    }
}
