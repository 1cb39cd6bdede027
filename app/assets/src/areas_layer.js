/**
 * Draws what is known to no more than a state or a country: its area hatched, with a count in words.
 *
 * Never a pin: a point in the middle of a region would say what nobody knows.
 */

import { CanvasLayer } from "./canvas_layer.js";
import { clipLine, clipRing } from "./clip.js";
import { FAMILIES } from "./clusters.js";
import { colourOf, currentPalette } from "./palette.js";
import { toX, toY } from "./rows.js";

/** @typedef {import("./canvas_layer.js").Frame} Frame */
/** @typedef {import("./clusters.js").Glyph} Glyph */
/** @typedef {import("./selection.js").Selection} Selection */
/** @typedef {import("./types.js").Areas} Areas */
/** @typedef {import("./events_layer.js").EventsLayer} EventsLayer */

/**
 * @typedef {object} Area a region's boundary in the unit square of Mercator
 * @property {string} code
 * @property {string} name
 * @property {number} level 0 for a country
 * @property {Float64Array[]} rings
 * @property {Float64Array[]} boxes of each ring: west, north, east, south
 */

/**
 * @typedef {object} Label a count in words on the canvas
 * @property {Area} area
 * @property {number[]} rows
 * @property {number} count incidents
 * @property {number} patterns
 * @property {string} text
 * @property {number} x its middle
 * @property {number} y
 * @property {number} width
 * @property {number} height
 */

const NUMBER = new Intl.NumberFormat("en");
const TEXT = "13px system-ui, sans-serif";
const LABEL_HEIGHT = 26;

export class AreasLayer extends CanvasLayer {
    /**
     * @param {Selection} selection
     * @param {string} pane
     */
    constructor(selection, pane) {
        super({ pane });
        this.selection = selection;
        /** @type {Area[]} */
        this.areas = [];
    }

    /** @param {Areas} areas */
    setAreas(areas) {
        this.areas = areas.features
            .flatMap((feature) => makeArea(feature) ?? [])
            .sort((a, b) => a.level - b.level || a.code.localeCompare(b.code));
    }

    /**
     * @param {CanvasRenderingContext2D} context
     * @param {Frame} frame
     */
    draw(context, frame) {
        const known = this.selection.byArea();
        const palette = currentPalette();
        for (const area of this.areas) {
            if (known.has(area.code)) {
                for (const copy of frame.copies) {
                    drawHatch(context, frame, area, copy, palette.hatch);
                }
            }
        }
    }
}

/** The counts in words, above everything else: they keep clear of the symbols that are drawn. */
export class AreaLabels extends CanvasLayer {
    /**
     * @param {AreasLayer} areas
     * @param {EventsLayer} events
     * @param {string} pane
     */
    constructor(areas, events, pane) {
        super({ pane });
        this.areas = areas;
        this.events = events;
        /** @type {Label[]} */
        this.labels = [];
        /** @type {Label | null} where the keyboard is */
        this.focused = null;
        /** @type {string | null} code of the area that the reader picked */
        this.picked = null;
    }

    /**
     * @param {CanvasRenderingContext2D} context
     * @param {Frame} frame
     */
    draw(context, frame) {
        const { selection } = this.areas;
        const known = selection.byArea();
        const palette = currentPalette();
        this.labels = [];
        context.font = TEXT;
        // The smaller region chooses its place first, the larger has more room to give way.
        for (const area of [...this.areas.areas].reverse()) {
            const rows = known.get(area.code);
            if (rows) {
                const label = makeLabel(context, selection, area, rows);
                if (placeLabel(label, frame, this.events.glyphs, this.labels)) {
                    this.labels.push(label);
                }
            }
        }
        if (this.focused) {
            const { code } = this.focused.area;
            this.focused = this.labels.find((label) => label.area.code === code) ?? null;
        }
        for (const label of this.labels) {
            this.drawLabel(context, label, palette);
        }
    }

