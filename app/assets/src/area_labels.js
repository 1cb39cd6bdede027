/**
 * Says in words how much is known to no more than a region: "3 known only to Sagaing", on the map.
 *
 * Where a label lies is decided in label_places.js; what is hatched, in areas_layer.js.
 */

import { isAsLarge, touches } from "./area_shapes.js";
import { BLURRED, CanvasLayer } from "./canvas_layer.js";
import { counted, number } from "./elements.js";
import { drawWave } from "./events_layer.js";
import { countHidden, findPlaces, placeFreely, placeLabel, placeRest, topOf } from "./label_places.js";
import { FAMILIES } from "./gathering.js";
import { Obstacles } from "./obstacles.js";
import { colourOf, currentPalette } from "./palette.js";
import { innerBox, isSmall, pointsInside } from "./region_points.js";
import { TextWidths } from "./text_widths.js";
import { sayWhere } from "./words.js";

/** @typedef {import("./area_shapes.js").Area} Area */
/** @typedef {import("./areas_layer.js").AreasLayer} AreasLayer */
/** @typedef {import("./gathering.js").AreaSum} AreaSum */
/** @typedef {import("./canvas_layer.js").Frame} Frame */
/** @typedef {import("./events_layer.js").EventsLayer} EventsLayer */
/** @typedef {import("./obstacles.js").Obstacle} Obstacle */

/**
 * @typedef {object} Group what one label speaks of
 * @property {string} code
 * @property {string} name
 * @property {AreaSum} sum
 * @property {string[]} codes the region, or the parts of it that are counted here
 * @property {Area} area where it is labelled
 */

/** @typedef {Pick<Group, "code" | "name" | "sum" | "codes">} Counted what a label says of a group */

/** @typedef {Group & {isJoined?: boolean}} Whole isJoined: whether sum and codes are its own */

/** @typedef {{name: string, area: Area, isUnit: boolean}} Stand where a region is counted; isUnit: whether it has room for a label there */

/**
 * @typedef {object} Label a count in words on the canvas
 * @property {string} code the region's
 * @property {string} name the region's
 * @property {AreaSum} sum
 * @property {string[]} codes of the regions that are counted here
 * @property {string} text
 * @property {string} where what they are known to: the region, and its parts where those are counted here
 * @property {boolean} waved whether patterns are among more than patterns
 * @property {{x: number, y: number} | null} from where in the region a line to the label begins
 * @property {number} x its middle
 * @property {number} y
 * @property {number} width
 * @property {number} height
 */

const WIDTHS = new TextWidths("13px system-ui, sans-serif");
const LABEL_HEIGHT = 26;
/** Where there are more than this, labels hide more than they say: what remains is counted by one. */
const MOST_UNITS = 24;
const MOST_WHOLES = 16;
/** So many find a place in any case, even if they hide something. */
const FEW_WHOLES = 6;
/** On the screen a region narrower than this, in pixels, is too small for a label of its own. */
const SMALLEST = 64;
/** How far from its region's box a label may lie, in pixels: a unit's touches it. */
const CLOSE = 8;
/** A country's label stands somewhere in any case: beside it, if it would hide something closer by. */
const BESIDE = 56;

/** The counts in words, above everything else: they keep clear of the symbols that are drawn. */
export class AreaLabels extends CanvasLayer {
    /**
     * @param {AreasLayer} areas
     * @param {EventsLayer} events
     * @param {string} pane
     */
    constructor(areas, events, pane) {
        super({ pane, farthest: BLURRED });
        this.areas = areas;
        this.events = events;
        /** @type {Label[]} */
        this.labels = [];
        /** @type {Label | null} where the keyboard is */
        this.focused = null;
        /** @type {string | null} code of the area that the reader picked */
        this.picked = null;
        /** Where the map stands; what follows is kept for as long as it stands still. */
        this.standing = "";
        /** Whose names and parents they are. @type {Map<string, import("./types.js").RegionTerm> | null} */
        this.regions = null;
        /** Where each region is counted; null where that is not in sight. @type {Map<string, Stand | null>} */
        this.stands = new Map();
        /** What labels keep clear of beside symbols, on the canvas. @type {Obstacle[]} */
        this.obstacles = [];
        /** Points inside each region. @type {Map<string, {x: number, y: number}[]>} */
        this.points = new Map();
        /** @type {Map<string, import("./label_places.js").Places>} */
        this.places = new Map();
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
        context.font = WIDTHS.font;
        for (const label of this.labels) {
            this.drawLabel(context, label, palette);
        }
    }

