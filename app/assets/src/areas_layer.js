/**
 * Draws what is known to no more than a state or a country: its area hatched, with a count in words.
 *
 * Never a pin: a point in the middle of a region would say what nobody knows.
 */

import { CanvasLayer } from "./canvas_layer.js";
import { clipLine, clipRing } from "./clip.js";
import { FAMILIES } from "./clusters.js";
import { drawWave } from "./events_layer.js";
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
 * @property {number} middle of its largest ring, from west to east
 */

/** @typedef {{x: number, y: number, width: number, height: number}} Obstacle a box by its middle */

/**
 * @typedef {object} Group what one label speaks of
 * @property {string} code
 * @property {string} name
 * @property {number[]} rows
 * @property {{x: number, y: number}[]} points inside it, on the canvas
 * @property {boolean} parts whether rows known only to parts of it are among them
 */

/**
 * @typedef {object} Label a count in words on the canvas
 * @property {string} code the region's
 * @property {string} name the region's
 * @property {number[]} rows
 * @property {number} count incidents
 * @property {number} patterns
 * @property {string} text
 * @property {boolean} waved whether patterns are among more than patterns
 * @property {{x: number, y: number} | null} from where in the region a line to the label begins
 * @property {number} x its middle
 * @property {number} y
 * @property {number} width
 * @property {number} height
 */