    /**
     * @param {CanvasRenderingContext2D} context
     * @param {Label} label
     * @param {import("./palette.js").Palette} palette
     */
    drawLabel(context, label, palette) {
        const { selection } = this.areas;
        const left = label.x - label.width / 2;
        const top = label.y - label.height / 2;
        context.save();
        context.beginPath();
        context.roundRect(left, top, label.width, label.height, label.height / 2);
        context.fillStyle = palette.panel;
        context.fill();
        const marked = label === this.focused || label.area.code === this.picked;
        context.lineWidth = marked ? 2 : 1;
        context.strokeStyle = marked ? palette.accent : palette.hatch;
        context.setLineDash(marked ? [] : [3, 2]);
        context.stroke();
        context.setLineDash([]);
        const families = FAMILIES.map(() => 0);
        for (const row of label.rows) {
            families[this.events.familyOf[selection.rows.kind[row]]] += 1;
        }
        let from = -Math.PI / 2;
        context.lineWidth = 3.5;
        families.forEach((count, i) => {
            if (count) {
                const to = from + (2 * Math.PI * count) / label.rows.length;
                context.beginPath();
                context.arc(left + 14, label.y, 5.5, from, to);
                context.strokeStyle = colourOf(palette, FAMILIES[i]);
                context.stroke();
                from = to;
            }
        });
        context.fillStyle = palette.ink;
        context.font = TEXT;
        context.textBaseline = "middle";
        context.fillText(label.text, left + 26, label.y + 0.5);
        context.restore();
    }

    /**
     * @param {number} x
     * @param {number} y
     * @param {number} slack
     * @returns {Label | null}
     */
    labelAt(x, y, slack) {
        return (
            this.labels.find(
                (label) =>
                    Math.abs(x - label.x) <= label.width / 2 + slack &&
                    Math.abs(y - label.y) <= label.height / 2 + slack,
            ) ?? null
        );
    }
}

/**
 * @param {import("./types.js").AreaFeature} feature
 * @returns {Area | null}
 */
function makeArea(feature) {
    const { geometry, properties } = feature;
    if (!geometry) {
        return null;
    }
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    const rings = polygons.flat().map((ring) => {
        const flat = new Float64Array(ring.length * 2);
        ring.forEach(([lon, lat], i) => {
            flat[2 * i] = toX(lon);
            flat[2 * i + 1] = toY(lat);
        });
        return flat;
    });
    return {
        code: String(properties.code ?? feature.id),
        name: String(properties.name),
        level: Number(properties.level ?? 0),
        rings,
        boxes: rings.map(boxOf),
    };
}

/** @param {Float64Array} ring */
function boxOf(ring) {
    const box = Float64Array.of(Infinity, Infinity, -Infinity, -Infinity);
    for (let i = 0; i < ring.length; i += 2) {
        box[0] = Math.min(box[0], ring[i]);
        box[1] = Math.min(box[1], ring[i + 1]);
        box[2] = Math.max(box[2], ring[i]);
        box[3] = Math.max(box[3], ring[i + 1]);
    }
    return box;
}

/**
 * A region's rings on the canvas, those out of sight left out.
 * @param {Area} area
 * @param {Frame} frame
 * @param {number} copy
 * @returns {number[][]}
 */
function ringsOnCanvas(area, frame, copy) {
    const { scale, left, top, width, height } = frame;
    return area.rings.flatMap((ring, at) => {
        const [west, north, east, south] = area.boxes[at];
        const out =
            (east + copy) * scale < left ||
            (west + copy) * scale > left + width ||
            south * scale < top ||
            north * scale > top + height ||
            Math.max(east - west, south - north) * scale < 1;
        if (out) {
            return [];
        }
        /** @type {number[]} */
        const points = [];
        for (let i = 0; i < ring.length; i += 2) {
            points.push((ring[i] + copy) * scale - left, ring[i + 1] * scale - top);
        }
        return [points];
    });
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
    context.globalAlpha = area.level === 0 ? 0.2 : 0.4;
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

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Selection} selection
 * @param {Area} area
 * @param {number[]} rows
 * @returns {Label}
 */
