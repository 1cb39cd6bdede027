/**
 * Says on the map what an incident lies somewhere in, within the disc that stands for its township or district.
 *
 * The words are the service's, asked for once the map stands; pointers and keys are told more by picking.js.
 */

import { BLURRED, CanvasLayer } from "./canvas_layer.js";
import { currentPalette } from "./palette.js";

/** @typedef {import("./canvas_layer.js").Frame} Frame */
/** @typedef {import("./clusters.js").Glyph} Glyph */
/** @typedef {import("./events_layer.js").EventsLayer} EventsLayer */
/** @typedef {{glyph: Glyph, reach: number, row: number}} Disc */

const TEXT = "12px system-ui, sans-serif";
const LINE = 15;
/** Smaller discs, in pixels from the middle, have no room for words. */
const SMALLEST = 40;
/** So many at most are told, the widest first: more words would hide what lies beneath. */
const MOST = 12;
const MOST_KEPT = 500;
const REST_MS = 250;

export class DiscLabels extends CanvasLayer {
    /**
     * @param {EventsLayer} events
     * @param {import("./source.js").Source} source
     * @param {() => void} again has the stage drawn anew
     * @param {string} pane
     */
    constructor(events, source, again, pane) {
        super({ pane, farthest: BLURRED });
        this.events = events;
        this.source = source;
        this.again = again;
        /** By row: what it lies somewhere in, null where that is not said. @type {Map<number, string | null>} */
        this.units = new Map();
        this.resting = 0;
        /** Whether any words stand on the canvas. */
        this.told = false;
    }

    /**
     * @param {CanvasRenderingContext2D} context
     * @param {Frame} frame
     */
    draw(context, frame) {
        clearTimeout(this.resting);
        const discs = this.discs(frame);
        const known = discs.filter(({ row }) => this.units.get(row));
        // A canvas that is touched, if only to be emptied, is carried to the screen anew as a whole.
        if (known.length || this.told) {
            super.draw(context, frame);
        }
        this.told = known.length > 0;
        for (const disc of known) {
            this.tell(context, disc, this.units.get(disc.row) ?? "");
        }
        const rows = discs.map(({ row }) => row).filter((row) => !this.units.has(row));
        if (rows.length) {
            this.resting = window.setTimeout(() => this.ask(rows), REST_MS);
        }
    }

    /**
     * The discs in view that stand for one incident each and have room for words.
     * @param {Frame} frame
     * @returns {Disc[]}
     */
    discs(frame) {
        const { left, top, right, bottom } = frame.view;
        return this.events
            .discs(frame)
            .filter(({ glyph: { x, y }, reach }) => reach >= SMALLEST && x > left && x < right && y > top && y < bottom)
            .sort((a, b) => b.reach - a.reach)
            .slice(0, MOST)
            .map(({ glyph, reach }) => ({ glyph, reach, row: glyph.cells.first[glyph.at] }));
    }

    /** @param {number[]} rows */
    async ask(rows) {
        // All of them are asked for at once; what was asked for is kept by the source.
        await this.source.rows(rows).catch(() => []);
        if (this.units.size > MOST_KEPT) {
            this.units.clear();
        }
        for (const row of rows) {
            const [detail] = await this.source.rows([row]).catch(() => []);
            this.units.set(row, /somewhere in ([^,]+)/i.exec(detail?.where.words ?? "")?.[1] ?? null);
        }
        this.again();
    }

    /**
     * @param {CanvasRenderingContext2D} context
     * @param {Disc} disc
     * @param {string} unit
     */
    tell(context, { glyph, reach }, unit) {
        const lines = ["somewhere in", unit];
        context.font = TEXT;
        const half = Math.max(...lines.map((line) => context.measureText(line).width)) / 2;
        const isFree = this.events.glyphs.every(
            (other) =>
                other === glyph ||
                Math.abs(other.x - glyph.x) > half + other.radius + 3 ||
                Math.abs(other.y - glyph.y) > LINE + other.radius + 3,
        );
        if (half > reach * 0.92 || !isFree) {
            return;
        }
        const palette = currentPalette();
        context.save();
        context.textAlign = "center";
        context.textBaseline = "middle";
        context.lineJoin = "round";
        context.lineWidth = 3;
        context.strokeStyle = palette.halo;
        context.fillStyle = palette.label;
        for (const [number, line] of lines.entries()) {
            const y = glyph.y + (number - 0.5) * LINE;
            context.strokeText(line, glyph.x, y);
            context.fillText(line, glyph.x, y);
        }
        context.restore();
    }
}
