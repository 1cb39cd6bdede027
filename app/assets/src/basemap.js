/**
 * The base map from files of our own: land, water, borders and names, coarse first and finer by view.
 *
 * It shows no incident. Its files are read in basemap_files.js.
 */

import { readCells, readPart } from "./basemap_files.js";
import { CanvasLayer, sightOf } from "./canvas_layer.js";
import { clipLine, clipRing } from "./clip.js";
import { drawNames, RaisedNames } from "./place_names.js";
import { currentPalette, watchPalette } from "./palette.js";

/** @typedef {import("./basemap_files.js").Cell} Cell */
/** @typedef {import("./basemap_files.js").Part} Part */
/** @typedef {import("./basemap_files.js").Path} Path */
/** @typedef {import("./canvas_layer.js").Frame} Frame */
/** @typedef {import("./palette.js").Palette} Palette */
/** @typedef {import("./place_names.js").PlaceName} PlaceName */
/** @typedef {import("./source.js").Source} Source */

const MARGIN = 0.3;
/** A map of more pixels is filled at first with what is drawn a zoom farther out, one for each of these: see `sharpen`. */
const LARGE = [800_000, 2_500_000];
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
        this.maps = readCells(view.basemap.files);
        /** @type {Map<string, Part | null>} null while a file is on its way */
        this.parts = new Map();
        /** Files on their way. @type {Set<Promise<void>>} */
        this.coming = new Set();
        this.waiting = 0;
        /** Whether a large map, too, is as fine as a small one. */
        this.sharp = false;
        /** Whether somebody may move the map: until then nothing is asked for but what is in sight. */
        this.moved = false;
        watchPalette((isPrinting) => (isPrinting ? this.redraw() : this.redrawSoon()));
        // A canvas does not draw itself anew when letters come that it lacked.
        document.fonts.addEventListener("loadingdone", () => this.redrawSoon());
        /** Boxes of the countries' names, by their middles in world pixels. @type {import("./obstacles.js").Obstacle[]} */
        this.countryNames = [];
        this.lastNames = "";
        /** Where the names stand while something lies over the land. @type {RaisedNames | null} */
        this.raised = null;
    }

    /** @returns {ReturnType<CanvasLayer["getEvents"]>} */
    getEvents() {
        const redraw = () => this.redrawSoon();
        return {
            ...super.getEvents(),
            moveend: redraw,
            viewreset: redraw,
            resize: redraw,
            // What will be in sight is on its way while the old picture moves there.
            zoomanim: (event) => {
                this.follow(event.center, event.zoom);
                if (!this.bare) {
                    this.want(this.foresee(event.center, event.zoom));
                }
            },
        };
    }

    /** @param {import("leaflet").Map} map */
    onAdd(map) {
        super.onAdd(map);
        map.getContainer().classList.toggle("bearing--bare", this.bare);
        map.once("mouseover movestart", () => {
            this.moved = true;
            this.redrawSoon();
        });
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
        /** @type {PlaceName[]} */
        let chosen = [];
        this.choose(frame).forEach((cells, at) => {
            const parts = cells.map(({ name }) => /** @type {Part} */ (this.parts.get(name)));
            if (at) {
                // It takes the place of what is coarser.
                context.fillStyle = palette.water;
                cells.forEach((cell) => fillCell(context, cell, frame));
                chosen = chosen.filter(({ x, y }) => !cells.some((cell) => holds(cell, x, y)));
            }
            drawParts(context, parts, frame, palette);
            chosen = [...chosen, ...parts.flatMap(({ names }) => names)];
        });
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
     * What to draw now, one over the other: the parts of the map for this zoom, and beneath them whatever else is there
     * for as long as one of them is missing.
     * @param {Frame} frame
     * @returns {Cell[][]}
     */
    choose(frame) {
        const isWhole = this.want(this.moved ? frame : sightOf(frame));
        const wanted = this.mapFor(frame.zoom);
        const others = isWhole ? [] : this.maps.filter((map) => map !== wanted);
        return [...others, ...(wanted ? [wanted] : [])].map(({ cells }) =>
            cells.filter((cell) => this.parts.get(cell.name) && meets(cell, frame)),
        );
    }

    /**
     * The map of the world for a zoom.
     * @param {number} closest
     * @returns {import("./basemap_files.js").WorldMap | undefined}
     */
    mapFor(closest) {
        const { x, y } = this._map.getSize();
        const zoom = this.sharp ? closest : closest - LARGE.filter((pixels) => x * y > pixels).length;
        return this.maps.filter(({ since }) => since <= zoom).at(-1) ?? this.maps[0];
    }

    /**
     * Asks for what is missing of a part of the map, to be drawn when it is there.
     * @param {Pick<Frame, "zoom" | "scale" | "left" | "top" | "width" | "height">} frame
     * @returns {boolean} whether all of it is there
     */
    want(frame) {
        const cells = this.mapFor(frame.zoom)?.cells ?? [];
        return cells.filter((cell) => meets(cell, frame)).map(({ name }) => this.ask(name)).every(Boolean);
    }

    /**
     * Has a large map be as fine as a small one, which takes several times as many bytes and moves no line by more than
     * some pixels: what else a page needs at first comes before that.
     */
    sharpen() {
        this.sharp = true;
        this.redraw();
    }

    /**
     * @param {string} name
     * @returns {Part | null}
     */
    ask(name) {
        const held = this.parts.get(name);
        if (held !== undefined) {
            return held;
        }
        this.parts.set(name, null);
        const coming = this.source.basemap(name).then(
            (file) => {
                this.parts.set(name, readPart(file));
                this.redrawSoon();
            },
            () => {
                // What is there stays; the file is asked for again the next time it is needed.
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
            frame.copies.forEach((copy) => tracePart(context, part[kind], frame, copy, box, false));
        }
        context.strokeStyle = colour;
        context.lineWidth = width;
        context.setLineDash(dash);
        context.stroke();
        context.setLineDash([]);
    };
    /**
     * Cells lap over each other, and so do copies of the world, so each is filled by itself.
     * @param {"land" | "lakes"} kind
     * @param {string} colour
     */
    const fill = (kind, colour) => {
        context.fillStyle = colour;
        for (const part of parts) {
            for (const copy of frame.copies) {
                context.beginPath();
                tracePart(context, part[kind], frame, copy, box, true);
                context.fill("evenodd");
            }
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
 * @param {Cell} cell
 * @param {Frame} frame
 */
function fillCell(context, { west, north, east, south }, frame) {
    for (const copy of frame.copies) {
        const left = (west + copy) * frame.scale - frame.left;
        const top = north * frame.scale - frame.top;
        context.fillRect(left, top, (east - west) * frame.scale, (south - north) * frame.scale);
    }
}

/**
 * Whether a point of the unit square lies in a cell.
 * @param {Cell} cell
 * @param {number} x
 * @param {number} y
 */
function holds({ west, north, east, south }, x, y) {
    return x >= west && x < east && y >= north && y < south;
}

/**
 * Whether a cell reaches into a part of the map, on any copy of the world.
 * @param {Cell} cell
 * @param {Pick<Frame, "scale" | "left" | "top" | "width" | "height">} frame
 */
function meets({ west, north, east, south }, { scale, left, top, width, height }) {
    // The copy whose east end is the first beyond the left edge.
    const copy = Math.ceil(left / scale - east);
    return (west + copy) * scale <= left + width && north * scale <= top + height && south * scale >= top;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Path[]} paths
 * @param {Frame} frame
 * @param {number} copy
 * @param {import("./clip.js").Box} box
 * @param {boolean} closed
 */
function tracePart(context, paths, frame, copy, box, closed) {
    for (const path of paths) {
        tracePath(context, path, frame, copy, box, closed);
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
