/**
 * The symbols of kinds: one outline each, for the canvas and for the legend alike.
 *
 * Shape and colour both tell the family, so that either alone is enough; a cut inside tells the kind. How closely
 * the place is known is told by the form around the symbol, never by its colour.
 */

import { colourOf } from "./palette.js";

/** @typedef {import("./palette.js").Palette} Palette */
/** @typedef {import("./types.js").KindTerm} KindTerm */

/**
 * @typedef {object} Shape outlines as SVG path data in a square from -1 to 1, y downwards
 * @property {string} body filled
 * @property {string} [cut] drawn over the body as a line in the edge's colour
 * @property {boolean} [hollow] drawn as a line instead of being filled
 */

const DISC = "M-.9,0A.9,.9 0 1 1 .9,0A.9,.9 0 1 1 -.9,0Z";
const UP = "M0,-1L1.02,.8L-1.02,.8Z";
const DOWN = "M0,1L1.02,-.8L-1.02,-.8Z";
const RING = "M-.78,0A.78,.78 0 1 1 .78,0A.78,.78 0 1 1 -.78,0Z";

/** @type {Record<string, Shape>} */
const KINDS = {
    airstrike: { body: DISC },
    drone_strike: { body: "M0,-.12L-.42,-.8A.9,.9 0 1 0 .42,-.8Z" },
    shelling: { body: UP },
    ground_attack: { body: UP, cut: "M0,-.5L0,.8" },
    armed_clash: { body: UP, cut: "M-.75,.25L.75,.25" },
    violence_against_civilians: { body: UP, cut: "M-.2,.25A.2,.2 0 1 1 .2,.25A.2,.2 0 1 1 -.2,.25Z" },
    displacement: { body: RING, hollow: true },
    protest: { body: `${RING}M-.14,0A.14,.14 0 1 1 .14,0A.14,.14 0 1 1 -.14,0Z`, hollow: true },
    diplomatic_visit: { body: "M-.8,-.8H.8V.8H-.8Z" },
    diplomatic_act: { body: "M0,-1.08L1.08,0L0,1.08L-1.08,0Z" },
    port_call: { body: DOWN },
    military_exercise: { body: DOWN, cut: "M-.75,-.25L.75,-.25" },
    arms_transfer: { body: "M-.5,-.88H.5L1,0L.5,.88H-.5L-1,0Z" },
    other: { body: "M-.26,-.8H.26V-.26H.8V.26H.26V.8H-.26V.26H-.8V-.26H-.26Z" },
};

/** @type {Record<string, string>} the kind whose shape stands for a family's further kinds */
const FAMILIES = {
    air: "airstrike",
    ground: "shelling",
    people: "displacement",
    diplomacy: "diplomatic_visit",
    sea: "port_call",
    arms: "arms_transfer",
    other: "other",
};

/** A wave below the symbol says that it stands for an unknown number of events. */
const WAVE = "M-1,1.62C-.72,1.22 -.28,1.22 0,1.62C.28,2.02 .72,2.02 1,1.62";

/**
 * @param {string} kind
 * @param {string} family
 * @returns {Shape}
 */
export function shapeOf(kind, family) {
    return KINDS[kind] ?? KINDS[FAMILIES[family] ?? "other"];
}

/** @typedef {"crisp" | "soft" | "plain"} Form crisp has a clear edge, soft a glow, plain neither */

/**
 * Draws a symbol.
 * @param {CanvasRenderingContext2D} context
 * @param {KindTerm} kind
 * @param {number} x
 * @param {number} y
 * @param {number} size half its width in pixels
 * @param {Palette} palette
 * @param {{form: Form, pattern: boolean}} manner
 */
export function drawSymbol(context, kind, x, y, size, palette, manner) {
    const shape = shapeOf(kind.key, kind.family);
    const body = new Path2D(shape.body);
    const colour = colourOf(palette, kind.family);
    context.save();
    context.translate(x, y);
    context.scale(size, size);
    context.lineJoin = "round";
    context.lineCap = "round";
    const edge = 1.5 / size;
    const line = shape.hollow ? 0.5 : 0.34;
    if (manner.form === "crisp") {
        context.strokeStyle = palette.edge;
        context.lineWidth = (shape.hollow || manner.pattern ? line : 0) + 2 * edge;
        context.stroke(body);
        if (manner.pattern) {
            context.stroke(new Path2D(WAVE));
        }
    }
    context.fillStyle = colour;
    context.strokeStyle = colour;
    context.lineWidth = line;
    if (manner.pattern) {
        context.save();
        context.fillStyle = palette.edge;
        context.globalAlpha = 0.7;
        context.fill(body);
        context.restore();
        context.stroke(body);
        context.lineWidth = Math.max(0.22, 1.4 / size);
        context.stroke(new Path2D(WAVE));
    } else if (shape.hollow) {
        context.stroke(body);
    } else {
        context.fill(body);
    }
    if (shape.cut && !manner.pattern) {
        context.strokeStyle = palette.edge;
        context.lineWidth = Math.max(0.2, 1.4 / size);
        context.lineCap = "butt";
        context.stroke(new Path2D(shape.cut));
    } else if (shape.cut) {
        context.lineWidth = Math.max(0.18, 1.2 / size);
        context.stroke(new Path2D(shape.cut));
    }
    context.restore();
}

