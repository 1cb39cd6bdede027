/**
 * The base map from files of our own: land, water, borders and names, coarse first and finer by view.
 *
 * It shows no incident. Its files are read in basemap_files.js.
 */

import { cellOf, readPart } from "./basemap_files.js";
import { CanvasLayer } from "./canvas_layer.js";
import { clipLine, clipRing } from "./clip.js";
import { drawNames, RaisedNames } from "./place_names.js";
import { currentPalette, watchPalette } from "./palette.js";

/** @typedef {import("./basemap_files.js").Part} Part */
/** @typedef {import("./basemap_files.js").Path} Path */
/** @typedef {import("./canvas_layer.js").Frame} Frame */
/** @typedef {import("./palette.js").Palette} Palette */
/** @typedef {import("./source.js").Source} Source */

const MARGIN = 0.3;
const WORLD = "world.json";
const MEDIUM = "medium.json";
const MEDIUM_FROM = 4;
const FINE_FROM = 6.5;
const UNITS_FROM = 4.5;
const RIVERS_FROM = 5;

export class BaseMap extends CanvasLayer {
    /**
     * @param {Source} source
     * @param {import("./types.js").View} view
     */
    constructor(source, view) {
        super({ pane: "tilePane", margin: MARGIN });
        this.source = source;
        this.bare = view.tiles !== null;
        /** @type {Set<string>} */
        this.files = new Set(view.basemap.files);
        /** @type {Map<string, Part | null>} null while a file is on its way */
        this.parts = new Map();
        /** Files on their way. @type {Set<Promise<void>>} */
        this.coming = new Set();
        this.hasCells = view.basemap.files.some((name) => cellOf(name) !== null);
        this.waiting = 0;
        watchPalette((isPrinting) => (isPrinting ? this.redraw() : this.redrawSoon()));
        // A canvas does not draw itself anew when letters come that it lacked.
        document.fonts.addEventListener("loadingdone", () => this.redrawSoon());
        /** Boxes of the countries' names, by their middles in world pixels. @type {import("./obstacles.js").Obstacle[]} */
        this.countryNames = [];
        this.lastNames = "";
        /** Where the names stand while something lies over the land. @type {RaisedNames | null} */
        this.raised = null;
    }

    getEvents() {
        const redraw = () => this.redrawSoon();
        return { ...super.getEvents(), moveend: redraw, viewreset: redraw, resize: redraw };
    }

    /** @param {import("leaflet").Map} map */
    onAdd(map) {
        super.onAdd(map);
        map.getContainer().classList.toggle("bearing--bare", this.bare);
        this.redrawSoon();
        return this;
    }

    redrawSoon() {
        if (!this.waiting) {
            this.waiting = requestAnimationFrame(() => {
                this.waiting = 0;
                this.redraw();
            });
        }
    }

    /**
     * Draws names on a canvas of their own, above what lies over the land, or on the land itself again.
     * @param {string | null} pane
     */
    raiseNames(pane) {
        if (Boolean(pane) !== Boolean(this.raised)) {
            this.raised?.remove();
            this.raised = pane && !this.bare ? new RaisedNames(pane, MARGIN).addTo(this._map) : null;
            this.redrawSoon();
        }
    }

    /**
     * @param {CanvasRenderingContext2D} context
     * @param {Frame} frame
     */
    draw(context, frame) {
        if (this.bare) {
            return;
        }
        const palette = currentPalette();
        context.fillStyle = palette.water;
        context.fillRect(0, 0, frame.width, frame.height);
        const { cells, beneath } = this.choose(frame);
        const parts = [...cells.values()];
        if (beneath) {
            drawParts(context, [beneath], frame, palette);
        }
        if (beneath && cells.size) {
            context.fillStyle = palette.water;
            for (const name of cells.keys()) {
                fillCell(context, name, frame);
            }
        }
        drawParts(context, parts, frame, palette);
        const names = parts.flatMap((part) => part.names);
        const others = (beneath?.names ?? []).filter(({ x, y }) => ![...cells.keys()].some((name) => holds(name, x, y)));
        const chosen = [...names, ...others];
        const boxes = this.raised ? this.raised.show(chosen, frame) : drawNames(context, chosen, frame, palette);
        this.countryNames = boxes.map(([left, top, right, bottom]) => ({
            x: frame.left + (left + right) / 2,
            y: frame.top + (top + bottom) / 2,
            width: right - left,
            height: bottom - top,
            isName: true,
        }));
        const said = JSON.stringify(this.countryNames);
        if (said !== this.lastNames) {
            this.lastNames = said;
            this._map.fire("names");
        }
    }