    /**
     * A label for each region in view. Those too small to be told apart, those whose label would hide symbols and those
     * without a boundary are counted with what they are parts of; where even whole countries are too many, the rest of
     * them with one label for all.
     * @param {CanvasRenderingContext2D} context
     * @param {Frame} frame
     * @returns {Label[]}
     */
    layLabels(context, frame) {
        /** @type {Label[]} */
        const labels = [];
        this.settle(frame);
        const { units, wholes } = this.sort(frame);
        // What may find no place is counted at the top of the view, which is kept free for it.
        const kept = wholes.size > FEW_WHOLES ? [...this.obstacles, topOf(frame.view, LABEL_HEIGHT, this.obstacles)] : this.obstacles;
        const obstacles = new Obstacles(this.events.glyphs, kept);
        /** @param {Label} label */
        const keep = (label) => {
            labels.push(label);
            obstacles.boxes.push(label);
        };
        units.slice(0, MOST_UNITS).forEach((group) => {
            const label = makeLabel(context, group, frame);
            const points = this.pointsOf(group.area, frame);
            const free = () => placeFreely(label, this.placesOf(label, group.area, frame, CLOSE), obstacles);
            if (points.length && !isSmall(points) && free()) {
                keep(label);
            } else if (points.length) {
                this.addToWhole(wholes, group);
            }
        });
        units.slice(MOST_UNITS).forEach((group) => this.addToWhole(wholes, group));
        const sorted = [...wholes.values()].sort(byRecords);
        const crowded = sorted.length > FEW_WHOLES;
        /** @type {Counted[]} */
        const rest = sorted.slice(MOST_WHOLES);
        for (const group of sorted.slice(0, MOST_WHOLES)) {
            const points = this.pointsOf(group.area, frame);
            if (!points.length) {
                continue;
            }
            const label = makeLabel(context, group, frame);
            const [close, beside] = [CLOSE, BESIDE].map((reach) => () => this.placesOf(label, group.area, frame, reach));
            if (placeFreely(label, close(), obstacles) || placeFreely(label, beside(), obstacles)) {
                keep(label);
            } else if (!crowded) {
                placeLabel(label, beside(), obstacles);
                keep(label);
            } else {
                rest.push(group);
            }
        }
        /** @param {Counted[]} groups @param {Label[]} others */
        const lay = (groups, others) => {
            const label = restLabel(context, groups, frame, topOf(frame.view, LABEL_HEIGHT, this.obstacles));
            return placeRest(label, frame.view, this.events.glyphs, [...this.obstacles, ...others]);
        };
        return rest.length ? countHidden(labels, rest, lay) : labels;
    }

    /**
     * Forgets what was worked out for another place of the map, other outlines or other names.
     * @param {Frame} frame
     */
    settle({ zoom, left, top, width, height }) {
        const at = [zoom, left, top, width, height].join(" ");
        const { regions } = this.areas.selection;
        if (at !== this.standing || regions !== this.regions) {
            this.standing = at;
            this.regions = regions;
            this.stands.clear();
            this.points.clear();
            this.places.clear();
        }
    }

    /**
     * What is known only to regions in sight: units that are large enough for a label, and the rest by their country.
     * @param {Frame} frame
     */
    sort(frame) {
        /** @type {Group[]} */
        const units = [];
        /** @type {Map<string, Whole>} */
        const wholes = new Map();
        for (const [code, sum] of this.events.picture.areas) {
            let stand = this.stands.get(code);
            if (stand === undefined) {
                stand = this.standOf(code, frame);
                this.stands.set(code, stand);
            }
            if (!stand) {
                continue;
            }
            const group = { code, name: stand.name, sum, codes: [code], area: stand.area };
            if (stand.isUnit) {
                units.push(group);
            } else {
                this.addToWhole(wholes, group);
            }
        }
        return { units: units.sort(byRecords), wholes };
    }

    /**
     * Where a region is counted: on its own outline, or on that of what it is a part of.
     * @param {string} code
     * @param {Frame} frame
     * @returns {Stand | null}
     */
    standOf(code, frame) {
        const { selection, byCode } = this.areas;
        const own = byCode.get(code);
        const region = selection.region(code);
        const parent = selection.region(region?.parent ?? "");
        const area = own ?? byCode.get(parent?.code ?? "");
        if (!area || !isInSight(area, frame)) {
            return null;
        }
        const called = selection.nameOf(code);
        const isShared = region !== null && called !== region.name;
        const name = isShared ? called : own?.name || (region?.name ?? area.name);
        return { name, area, isUnit: Boolean(parent && own && isAsLarge(own, frame, SMALLEST)) };
    }

    /**
     * Counts a group with what it is a part of, or by itself if it is no part or the only one that is counted there.
     * @param {Map<string, Whole>} wholes
     * @param {Group} group
     */
    addToWhole(wholes, group) {
        const { selection, byCode } = this.areas;
        const parent = selection.region(selection.region(group.code)?.parent ?? "");
        const code = parent?.code ?? group.code;
        const held = wholes.get(code);
        // A part without an outline here stands nowhere else than its whole does, and one that is still called by its code
        // is named by that, too.
        if (!held && byCode.has(group.code) && group.name !== group.code) {
            wholes.set(code, group);
            return;
        }
        const name = parent?.name ?? group.name;
        if (held?.isJoined) {
            // There may be hundreds of parts: they are counted up in place.
            held.name = name;
            addTo(held.sum, group.sum);
            held.codes.push(...group.codes);
            return;
        }
        wholes.set(code, {
            code,
            name,
            sum: held ? add(held.sum, group.sum) : { ...group.sum, families: [...group.sum.families] },
            codes: [...(held?.codes ?? []), ...group.codes],
            area: byCode.get(code) ?? held?.area ?? group.area,
            isJoined: true,
        });
    }

