/**
 * Finds a place for a label: in its region or beside it, where it hides the least.
 *
 * It draws nothing and knows no count.
 */

import { Obstacles, SYMBOL } from "./obstacles.js";
import { innerBox, PARTS } from "./region_points.js";

/** @typedef {import("./area_labels.js").Label} Label */
/** @typedef {import("./canvas_layer.js").Frame} Frame */

/** @typedef {{width: number, height: number}} Size */

/**
 * @typedef {object} Place
 * @property {number} x
 * @property {number} y
 * @property {number} harm how far off it is, with nothing hidden
 */

/** Labels are tried at so many places from side to side, and from top to bottom. */
const ACROSS = 20;
const DOWN = 30;

/** Places for a label, the best first. Most labels lie at one of the first, so no more are put in order than are looked at. */
export class Places {
    /**
     * @param {{x: number, y: number}[]} inside points of the region
     * @param {number[]} xs from side to side
     * @param {number[]} ys from top to bottom
     * @param {Float64Array} harm of each place, row by row
     */
    constructor(inside, xs, ys, harm) {
        this.inside = inside;
        this.xs = xs;
        this.ys = ys;
        this.harm = harm;
        /** @type {Place[]} */
        this.ordered = [];
        /** The others as a heap, once they are asked for: none is worse than those at twice its place and one or two on. */
        this.heap = new Uint16Array(0);
        this.left = harm.length;
    }

    /**
     * @param {number} at row by row
     * @returns {Place}
     */
    placeAt(at) {
        const columns = this.xs.length;
        return { x: this.xs[at % columns], y: this.ys[Math.floor(at / columns)], harm: this.harm[at] };
    }

    /**
     * @param {number} rank from 0
     * @returns {Place | null} null beyond the last
     */
    at(rank) {
        if (!this.heap.length) {
            this.heap = Uint16Array.from(this.harm.keys());
            for (let from = this.left >> 1; from >= 0; from -= 1) {
                this.sink(from);
            }
        }
        while (this.ordered.length <= rank && this.left) {
            const [best] = this.heap;
            this.left -= 1;
            this.heap[0] = this.heap[this.left];
            this.sink(0);
            this.ordered.push(this.placeAt(best));
        }
        return this.ordered[rank] ?? null;
    }

    /** @param {number} from */
    sink(from) {
        const { heap, harm, left } = this;
        const place = heap[from];
        let at = from;
        for (let below = 2 * at + 1; below < left; below = 2 * at + 1) {
            if (below + 1 < left && isBetter(harm, heap[below + 1], heap[below])) {
                below += 1;
            }
            if (isBetter(harm, place, heap[below])) {
                break;
            }
            heap[at] = heap[below];
            at = below;
        }
        heap[at] = place;
    }
}

/**
 * Of places that are as good the first is the better one.
 * @param {Float64Array} harm
 * @param {number} one
 * @param {number} other
 */
function isBetter(harm, one, other) {
    return harm[one] < harm[other] || (harm[one] === harm[other] && one < other);
}

/**
 * Places for the middle of a label, inside its region or beside it, whatever there is to hide: they hold for as long as
 * the map stands still.
 * @param {Size} label
 * @param {{x: number, y: number}[]} inside points of the region
 * @param {Frame} frame
 * @param {number} reach how far from the region's box the label may lie
 * @returns {Places}
 */
export function findPlaces(label, inside, frame, reach) {
    const box = innerBox(frame);
    const [left, right] = span(inside.map(({ x }) => x), label.width / 2 + reach, box.left + label.width / 2, box.right - label.width / 2);
    const [top, bottom] = span(inside.map(({ y }) => y), label.height / 2 + reach, box.top + label.height / 2, box.bottom - label.height / 2);
    const middle = preferred(inside, box);
    const rows = pointRows(inside);
    const xs = Array.from({ length: ACROSS + 1 }, (_, column) => left + ((right - left) * column) / ACROSS);
    const ys = Array.from({ length: DOWN + 1 }, (_, row) => top + ((bottom - top) * row) / DOWN);
    // For each column of places, how far the nearest point of each row of points is from side to side, squared.
    const aside = xs.map((x) => rows.map(({ points }) => nearestOf(points, x, label.width)));
    const above = new Float64Array(rows.length);
    const harm = new Float64Array(xs.length * ys.length);
    for (let row = 0; row < ys.length; row += 1) {
        for (let at = 0; at < rows.length; at += 1) {
            above[at] = farOf(rows[at].y, ys[row], label.height);
        }
        for (let column = 0; column < xs.length; column += 1) {
            const across = aside[column];
            let least = Infinity;
            for (let at = 0; at < above.length; at += 1) {
                least = Math.min(least, across[at] + above[at]);
            }
            const off = Math.sqrt((xs[column] - middle.x) ** 2 + (ys[row] - middle.y) ** 2);
            harm[row * xs.length + column] = 3 * Math.sqrt(least) + 0.4 * off;
        }
    }
    return new Places(inside, xs, ys, harm);
}