    /**
     * What to draw now: fine cells, and beneath them something coarser for as long as one of them is missing. What is
     * missing is asked for, and drawn when it is there.
     * @param {Frame} frame
     * @returns {{cells: Map<string, Part>, beneath: Part | null}}
     */
    choose(frame) {
        /** @type {Map<string, Part>} */
        const cells = new Map();
        const wanted = frame.zoom >= FINE_FROM ? this.cellsIn(frame) : [];
        for (const name of wanted) {
            const part = this.ask(name);
            if (part) {
                cells.set(name, part);
            }
        }
        // A cell that has no file is open sea. Without any the finer files are not there at all.
        const fine = this.hasCells && frame.zoom >= FINE_FROM;
        if (fine && cells.size === wanted.length) {
            return { cells, beneath: null };
        }
        // While cells are on their way whatever is there already will do; it is soon covered.
        const medium = fine ? this.parts.get(MEDIUM) : frame.zoom >= MEDIUM_FROM ? this.ask(MEDIUM) : null;
        return { cells, beneath: medium ?? this.ask(WORLD) };
    }

    /**
     * @param {Frame} frame
     * @returns {string[]}
     */
    cellsIn(frame) {
        const names = new Set();
        for (const copy of frame.copies) {
            for (const name of this.files) {
                const cell = cellOf(name);
                if (
                    cell &&
                    (cell.east + copy) * frame.scale >= frame.left &&
                    (cell.west + copy) * frame.scale <= frame.left + frame.width &&
                    cell.south * frame.scale >= frame.top &&
                    cell.north * frame.scale <= frame.top + frame.height
                ) {
                    names.add(name);
                }
            }
        }
        return [...names];
    }

    /**
     * @param {string} name
     * @returns {Part | null}
     */
    ask(name) {
        const held = this.parts.get(name);
        if (held !== undefined || !this.files.has(name)) {
            return held ?? null;
        }
        this.parts.set(name, null);
        const coming = this.source.basemap(name).then(
            (file) => {
                this.parts.set(name, readPart(file, name));
                this.redrawSoon();
            },
            () => {
                // The coarser picture stays; the file is asked for again the next time it is needed.
                window.setTimeout(() => this.parts.delete(name), 5000);
            },
        );
        this.coming.add(coming);
        coming.then(() => this.coming.delete(coming));
        return null;
    }

    /** Resolves when all that was asked for has come, or has failed, and is drawn. */
    async settled() {
        await Promise.all(this.coming);
        await new Promise((done) => requestAnimationFrame(done));
    }
}

/**
 * Draws land, water and lines; names come last, over all of it.
 * @param {CanvasRenderingContext2D} context
 * @param {Part[]} parts
 * @param {Frame} frame
 * @param {Palette} palette
 */
