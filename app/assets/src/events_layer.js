/**
 * Draws what is selected and has a place: symbols, rings of kinds, and the circles within which a place lies.
 *
 * What is known to no more than a region with a boundary is not drawn here: see areas_layer.js.
 */

import { BLURRED, CanvasLayer } from "./canvas_layer.js";
import { layGlyphs, ringRadius, squareOf, WITH_WAVE } from "./clusters.js";
import { FAMILIES } from "./gathering.js";
import { symbolSize } from "./grid.js";
import { colourOf, currentPalette } from "./palette.js";
import { NO_END, NO_START, SIDE, toLat } from "./rows.js";
import { NEAR } from "./filter_state.js";
import { findSeats } from "./seats.js";
import { drawGlow, Stamps } from "./symbols.js";
import { counted } from "./elements.js";
import { TextWidths } from "./text_widths.js";
import { sayDay, sayEdge, sayFound, sayWindow } from "./words.js";

/** @typedef {import("./clusters.js").Glyph} Glyph */
/** @typedef {import("./canvas_layer.js").Frame} Frame */
/** @typedef {import("./engines.js").Picture} Picture */
/** @typedef {import("./types.js").KindTerm} KindTerm */
/** @typedef {import("./types.js").TaxonomyPart} TaxonomyPart */

const EARTH_M = 40_075_016.686;
const SETTLEMENT = 2;
const NUMBER = new Intl.NumberFormat("en");
const WIDTHS = new TextWidths("600 13px system-ui, sans-serif");

export class EventsLayer extends CanvasLayer {
    /**
     * @param {TaxonomyPart} taxonomy
     * @param {string} pane
     */
    constructor(taxonomy, pane) {
        super({ pane, farthest: BLURRED });
        this.terms = new Map(taxonomy.kinds.map((kind) => [kind.key, kind]));
        /** @type {Picture} what there is to draw */
        this.picture = { across: 1, parts: [], areas: new Map(), kinds: [] };
        /** Which squares of it. @type {import("./grid.js").Grid} */
        this.grid = { across: 1, west: 0, east: -1, north: 0, south: -1 };
        /** @type {Glyph[]} what is drawn at present, in reading order */
        this.glyphs = [];
        /** Where symbols are drawn that ride on the edge of their disc. @type {Map<Glyph, import("./seats.js").Seat>} */
        this.seats = new Map();
        /** Where the one thing that the reader picked lies, in parts of SIDE. @type {{x: number, y: number} | null} */
        this.picked = null;
        /** @type {Glyph | null} where the keyboard is */
        this.focused = null;
        this.palette = currentPalette();
        this.stamps = new Stamps(this.palette, 1);
    }

    /**
     * @param {number} at index of a kind in the picture
     * @returns {KindTerm}
     */
    kindOf(at) {
        const key = this.picture.kinds[at];
        return this.terms.get(key) ?? { key, label: key, plural: key, family: "other" };
    }

    /**
     * @param {CanvasRenderingContext2D} context
     * @param {Frame} frame
     */
    draw(context, frame) {
        super.draw(context, frame);
        const palette = currentPalette();
        if (palette !== this.palette || frame.ratio !== this.stamps.ratio) {
            this.palette = palette;
            this.stamps = new Stamps(palette, frame.ratio);
        }
        this.glyphs = layGlyphs(this.picture, this.grid, frame);
        this.keepFocus();
        const size = symbolSize(frame.zoom);
        context.font = WIDTHS.font;
        // In a disc hardly larger than itself a symbol stands in the middle.
        this.seats = findSeats(this.discs(frame).filter(({ reach }) => reach > size * 2.5), this.glyphs, size);
        for (const glyph of this.glyphs) {
            this.drawReach(context, glyph, frame, size);
        }
        for (const glyph of this.glyphs) {
            if (glyph.records === 1) {
                this.drawSingle(context, glyph, size);
            } else {
                this.drawRing(context, glyph);
            }
            this.drawMarks(context, glyph);
        }
    }