/**
 * How far the nearest of some points is from a label from side to side, squared.
 * @param {{x: number}[]} points
 * @param {number} middle the label's
 * @param {number} width the label's
 */
function nearestOf(points, middle, width) {
    let least = Infinity;
    for (let at = 0; at < points.length; at += 1) {
        least = Math.min(least, farOf(points[at].x, middle, width));
    }
    return least;
}

/**
 * How far a point is from a label along one axis, squared.
 * @param {number} point
 * @param {number} middle the label's
 * @param {number} length the label's
 */
function farOf(point, middle, length) {
    const far = Math.max(0, Math.abs(point - middle) - length / 2);
    return far * far;
}

/**
 * A region's points by the rows that they stand in.
 * @param {{x: number, y: number}[]} points
 */
function pointRows(points) {
    /** @type {Map<number, {x: number, y: number}[]>} */
    const rows = new Map();
    for (const point of points) {
        rows.set(point.y, [...(rows.get(point.y) ?? []), point]);
    }
    return [...rows].map(([y, held]) => ({ y, points: held }));
}

/**
 * Puts a label where it hides nothing and is not farther off than hiding a symbol would be bad.
 * @param {Label} label
 * @param {Places} places
 * @param {Obstacles} obstacles
 * @returns {boolean} whether there is such a place
 */
export function placeFreely(label, places, obstacles) {
    const { harm } = places;
    const open = obstacles.openAt(label, places.xs, places.ys);
    for (;;) {
        let best = -1;
        let least = SYMBOL;
        for (let at = 0; at < open.length; at += 1) {
            if (open[at] && harm[at] < least) {
                best = at;
                least = harm[at];
            }
        }
        if (best < 0) {
            return false;
        }
        const place = places.placeAt(best);
        if (obstacles.hidden(label, place.x, place.y, 1) === 0) {
            put(label, place, places.inside);
            return true;
        }
        open[best] = 0;
    }
}

/**
 * Puts a label where it does the least harm.
 * @param {Label} label
 * @param {Places} places
 * @param {Obstacles} obstacles
 */
export function placeLabel(label, places, obstacles) {
    let least = Infinity;
    let best = places.at(0);
    for (let rank = 0; ; rank += 1) {
        const place = places.at(rank);
        if (!place || place.harm >= least) {
            break;
        }
        const harm = place.harm + obstacles.hidden(label, place.x, place.y, least - place.harm);
        if (harm < least) {
            least = harm;
            best = place;
        }
    }
    if (best) {
        put(label, best, places.inside);
    }
}

/**
 * From a place that is not wholly in its region a line leads there, so that it is not taken for its neighbour's.
 * @param {Label} label
 * @param {Place} place
 * @param {{x: number, y: number}[]} inside points of the region
 */
function put(label, { x, y }, inside) {
    label.x = Math.round(x);
    label.y = Math.round(y);
    label.from = liesIn(inside, x, y, label) ? null : landing(inside, x, y, label);
}

/**
 * Whether a label's length lies over its region, as closely as the region's points tell.
 * @param {{x: number, y: number}[]} points
 * @param {number} x
 * @param {number} y
 * @param {Size} label
 */
function liesIn(points, x, y, label) {
    const [across, down] = [points.map((point) => point.x), points.map((point) => point.y)].map(
        (values) => Math.max(4, (Math.max(...values) - Math.min(...values)) / (PARTS - 1)),
    );
    return [-0.4, 0, 0.4].every((part) =>
        points.some((point) => Math.abs(point.x - x - part * label.width) <= across && Math.abs(point.y - y) <= down),
    );
}

/**
 * Where in a region a line to a label begins: at the nearest point that the label does not hide; null if it hides all.
 * @param {{x: number, y: number}[]} points
 * @param {number} x
 * @param {number} y
 * @param {Size} label
 */