function drawParts(context, parts, frame, palette) {
    const box = { left: -4, top: -4, right: frame.width + 4, bottom: frame.height + 4 };
    /**
     * @param {keyof Omit<Part, "names">} kind
     * @param {string} colour
     * @param {number} width
     * @param {number[]} [dash]
     */
    const draw = (kind, colour, width, dash = []) => {
        context.beginPath();
        for (const part of parts) {
            tracePart(context, part[kind], frame, box, false);
        }
        context.strokeStyle = colour;
        context.lineWidth = width;
        context.setLineDash(dash);
        context.stroke();
        context.setLineDash([]);
    };
    /**
     * Cells lap over each other, so each is filled by itself.
     * @param {"land" | "lakes"} kind
     * @param {string} colour
     */
    const fill = (kind, colour) => {
        context.fillStyle = colour;
        for (const part of parts) {
            context.beginPath();
            tracePart(context, part[kind], frame, box, true);
            context.fill("evenodd");
        }
    };
    context.lineJoin = "round";
    context.lineCap = "butt";
    fill("land", palette.land);
    if (frame.zoom >= RIVERS_FROM) {
        draw("rivers", palette.river, Math.min(2, 0.6 + (frame.zoom - RIVERS_FROM) * 0.2));
    }
    fill("lakes", palette.water);
    draw("coast", palette.coast, 0.8);
    if (frame.zoom >= UNITS_FROM) {
        draw("unit_borders", palette.unitBorder, frame.zoom < 6 ? 0.8 : 1.1);
    }
    draw("borders", palette.border, frame.zoom < 4 ? 0.8 : 1.2);
    draw("disputed", palette.border, frame.zoom < 4 ? 0.8 : 1.2, [4, 4]);
}

/**
 * Fills a cell's box.
 * @param {CanvasRenderingContext2D} context
 * @param {string} name
 * @param {Frame} frame
 */
function fillCell(context, name, frame) {
    const cell = cellOf(name);
    for (const copy of cell ? frame.copies : []) {
        const { west, north, east, south } = /** @type {NonNullable<typeof cell>} */ (cell);
        const left = (west + copy) * frame.scale - frame.left;
        const top = north * frame.scale - frame.top;
        context.fillRect(left, top, (east - west) * frame.scale, (south - north) * frame.scale);
    }
}

/**
 * Whether a point of the unit square lies in a cell.
 * @param {string} name
 * @param {number} x
 * @param {number} y
 */
function holds(name, x, y) {
    const cell = cellOf(name);
    return cell !== null && x >= cell.west && x < cell.east && y >= cell.north && y < cell.south;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Path[]} paths
 * @param {Frame} frame
 * @param {import("./clip.js").Box} box
 * @param {boolean} closed
 */
function tracePart(context, paths, frame, box, closed) {
    for (const copy of frame.copies) {
        for (const path of paths) {
            tracePath(context, path, frame, copy, box, closed);
        }
    }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Path} path
 * @param {Frame} frame
 * @param {number} copy
 * @param {import("./clip.js").Box} box
 * @param {boolean} closed
 */
function tracePath(context, path, frame, copy, box, closed) {
    const { scale, left, top, width, height } = frame;
    const west = (path.west + copy) * scale - left;
    const east = (path.east + copy) * scale - left;
    const north = path.north * scale - top;
    const south = path.south * scale - top;
    if (east < 0 || west > width || south < 0 || north > height || Math.max(east - west, south - north) < 0.8) {
        return;
    }
    const { points } = path;
    /** @type {number[]} */
    const near = [];
    let lastX = Infinity;
    let lastY = Infinity;
    for (let i = 0; i < points.length; i += 2) {
        const x = (points[i] + copy) * scale - left;
        const y = points[i + 1] * scale - top;
        if (Math.abs(x - lastX) + Math.abs(y - lastY) > 0.7 || i === points.length - 2) {
            near.push(x, y);
            lastX = x;
            lastY = y;
        }
    }
    const whole = west >= box.left && east <= box.right && north >= box.top && south <= box.bottom;
    if (closed) {
        line(context, whole ? near : clipRing(near, box), true);
    } else {
        for (const part of whole ? [near] : clipLine(near, box)) {
            line(context, part, false);
        }
    }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number[]} points
 * @param {boolean} closed
 */
function line(context, points, closed) {
    if (points.length < 4) {
        return;
    }
    context.moveTo(points[0], points[1]);
    for (let i = 2; i < points.length; i += 2) {
        context.lineTo(points[i], points[i + 1]);
    }
    if (closed) {
        context.closePath();
    }
}