    /**
     * The circle within which a place lies, at its true size, when the glyph stands for one place.
     * @param {CanvasRenderingContext2D} context
     * @param {Glyph} glyph
     * @param {Frame} frame
     * @param {number} size
     */
    drawReach(context, glyph, frame, size) {
        const radius = this.reachOf(glyph, frame, size);
        if (!radius) {
            return;
        }
        const { cells, at } = glyph;
        const rank = cells.precision[at];
        const colour =
            glyph.records === 1 ? colourOf(this.palette, this.kindOf(cells.kind[at]).family) : this.palette.hatch;
        // Many discs may lie over each other, and close up one may fill the view: the larger, the less each adds.
        const faint = Math.min(1, 70 / radius);
        if (rank === SETTLEMENT) {
            drawGlow(context, glyph.x, glyph.y, radius, colour, 0.3 + 0.7 * faint);
            return;
        }
        context.save();
        context.beginPath();
        context.arc(glyph.x, glyph.y, radius, 0, 2 * Math.PI);
        context.fillStyle = colour;
        context.globalAlpha = (rank > NEAR ? 0.07 : 0.04) * faint;
        context.fill();
        context.globalAlpha = 0.3 + 0.55 * faint;
        context.strokeStyle = colour;
        context.lineWidth = 1.5;
        context.setLineDash(rank > NEAR ? [6, 4] : []);
        context.stroke();
        context.restore();
    }

    /**
     * The discs that stand for the township or district of one incident each, with their radius in pixels.
     * @param {Frame} frame
     */
    discs(frame) {
        const size = symbolSize(frame.zoom);
        const alone = this.glyphs.filter(({ cells, at, records }) => records === 1 && cells.precision[at] > NEAR);
        return alone.map((glyph) => ({ glyph, reach: this.reachOf(glyph, frame, size) }));
    }

    /**
     * Radius in pixels of the circle or disc around a glyph; 0 where none is drawn.
     * @param {Glyph} glyph
     * @param {Frame} frame
     * @param {number} size
     */
    reachOf(glyph, frame, size) {
        const { cells, at } = glyph;
        const rank = cells.precision[at];
        const metres = Math.max(0, cells.radius[at]);
        const alone = glyph.records === 1;
        const spread = Math.max(glyph.spread[2] - glyph.spread[0], glyph.spread[3] - glyph.spread[1]);
        if (rank < SETTLEMENT || (!alone && spread > 0)) {
            return 0;
        }
        const lat = (toLat(cells.y[at] / SIDE) * Math.PI) / 180;
        const truth = (metres / (EARTH_M * Math.cos(lat))) * frame.scale;
        if (rank === SETTLEMENT || !alone) {
            return truth > glyph.radius + size ? truth : 0;
        }
        return Math.max(truth, size + 4);
    }

    /**
     * @param {CanvasRenderingContext2D} context
     * @param {Glyph} glyph
     * @param {number} size
     */
    drawSingle(context, glyph, size) {
        const { cells, at } = glyph;
        const rank = cells.precision[at];
        const kind = this.kindOf(cells.kind[at]);
        const pattern = cells.pattern[at] === 1;
        if (rank <= NEAR) {
            const form = rank < SETTLEMENT ? "crisp" : rank === SETTLEMENT ? "soft" : "plain";
            this.stamps.put(context, kind, glyph.x, glyph.y, rank === NEAR ? size - 1 : size, { form, pattern });
            return;
        }
        // A symbol in the middle of a disc would say that the place is known; it rides on the edge instead.
        const seat = this.seats.get(glyph);
        const { x, y } = seat ?? glyph;
        this.stamps.put(context, kind, x, y, size - 2, { form: seat ? "crisp" : "plain", pattern });
    }

