/**
 * Fills regions by their figures, beneath the symbols: one colour, stronger for more, hatched where most is not known.
 *
 * It counts nothing: see region_figures.js.
 */

import { ringsOnCanvas } from "./area_shapes.js";
import { CanvasLayer } from "./canvas_layer.js";
import { clipRing } from "./clip.js";
import { Hatches } from "./hatches.js";
import { currentPalette } from "./palette.js";
import { classOf, COLOURS, strengthOf } from "./region_classes.js";

/** @typedef {import("./area_shapes.js").Area} Area */
/** @typedef {import("./canvas_layer.js").Frame} Frame */
/** @typedef {import("./region_figures.js").Figure} Figure */

/** On a map without filled regions lines one way are what is known to no more than a region. */
const BOTH_WAYS = { step: 9, turns: [1, -1], width: 1.2 };

export class RegionsLayer extends CanvasLayer {
    /** @param {string} pane */
    constructor(pane) {
        super({ pane });
        /** @type {Area[]} */
        this.areas = [];
        /** @type {Map<string, Figure>} */
        this.figures = new Map();
        /** @type {number[]} */
        this.limits = [];
        /** Outlines on the canvas, kept for as long as the map stands still. @type {Map<string, Path2D>} */
        this.paths = new Map();
        this.standing = "";
        this.hatches = new Hatches();
    }

    /** @param {Area[]} areas */
    setAreas(areas) {
        this.areas = areas;
        this.standing = "";
    }

    /**
     * @param {CanvasRenderingContext2D} context
     * @param {Frame} frame
     */
    draw(context, frame) {
        super.draw(context, frame);
        const palette = currentPalette();
        const colours = COLOURS[palette.name];
        context.lineWidth = 0.8;
        for (const area of this.areas) {
            const figure = this.figures.get(area.code);
            const at = figure ? classOf(this.limits, figure.value) : -1;
            if (!figure || (at < 0 && !figure.unknown)) {
                continue;
            }
            const path = this.pathOf(area, frame);
            if (at >= 0) {
                context.globalAlpha = strengthOf(this.limits, at);
                context.fillStyle = colours.fill;
                context.fill(path, "evenodd");
            }
            if (figure.unknown) {
                context.globalAlpha = 1;
                context.fillStyle = this.hatches.of(context, frame, BOTH_WAYS, colours.hatch) ?? "transparent";
                context.fill(path, "evenodd");
            }
            context.globalAlpha = 0.7;
            context.strokeStyle = palette.panel;
            context.stroke(path);
        }
        context.globalAlpha = 1;
    }

    /**
     * @param {Area} area
     * @param {Frame} frame
     */
    pathOf(area, frame) {
        const at = `${frame.zoom} ${frame.left} ${frame.top} ${frame.width} ${frame.height}`;
        if (at !== this.standing) {
            this.standing = at;
            this.paths.clear();
        }
        let path = this.paths.get(area.code);
        if (!path) {
            path = new Path2D();
            const box = { left: -4, top: -4, right: frame.width + 4, bottom: frame.height + 4 };
            for (const copy of frame.copies) {
                for (const ring of ringsOnCanvas(area, frame, copy)) {
                    trace(path, clipRing(ring, box));
                }
            }
            this.paths.set(area.code, path);
        }
        return path;
    }

    /**
     * The region with a figure at a point of the canvas.
     * @param {number} x
     * @param {number} y
     * @returns {{area: Area, figure: Figure} | null}
     */
    regionAt(x, y) {
        const context = this.canvas?.getContext("2d");
        const { frame } = this;
        if (!context || !frame) {
            return null;
        }
        for (const area of this.areas) {
            const figure = this.figures.get(area.code);
            // The path is in CSS pixels, and so is the context's transform undone by its ratio.
            if (figure && context.isPointInPath(this.pathOf(area, frame), x * frame.ratio, y * frame.ratio, "evenodd")) {
                return { area, figure };
            }
        }
        return null;
    }
}

/**
 * @param {Path2D} path
 * @param {number[]} points
 */
function trace(path, points) {
    for (let i = 0; i < points.length; i += 2) {
        if (i === 0) {
            path.moveTo(points[0], points[1]);
        } else {
            path.lineTo(points[i], points[i + 1]);
        }
    }
    path.closePath();
}