/**
 * Symbols drawn once and stamped many times.
 */
export class Stamps {
    /**
     * @param {Palette} palette
     * @param {number} ratio device pixels to a CSS pixel
     */
    constructor(palette, ratio) {
        this.palette = palette;
        this.ratio = ratio;
        /** @type {Map<string, HTMLCanvasElement>} */
        this.made = new Map();
    }

    /**
     * @param {CanvasRenderingContext2D} context
     * @param {KindTerm} kind
     * @param {number} x
     * @param {number} y
     * @param {number} size
     * @param {{form: Form, pattern: boolean}} manner
     */
    put(context, kind, x, y, size, manner) {
        const half = size * 3;
        const key = `${kind.key} ${size} ${manner.form} ${manner.pattern}`;
        let stamp = this.made.get(key);
        if (!stamp) {
            stamp = document.createElement("canvas");
            stamp.width = stamp.height = Math.ceil(half * 2 * this.ratio);
            const on = stamp.getContext("2d");
            if (on) {
                on.scale(this.ratio, this.ratio);
                if (manner.form === "soft") {
                    this.glow(on, kind, half, size);
                }
                drawSymbol(on, kind, half, half, size, this.palette, manner);
            }
            this.made.set(key, stamp);
        }
        context.drawImage(stamp, x - half, y - half, half * 2, half * 2);
    }

    /**
     * The soft disc around what is known to a settlement.
     * @param {CanvasRenderingContext2D} on
     * @param {KindTerm} kind
     * @param {number} half
     * @param {number} size
     */
    glow(on, kind, half, size) {
        drawGlow(on, half, half, size * 2.2, colourOf(this.palette, kind.family));
    }
}

/**
 * A disc that fades out towards its edge.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {string} colour
 * @param {number} [strength] from 0 to 1
 */
export function drawGlow(context, x, y, radius, colour, strength = 1) {
    const glow = context.createRadialGradient(x, y, radius * 0.25, x, y, radius);
    glow.addColorStop(0, `${colour}66`);
    glow.addColorStop(0.6, `${colour}33`);
    glow.addColorStop(1, `${colour}00`);
    context.save();
    context.globalAlpha = strength;
    context.fillStyle = glow;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
    context.restore();
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * A symbol as an element for legend, switches and panel. It takes its colour from the style sheet, by the classes
 * `bearing-symbol` and `family-…`, and is hidden from screen readers: the text beside it says the kind.
 * @param {KindTerm} kind
 * @param {{pattern?: boolean, size?: number}} [options] size: width in pixels
 * @returns {SVGSVGElement}
 */
export function makeSymbol(kind, { pattern = false, size = 18 } = {}) {
    const shape = shapeOf(kind.key, kind.family);
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", pattern ? "-1.5 -1.3 3 3.4" : "-1.3 -1.3 2.6 2.6");
    svg.setAttribute("width", String(size));
    svg.setAttribute("height", String(size));
    svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("focusable", "false");
    svg.classList.add("bearing-symbol", `family-${kind.family in FAMILIES ? kind.family : "other"}`);
    const open = pattern || shape.hollow;
    addPath(svg, shape.body, open ? "symbol-line" : "symbol-body", shape.hollow ? 0.5 : 0.34);
    if (shape.cut) {
        addPath(svg, shape.cut, pattern ? "symbol-line" : "symbol-cut", 0.2);
    }
    if (pattern) {
        addPath(svg, WAVE, "symbol-line", 0.22);
    }
    return svg;
}

/** Hundreds of counts have one at each step of time: it is made once. @type {SVGSVGElement | null} */
let sign = null;

/**
 * The wave alone, as the sign of patterns beside their number.
 * @returns {SVGSVGElement}
 */
export function makeWave() {
    sign ??= drawWaveSign();
    return /** @type {SVGSVGElement} */ (sign.cloneNode(true));
}

function drawWaveSign() {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "-1.2 1 2.4 1.25");
    svg.setAttribute("width", "13");
    svg.setAttribute("height", "7");
    svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("focusable", "false");
    svg.classList.add("wave");
    addPath(svg, WAVE, "wave__line", 0.28);
    return svg;
}

/**
 * @param {SVGElement} svg
 * @param {string} data
 * @param {string} name
 * @param {number} width
 */
function addPath(svg, data, name, width) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", data);
    path.setAttribute("class", name);
    path.setAttribute("stroke-width", String(width));
    svg.append(path);
}