    /**
     * @param {Area} area
     * @param {Frame} frame
     */
    pointsOf(area, frame) {
        let points = this.points.get(area.code);
        if (!points) {
            points = pointsInside(area, frame);
            this.points.set(area.code, points);
        }
        return points;
    }

    /**
     * Where a label may lie: worked out once for each size of it, for as long as the map stands still.
     * @param {Label} label
     * @param {Area} area
     * @param {Frame} frame
     * @param {number} reach
     */
    placesOf(label, area, frame, reach) {
        const points = this.pointsOf(area, frame);
        const key = `${area.code} ${label.width} ${reach}`;
        let places = this.places.get(key);
        if (!places) {
            places = findPlaces(label, points, frame, reach);
            this.places.set(key, places);
        }
        return places;
    }

    /**
     * @param {CanvasRenderingContext2D} context
     * @param {Label} label
     * @param {import("./palette.js").Palette} palette
     */
    drawLabel(context, label, palette) {
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
        let from = -Math.PI / 2;
        context.lineWidth = 3.5;
        label.sum.families.forEach((count, i) => {
            if (count) {
                const to = from + (2 * Math.PI * count) / label.sum.records;
                context.beginPath();
                context.arc(left + 14, label.y, 5.5, from, to);
                context.strokeStyle = colourOf(palette, FAMILIES[i]);
                context.stroke();
                from = to;
            }
        });
        context.fillStyle = palette.ink;
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
 * @param {CanvasRenderingContext2D} context
 * @param {Counted} group
 * @param {Frame} frame
 * @returns {Label}
 */
function makeLabel(context, { code, name, sum, codes }, frame) {
    const { count, patterns } = sum;
    const amount = count ? number(count) : counted(patterns, "pattern");
    const where = sayWhere(code, name, codes);
    const waved = count > 0 && patterns > 0;
    const beside = waved ? 56 : 38;
    const box = innerBox(frame);
    const text = fit(context, count || patterns ? amount : "Others", where, box.right - box.left - beside);
    const width = Math.ceil(WIDTHS.of(context, text)) + beside;
    return { code, name, sum, codes, text, where, waved, x: 0, y: 0, width, height: LABEL_HEIGHT, from: null };
}

/**
 * A label's text, in fewer words where all of them are wider than the map, and at last with the place's name cut. The
 * number is always whole, and who points at the label is told all of it.
 * @param {CanvasRenderingContext2D} context
 * @param {string} amount
 * @param {string} where
 * @param {number} room
 */
function fit(context, amount, where, room) {
    const whole = `${amount} known only to ${where}`;
    if (WIDTHS.of(context, whole) <= room) {
        return whole;
    }
    let text = `${amount} only to ${where}`;
    for (let kept = where.length - 1; kept > 0 && WIDTHS.of(context, text) > room; kept -= 1) {
        text = `${amount} only to ${where.slice(0, kept).trimEnd()}…`;
    }
    return text;
}

/**
 * One label for what found no place: at the top of the view, since it belongs to no region alone.
 * @param {CanvasRenderingContext2D} context
 * @param {Counted[]} groups
 * @param {Frame} frame
 * @param {{x: number, y: number}} place
 * @returns {Label}
 */
function restLabel(context, groups, frame, { x, y }) {
    const sum = groups.map((group) => group.sum).reduce(add);
    const codes = groups.flatMap((group) => group.codes);
    const name = counted(groups.length, "other area");
    const label = makeLabel(context, { ...groups[0], code: "", name, sum, codes }, frame);
    return { ...label, x, y };
}

/**
 * @param {Group} a
 * @param {Group} b
 */
function byRecords(a, b) {
    return b.sum.records - a.sum.records || a.code.localeCompare(b.code);
}

/**
 * Whether any ring of a region may be in the visible part of the canvas.
 * @param {Area} area
 * @param {Frame} frame
 */
function isInSight({ box, boxes }, frame) {
    return frame.copies.some(
        (copy) =>
            touches(box, frame, copy, frame.view) && boxes.some((one) => touches(one, frame, copy, frame.view)),
    );
}

/**
 * @param {AreaSum} one
 * @param {AreaSum} other
 * @returns {AreaSum}
 */
function add(one, other) {
    const sum = { ...one, families: [...one.families] };
    addTo(sum, other);
    return sum;
}

/**
 * @param {AreaSum} sum
 * @param {AreaSum} other
 */
function addTo(sum, other) {
    sum.records += other.records;
    sum.count += other.count;
    sum.patterns += other.patterns;
    for (let at = 0; at < other.families.length; at += 1) {
        sum.families[at] += other.families[at];
    }
}