    /**
     * A ring whose arcs are the shares of its families, with the count in it.
     * @param {CanvasRenderingContext2D} context
     * @param {Glyph} glyph
     */
    drawRing(context, glyph) {
        const { palette } = this;
        const text = NUMBER.format(glyph.count || glyph.patterns);
        context.save();
        const radius = ringSize(glyph, WIDTHS.of(context, text));
        glyph.radius = radius;
        const thickness = Math.max(4, Math.min(7, radius * 0.22));
        context.beginPath();
        context.arc(glyph.x, glyph.y, radius + 1.5, 0, 2 * Math.PI);
        context.fillStyle = palette.panel;
        context.fill();
        const total = glyph.records;
        let from = -Math.PI / 2;
        context.lineWidth = thickness;
        glyph.families.forEach((count, i) => {
            if (count) {
                const to = from + (2 * Math.PI * count) / total;
                const gap = count === total ? 0 : Math.min(0.75 / radius, (to - from) / 4);
                context.beginPath();
                context.arc(glyph.x, glyph.y, radius - thickness / 2, from + gap, to - gap);
                context.strokeStyle = colourOf(palette, FAMILIES[i]);
                context.setLineDash(glyph.coarse ? [3, 2] : []);
                context.stroke();
                from = to;
            }
        });
        context.setLineDash([]);
        context.fillStyle = palette.ink;
        context.textAlign = "center";
        context.textBaseline = "middle";
        const lift = glyph.patterns ? Math.min(5, radius / 5) : 0;
        context.fillText(text, glyph.x, glyph.y + 0.5 - lift);
        if (glyph.patterns) {
            drawWave(context, glyph.x, glyph.y + 4 + lift, 4, palette.ink);
        }
        context.restore();
    }

    /**
     * What is picked and where the keyboard is.
     * @param {CanvasRenderingContext2D} context
     * @param {Glyph} glyph
     */
    drawMarks(context, glyph) {
        const { picked: place, picture } = this;
        const picked = place !== null && glyph.squares.includes(squareOf(picture.across, place.x, place.y));
        if (!picked && glyph !== this.focused) {
            return;
        }
        const { x, y } = this.whereIs(glyph);
        context.save();
        context.strokeStyle = this.palette.accent;
        context.lineWidth = 2;
        context.setLineDash(glyph === this.focused ? [] : [1, 0]);
        context.beginPath();
        context.arc(x, y, glyph.radius + (glyph === this.focused ? 6 : 4), 0, 2 * Math.PI);
        context.stroke();
        context.restore();
    }

    /**
     * Where a glyph is marked and found: at its symbol, or in the middle of its disc while that is out of view.
     * @param {Glyph} glyph
     * @returns {import("./seats.js").Seat}
     */
    whereIs(glyph) {
        const seat = this.seats.get(glyph);
        const view = this.frame?.view;
        const inView = seat && view && seat.x >= view.left && seat.x <= view.right && seat.y >= view.top && seat.y <= view.bottom;
        return inView ? seat : glyph;
    }

    /** After a redraw the keyboard stays with the glyph that holds the same place. */
    keepFocus() {
        if (this.focused) {
            const { cells, at } = this.focused;
            const square = squareOf(this.picture.across, cells.x[at], cells.y[at]);
            this.focused = this.glyphs.find((glyph) => glyph.squares.includes(square)) ?? null;
        }
    }

    /**
     * The glyph at a point of the canvas: the nearest symbol or ring within reach, or the smallest disc around the point.
     * @param {number} x
     * @param {number} y
     * @param {number} slack pixels by which one may miss
     * @returns {Glyph | null}
     */
    glyphAt(x, y, slack) {
        let best = null;
        let closest = slack;
        for (const glyph of this.glyphs) {
            const spot = this.whereIs(glyph);
            const away = Math.hypot(spot.x - x, spot.y - y) - glyph.radius;
            if (away <= closest) {
                closest = away;
                best = glyph;
            }
        }
        if (best || !this.frame) {
            return best;
        }
        const size = symbolSize(this.frame.zoom);
        let smallest = Infinity;
        for (const glyph of this.glyphs) {
            const reach = this.reachOf(glyph, this.frame, size);
            if (reach < smallest && Math.hypot(glyph.x - x, glyph.y - y) <= reach + slack) {
                smallest = reach;
                best = glyph;
            }
        }
        return best;
    }