function makeLabel(context, selection, area, rows) {
    let count = 0;
    let patterns = 0;
    for (const row of rows) {
        count += selection.counted[row];
        patterns += selection.rows.pattern[row];
    }
    const counted = count ? NUMBER.format(count) : "";
    const further = patterns ? `${NUMBER.format(patterns)} ${patterns === 1 ? "pattern" : "patterns"}` : "";
    const amount = [counted, further].filter(Boolean).join(" and ") || "Others";
    const text = `${amount} known only to ${area.name}`;
    const width = context.measureText(text).width + 38;
    return { area, rows, count, patterns, text, x: 0, y: 0, width, height: LABEL_HEIGHT };
}

/**
 * Puts a label inside its region where it hides the least. False when none of the region is in view.
 * @param {Label} label
 * @param {Frame} frame
 * @param {Glyph[]} glyphs
 * @param {Label[]} others
 */
function placeLabel(label, frame, glyphs, others) {
    const { view } = frame;
    const box = { left: view.left + 4, top: view.top + 4, right: view.right - 4, bottom: view.bottom - 4 };
    const rings = frame.copies
        .flatMap((copy) => ringsOnCanvas(label.area, frame, copy))
        .map((ring) => clipRing(ring, box))
        .filter((ring) => ring.length);
    if (!rings.length) {
        return false;
    }
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const ring of rings) {
        for (let i = 0; i < ring.length; i += 2) {
            left = Math.min(left, ring[i]);
            right = Math.max(right, ring[i]);
            top = Math.min(top, ring[i + 1]);
            bottom = Math.max(bottom, ring[i + 1]);
        }
    }
    if (right - left < 3 && bottom - top < 3) {
        return false;
    }
    let least = Infinity;
    const parts = 14;
    for (let row = 0; row <= parts; row += 1) {
        for (let column = 0; column <= parts; column += 1) {
            const x = left + ((right - left) * (column + 0.5)) / (parts + 1);
            const y = top + ((bottom - top) * (row + 0.5)) / (parts + 1);
            if (!isInside(x, y, rings)) {
                continue;
            }
            const at = {
                x: clamp(x, box.left + label.width / 2, box.right - label.width / 2),
                y: clamp(y, box.top + label.height / 2, box.bottom - label.height / 2),
            };
            const away = Math.hypot(at.x - (left + right) / 2, at.y - (top + bottom) / 2);
            const harm = hidden(label, at, glyphs, others) * 1000 + away;
            if (harm < least) {
                least = harm;
                label.x = Math.round(at.x);
                label.y = Math.round(at.y);
            }
        }
    }
    if (least === Infinity) {
        label.x = Math.round(clamp((left + right) / 2, box.left + label.width / 2, box.right - label.width / 2));
        label.y = Math.round(clamp((top + bottom) / 2, box.top + label.height / 2, box.bottom - label.height / 2));
    }
    return true;
}

/**
 * How much a label would hide at a place.
 * @param {Label} label
 * @param {{x: number, y: number}} at
 * @param {Glyph[]} glyphs
 * @param {Label[]} others
 */
function hidden(label, at, glyphs, others) {
    let sum = 0;
    for (const glyph of glyphs) {
        const dx = Math.max(0, Math.abs(glyph.x - at.x) - label.width / 2);
        const dy = Math.max(0, Math.abs(glyph.y - at.y) - label.height / 2);
        if (dx * dx + dy * dy < (glyph.radius + 3) ** 2) {
            sum += 1;
        }
    }
    for (const other of others) {
        const clear =
            Math.abs(other.x - at.x) > (other.width + label.width) / 2 + 3 ||
            Math.abs(other.y - at.y) > (other.height + label.height) / 2 + 3;
        sum += clear ? 0 : 4;
    }
    return sum;
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number[][]} rings
 */
function isInside(x, y, rings) {
    let inside = false;
    for (const ring of rings) {
        for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
            const above = ring[i + 1] > y;
            if (above !== ring[j + 1] > y) {
                const at = ((ring[j] - ring[i]) * (y - ring[i + 1])) / (ring[j + 1] - ring[i + 1]) + ring[i];
                inside = x < at ? !inside : inside;
            }
        }
    }
    return inside;
}

/**
 * @param {number} value
 * @param {number} least
 * @param {number} most
 */
function clamp(value, least, most) {
    return Math.max(least, Math.min(most, value));
}