const NUMBER = new Intl.NumberFormat("en");
const TEXT = "13px system-ui, sans-serif";
const LABEL_HEIGHT = 26;
const SMALL = 36;
/** A label farther than this from its region would not be taken for its own. */
const FARTHEST = 140;
/** Points are looked for on a grid of this many by as many. */
const PARTS = 12;

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
        /** What the canvas shows, so that a change of the selection that hatches the same draws nothing anew. */
        this.shown = "";
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
        super.draw(context, frame);
        const palette = currentPalette();
        for (const area of this.hatched()) {
            for (const copy of frame.copies) {
                drawHatch(context, frame, area, copy, palette.hatch);
            }
        }
    }

    /** The regions that something selected is known only to. */
    hatched() {
        const known = this.selection.byArea();
        return this.areas.filter((area) => known.has(area.code));
    }

    /** Draws again after a change of the selection, if it hatches other regions than before. */
    redrawIfChanged() {
        const wanted = [currentPalette().name, ...this.hatched().map((area) => area.code)].join(" ");
        if (wanted !== this.shown) {
            this.shown = wanted;
            this.redraw();
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
        /** Points inside each region, kept for as long as the map stands still. */
        this.standing = "";
        /** What labels keep clear of beside symbols, on the canvas. @type {Obstacle[]} */
        this.obstacles = [];
        /** @type {Map<string, {x: number, y: number}[]>} */
        this.points = new Map();
    }

    /**
     * @param {CanvasRenderingContext2D} context
     * @param {Frame} frame
     */
    draw(context, frame) {
        super.draw(context, frame);
        const palette = currentPalette();
        this.labels = this.layLabels(context, frame);
        if (this.focused) {
            const { code } = this.focused;
            this.focused = this.labels.find((label) => label.code === code) ?? null;
        }
        for (const label of this.labels) {
            drawLead(context, label, palette);
        }
        context.save();
        context.globalCompositeOperation = "destination-out";
        for (const glyph of this.labels.length ? this.events.glyphs : []) {
            context.beginPath();
            context.arc(glyph.x, glyph.y, glyph.radius + 2.5, 0, 2 * Math.PI);
            context.fill();
        }
        context.restore();
        for (const label of this.labels) {
            this.drawLabel(context, label, palette);
        }
    }

    /**
     * A label for each region in view. Those too small to be told apart, and those whose label would hide symbols, are
     * counted with what they are parts of.
     * @param {CanvasRenderingContext2D} context
     * @param {Frame} frame
     * @returns {Label[]}
     */
    layLabels(context, frame) {
        const { selection } = this.areas;
        const known = selection.byArea();
        context.font = TEXT;
        /** @type {Label[]} */
        const labels = [];
        /** @type {Map<string, Group>} */
        const wholes = new Map();
        // The larger regions come last: they have more room to give way, and take in what found none.
        for (const area of [...this.areas.areas].reverse()) {
            const rows = known.get(area.code);
            const points = rows ? this.pointsOf(area, frame) : [];
            if (!rows || !points.length) {
                continue;
            }
            const { code, name } = area;
            const parent = selection.region(selection.region(code)?.parent ?? "");
            const group = { code, name, rows, points, parts: false };
            if (parent) {
                const label = makeLabel(context, selection, group);
                const others = [...labels, ...this.obstacles];
                if (!isSmall(points) && placeLabel(label, points, frame, this.events.glyphs, others)) {
                    labels.push(label);
                    continue;
                }
            }
            const whole = parent ? { ...group, code: parent.code, name: parent.name, parts: true } : group;
            const held = wholes.get(whole.code);
            const parts = whole.parts || held?.parts === true;
            wholes.set(whole.code, held ? { ...whole, rows: [...whole.rows, ...held.rows], parts } : whole);
        }
        for (const group of wholes.values()) {
            const label = makeLabel(context, selection, group);
            placeLabel(label, group.points, frame, this.events.glyphs, [...labels, ...this.obstacles]);
            labels.push(label);
        }
        return labels;
    }

    /**
     * @param {Area} area
     * @param {Frame} frame
     */
    pointsOf(area, frame) {
        const at = `${frame.zoom} ${frame.left} ${frame.top} ${frame.width} ${frame.height}`;
        if (at !== this.standing) {
            this.standing = at;
            this.points.clear();
        }
        let points = this.points.get(area.code);
        if (!points) {
            points = pointsInside(area, frame);
            this.points.set(area.code, points);
        }
        return points;
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
        const marked = label === this.focused || label.code === this.picked;
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
        if (label.waved) {
            drawWave(context, left + label.width - 19, label.y + 0.5, 6, palette.ink);
        }
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
 * The line from a region to a label beside it.
 * @param {CanvasRenderingContext2D} context
 * @param {Label} label
 * @param {import("./palette.js").Palette} palette
 */
function drawLead(context, label, palette) {
    if (!label.from) {
        return;
    }
    const { from } = label;
    const x = Math.max(label.x - label.width / 2 + 12, Math.min(label.x + label.width / 2 - 12, from.x));
    context.save();
    context.strokeStyle = palette.hatch;
    context.fillStyle = palette.hatch;
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(x, label.y);
    context.stroke();
    context.beginPath();
    context.arc(from.x, from.y, 2.5, 0, 2 * Math.PI);
    context.fill();
    context.restore();
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
    const boxes = rings.map(boxOf);
    const largest = boxes.reduce((a, b) => (b[2] - b[0] > a[2] - a[0] ? b : a));
    return {
        code: String(properties.code ?? feature.id),
        name: String(properties.name),
        level: Number(properties.level ?? 0),
        rings,
        boxes,
        middle: (largest[0] + largest[2]) / 2,
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

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Selection} selection
 * @param {Group} group
 * @returns {Label}
 */
function makeLabel(context, selection, { code, name, rows, parts }) {
    let count = 0;
    let patterns = 0;
    for (const row of rows) {
        count += selection.counted[row];
        patterns += selection.countedPattern[row];
    }
    const amount = count ? NUMBER.format(count) : patterns === 1 ? "1 pattern" : `${NUMBER.format(patterns)} patterns`;
    const text = `${count || patterns ? amount : "Others"} known only to ${name}${parts ? " or parts of it" : ""}`;
    const waved = count > 0 && patterns > 0;
    const width = Math.ceil(context.measureText(text).width) + (waved ? 56 : 38);
    return { code, name, rows, count, patterns, text, waved, x: 0, y: 0, width, height: LABEL_HEIGHT, from: null };
}

/**
 * Puts a label inside its region, or beside it with a line that leads there, where it hides the least.
 * @param {Label} label
 * @param {{x: number, y: number}[]} inside points of the region
 * @param {Frame} frame
 * @param {Glyph[]} glyphs
 * @param {Obstacle[]} others
 * @returns {boolean} whether it hides nothing there and is not far off
 */
function placeLabel(label, inside, frame, glyphs, others) {
    const box = innerBox(frame);
    const middle = preferred(inside, box);
    const across = 20;
    const down = 16;
    const least = { harm: Infinity, hides: 0, x: 0, y: 0, away: 0, to: middle };
    const free = { x: box.right - box.left - label.width, y: box.bottom - box.top - label.height };
    for (let row = 0; row <= down; row += 1) {
        for (let column = 0; column <= across; column += 1) {
            const x = box.left + label.width / 2 + (free.x * column) / across;
            const y = box.top + label.height / 2 + (free.y * row) / down;
            const { away, to } = nearest(inside, x, y, label);
            const harm = 3 * away + 0.4 * Math.hypot(x - middle.x, y - middle.y);
            if (harm < least.harm) {
                const hides = hidden(label, { x, y }, glyphs, others);
                if (harm + hides < least.harm) {
                    Object.assign(least, { harm: harm + hides, hides, x, y, away, to });
                }
            }
        }
    }
    label.x = Math.round(least.x);
    label.y = Math.round(least.y);
    label.from = least.away > 4 ? least.to : null;
    return least.hides === 0 && least.away < FARTHEST;
}

/**
 * Where labels may lie: the view without a margin.
 * @param {Frame} frame
 */
function innerBox({ view }) {
    return { left: view.left + 8, top: view.top + 8, right: view.right - 8, bottom: view.bottom - 8 };
}

/**
 * Whether a region is too small on the screen to be told from its neighbours.
 * @param {{x: number, y: number}[]} points
 */
function isSmall(points) {
    const xs = points.map(({ x }) => x);
    const ys = points.map(({ y }) => y);
    return Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)) < SMALL;
}

/**
 * Points of a grid that lie in the visible part of a region; one at least when any of it is in view.
 * @param {Area} area
 * @param {Frame} frame
 * @returns {{x: number, y: number}[]}
 */
function pointsInside(area, frame) {
    const box = innerBox(frame);
    const middle = (box.left + box.right) / 2;
    /** @param {number} copy */
    const away = (copy) => Math.abs((area.middle + copy) * frame.scale - frame.left - middle);
    // Where the world stands in view more than once, the label belongs to the copy nearest the middle.
    const copies = [...frame.copies].sort((a, b) => away(a) - away(b));
    const rings = copies
        .map((copy) =>
            ringsOnCanvas(area, frame, copy)
                .map((ring) => clipRing(ring, box))
                .filter((ring) => ring.length),
        )
        .find((found) => found.length);
    if (!rings) {
        return [];
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
    if (right - left < 2 && bottom - top < 2) {
        return [];
    }
    const points = [];
    for (let row = 0; row < PARTS; row += 1) {
        for (let column = 0; column < PARTS; column += 1) {
            const x = left + ((right - left) * (column + 0.5)) / PARTS;
            const y = top + ((bottom - top) * (row + 0.5)) / PARTS;
            if (isInside(x, y, rings)) {
                points.push({ x, y });
            }
        }
    }
    return points.length ? points : [{ x: (left + right) / 2, y: (top + bottom) / 2 }];
}

/**
 * Where a label would best lie: in the middle of its region, or at the top of a view that the region fills.
 * @param {{x: number, y: number}[]} points
 * @param {import("./clip.js").Box} box
 */
function preferred(points, box) {
    const x = points.reduce((sum, point) => sum + point.x, 0) / points.length;
    const y = points.reduce((sum, point) => sum + point.y, 0) / points.length;
    const top = Math.min(...points.map((point) => point.y));
    const fills = points.length > 0.9 * PARTS * PARTS && top < box.top + (box.bottom - box.top) / 8;
    return fills ? { x: (box.left + box.right) / 2, y: box.top } : { x, y };
}

/**
 * The nearest of a region's points, and how far it is from the edge of a label at x, y.
 * @param {{x: number, y: number}[]} points
 * @param {number} x
 * @param {number} y
 * @param {Label} label
 */
function nearest(points, x, y, label) {
    let away = Infinity;
    let to = points[0];
    for (const point of points) {
        const dx = Math.max(0, Math.abs(point.x - x) - label.width / 2);
        const dy = Math.max(0, Math.abs(point.y - y) - label.height / 2);
        const distance = dx * dx + dy * dy;
        if (distance < away) {
            away = distance;
            to = point;
        }
    }
    return { away: Math.sqrt(away), to };
}

/**
 * How much a label would hide at a place.
 * @param {Label} label
 * @param {{x: number, y: number}} at
 * @param {Glyph[]} glyphs
 * @param {Obstacle[]} others
 */
function hidden(label, at, glyphs, others) {
    let sum = 0;
    for (const glyph of glyphs) {
        const dx = Math.max(0, Math.abs(glyph.x - at.x) - label.width / 2);
        const dy = Math.max(0, Math.abs(glyph.y - at.y) - label.height / 2);
        if (dx * dx + dy * dy < (glyph.radius + 5) ** 2) {
            sum += 400;
        }
    }
    for (const other of others) {
        const clear =
            Math.abs(other.x - at.x) > (other.width + label.width) / 2 + 6 ||
            Math.abs(other.y - at.y) > (other.height + label.height) / 2 + 6;
        sum += clear ? 0 : 1600;
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