    /**
     * Whether zooming in can never part a glyph's rows.
     * @param {Glyph} glyph
     * @param {number} deepest zoom
     */
    isOnePlace(glyph, deepest) {
        const [west, north, east, south] = glyph.spread;
        return (Math.max(east - west, south - north) / SIDE) * 256 * 2 ** deepest < 16;
    }

    /**
     * A glyph in words.
     * @param {Glyph} glyph
     * @param {TaxonomyPart} taxonomy
     */
    describe(glyph, taxonomy) {
        const { cells, at } = glyph;
        if (glyph.records > 1) {
            return countWords(glyph.count, glyph.patterns, glyph.records) + sayMakeUp(glyph);
        }
        const known = taxonomy.precision[cells.precision[at]]?.label.toLowerCase();
        const disc = glyph.coarse && cells.radius[at] > 0 ? `, drawn as a disc of ${Math.round(cells.radius[at] / 1000)} km` : "";
        const kind = this.kindOf(cells.kind[at]).label;
        const date = sayDate(cells.earliest[at], cells.latest[at]);
        return `${kind}${cells.pattern[at] ? ", a pattern" : ""}, ${date}, place known to: ${known}${disc}`;
    }
}

/** What happened, as the parts of a ring's line show it. @type {Record<string, string>} */
const MADE_OF = {
    air: "from the air",
    ground: "on the ground",
    people: "among people",
    diplomacy: "of diplomacy",
    sea: "at sea",
    arms: "of arms transfers",
    other: "of other kinds",
};

/**
 * A ring's make-up in words, the largest part first.
 * @param {Glyph} glyph
 * @returns {string} such as ": 20 from the air, 4 on the ground" or ", all from the air"
 */
function sayMakeUp({ families, records }) {
    const parts = families.map((count, i) => ({ count, words: MADE_OF[FAMILIES[i]] })).filter(({ count }) => count);
    parts.sort((a, b) => b.count - a.count);
    const [first] = parts;
    return first?.count === records ? `, all ${first.words}` : `: ${parts.map(({ count, words }) => `${NUMBER.format(count)} ${words}`).join(", ")}`;
}

/**
 * What is known of a row's date, in words: between two days it may have been any, or all of them.
 * @param {number} earliest
 * @param {number} latest
 */
function sayDate(earliest, latest) {
    if (earliest === NO_START && latest === NO_END) {
        return "date not given";
    }
    if (earliest === NO_START) {
        return `not later than ${sayEdge(latest, "end")}`;
    }
    if (latest === NO_END) {
        return `not before ${sayEdge(earliest, "start")}`;
    }
    return earliest === latest ? sayDay(earliest) : `within ${sayWindow(earliest, latest)}`;
}

/**
 * @param {Glyph} glyph
 * @param {number} textWidth
 */
function ringSize(glyph, textWidth) {
    return Math.max(ringRadius(glyph.count + glyph.patterns), textWidth / 2 + 7.5, glyph.patterns ? WITH_WAVE : 0);
}

/**
 * @param {number} count
 * @param {number} patterns
 * @param {number} records
 */
export function countWords(count, patterns, records) {
    if (!count && !patterns) {
        return `${counted(records, "record")} of what is counted elsewhere`;
    }
    const words = sayFound({ incidents: count, patterns }, " and ");
    return records > count + patterns ? `${words}, in ${NUMBER.format(records)} records` : words;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} half
 * @param {string} colour
 */
export function drawWave(context, x, y, half, colour) {
    context.beginPath();
    context.moveTo(x - half, y);
    context.bezierCurveTo(x - half * 0.7, y - 3, x - half * 0.3, y - 3, x, y);
    context.bezierCurveTo(x + half * 0.3, y + 3, x + half * 0.7, y + 3, x + half, y);
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.lineCap = "round";
    context.stroke();
}