function landing(points, x, y, label) {
    const [wide, high] = [label.width / 2 + 4, label.height / 2 + 4];
    const seen = points.filter((point) => Math.abs(point.x - x) > wide || Math.abs(point.y - y) > high);
    const far = (/** @type {{x: number, y: number}} */ point) =>
        Math.hypot(Math.max(0, Math.abs(point.x - x) - wide), Math.max(0, Math.abs(point.y - y) - high));
    return seen.length ? seen.reduce((best, point) => (far(point) < far(best) ? point : best)) : null;
}

/**
 * From where to where a label's middle may lie along one axis: about its region, and within the view.
 * @param {number[]} values the region's points along the axis
 * @param {number} around
 * @param {number} first
 * @param {number} last
 * @returns {[number, number]}
 */
function span(values, around, first, last) {
    const within = (/** @type {number} */ at) => Math.max(first, Math.min(last, at));
    return [within(Math.min(...values) - around), within(Math.max(...values) + around)];
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

/** How bad it is to hide a count, and how far from the view's edge the label of the rest stays. */
const COUNT = 2000;
const EDGE = 8;

/**
 * Where one label stands for all that found no place: below what lies over the map there.
 * @param {{left: number, top: number, right: number}} view
 * @param {number} height
 * @param {import("./obstacles.js").Obstacle[]} obstacles
 */
export function topOf(view, height, obstacles) {
    const place = { x: Math.round((view.left + view.right) / 2), y: view.top + height, width: 280, height };
    const over = obstacles.filter(({ isName, x, width }) => !isName && Math.abs(x - place.x) < (width + place.width) / 2);
    over.sort((a, b) => a.y - b.y);
    for (const box of over) {
        if (Math.abs(box.y - place.y) < (box.height + height) / 2) {
            place.y = Math.round(box.y + (box.height + height) / 2 + 4);
        }
    }
    return place;
}

/**
 * Puts the label of the rest as high in the view as it hides no symbol; where it hides some everywhere, it hides the
 * fewest, and the middle of a ring, where its count stands, last of all.
 * @param {Label} label at the top of the view
 * @param {Frame["view"]} view
 * @param {import("./clusters.js").Glyph[]} glyphs
 * @param {import("./obstacles.js").Obstacle[]} boxes labels and what lies over the map
 */
export function placeRest(label, { left, right, bottom }, glyphs, boxes) {
    const obstacles = new Obstacles(glyphs, boxes.filter(({ isName }) => !isName));
    const counts = glyphs.filter(({ records }) => records > 1);
    const [wide, high] = [label.width / 2, label.height / 2];
    const [{ x: middle, y: top }, free] = [label, Math.max(0, (right - left) / 2 - wide - EDGE)];
    let least = Infinity;
    for (let y = top; y <= bottom - high - EDGE && y - top < least; y += 6) {
        for (const aside of [0, -0.5, 0.5, -1, 1]) {
            const x = Math.round(middle + aside * free);
            const off = y - top + 20 * Math.abs(aside);
            const without = off + obstacles.hidden(label, x, y, least - off);
            // Counts are looked for where the place may be the best one.
            if (without >= least) {
                continue;
            }
            const hidden = counts.filter((ring) => Math.abs(ring.x - x) < wide + ring.radius * 0.7 && Math.abs(ring.y - y) < high + 9).length;
            const harm = without + hidden * COUNT;
            if (harm < least) {
                least = harm;
                Object.assign(label, { x, y });
            }
        }
    }
    return label;
}

/**
 * Adds the label of the rest to the others. Those that it hides, where there is no room for both, are counted by it, too:
 * no count is half covered by another.
 * @template {import("./obstacles.js").Obstacle} T
 * @template G
 * @param {T[]} labels
 * @param {(G | T)[]} rest what has no label of its own
 * @param {(rest: (G | T)[], labels: T[]) => T} lay makes and places the label of the rest beside those others
 * @returns {T[]}
 */
export function countHidden(labels, rest, lay) {
    const label = lay(rest, labels);
    const isHidden = (/** @type {T} */ { x, y, width, height }) =>
        Math.abs(x - label.x) < (width + label.width) / 2 && Math.abs(y - label.y) < (height + label.height) / 2;
    const hidden = labels.filter(isHidden);
    const seen = labels.filter((other) => !hidden.includes(other));
    return hidden.length ? countHidden(seen, [...rest, ...hidden], lay) : [...labels, label];
}
