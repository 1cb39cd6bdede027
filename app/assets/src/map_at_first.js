/**
 * Makes the map, has it stand where the address says or else where what is shown lies, and follows its size.
 *
 * It draws nothing on it.
 */

import * as L from "leaflet";

import { readPosition } from "./address.js";
import { wanted } from "./page_parts.js";

/** @typedef {import("./types.js").View} View */

/** Of zooms; the farthest shows small maps the world, and none more than that. */
const STEP = 0.25;
const NEAREST_AT_FIRST = 10;
/** One incident or place alone is shown with enough around it to know where that is. */
const NEAREST_OF_ONE = 8;
const ONE_PLACE_DEGREES = 0.1;
/** How much wider than the map the world may be, of which nothing lies behind its edges then but water. */
const OVER_WORLD = 1.03;
/** What is kept free of a map of the world: what lies over it in the corners hides little of that. */
const WORLD_PADDING = /** @type {L.FitBoundsOptions} */ ({ paddingTopLeft: [0, 20], paddingBottomRight: [0, 40] });
/** The same width as in the style sheet. */
const NARROW = "(max-width: 760px), (max-height: 480px)";

/**
 * @param {View} view
 * @param {HTMLElement} element
 */
export function makeMap(view, element) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const map = L.map(element, {
        attributionControl: false,
        fadeAnimation: !calm,
        inertia: !calm,
        keyboard: false,
        maxBounds: [
            [-85.06, -1e6],
            [85.06, 1e6],
        ],
        maxBoundsViscosity: 1,
        maxZoom: 18,
        minZoom: Math.min(1, Math.max(0, Math.ceil(Math.log2(element.clientWidth / 256) / STEP) * STEP)),
        wheelPxPerZoomLevel: 90,
        worldCopyJump: true,
        zoomAnimation: !calm,
        zoomControl: false,
        zoomSnap: STEP,
    });
    if (!view.controls.length || view.controls.includes("zoom")) {
        L.control.zoom({ position: "topleft" }).addTo(map);
    }
    // The bar is half as long as it may be, or longer: then its text has room in it, whatever size letters have.
    const letter = parseFloat(getComputedStyle(document.documentElement).fontSize);
    L.control.scale({ imperial: false, position: "bottomleft", maxWidth: 10 * letter }).addTo(map);
    addCredit(view, map);
    if (view.tiles) {
        L.tileLayer(view.tiles.url, { maxZoom: 18, zIndex: 1 }).addTo(map);
    }
    return map;
}

/**
 * Whom the map is owed to, and what its boundaries do not mean.
 * @param {View} view
 * @param {L.Map} map
 */
function addCredit(view, map) {
    const control = new L.Control({ position: "bottomright" });
    control.onAdd = () => {
        const credit = L.DomUtil.create("div", "leaflet-control-attribution bearing-credit");
        const names = [view.attribution, view.tiles?.attribution].filter(Boolean).join("; ");
        for (const text of [view.disclaimer, names && `Map: ${names}`]) {
            if (text) {
                const line = document.createElement("p");
                line.textContent = text;
                credit.append(line, " ");
            }
        }
        return credit;
    };
    control.addTo(map);
}

/**
 * Shows what the address says, or else all that is selected and known to lie somewhere.
 * @param {View} view
 * @param {L.Map} map
 */
export function standAtFirst(view, map) {
    const position = readPosition(location.hash) ?? readPosition(`#${view.start}`);
    const box = view.filter.bbox ?? view.limits?.filter.bbox ?? view.bounds;
    if (position) {
        map.setView(position.center, position.zoom, { animate: false });
    } else if (box) {
        const bounds = toBounds(box);
        const span = Math.max(bounds.getEast() - bounds.getWest(), bounds.getNorth() - bounds.getSouth());
        const isOnePlace = view.shown === 1 || span < ONE_PLACE_DEGREES;
        const maxZoom = isOnePlace ? NEAREST_OF_ONE : NEAREST_AT_FIRST;
        map.fitBounds(bounds, { ...paddingOf(view, map), maxZoom, animate: false });
        const closest = zoomOfOneWorld(map);
        if (map.getZoom() < closest) {
            map.fitBounds(bounds, { ...WORLD_PADDING, maxZoom: closest, animate: false });
        }
    } else {
        map.setView([20, 60], 2, { animate: false });
    }
}

/**
 * The closest zoom at which the map is as wide as the world, by steps: farther out the world begins anew at its edges,
 * with the same symbols once more. Where what is shown reaches far north and south, a map that is low for its width
 * still has some of that: all is to be in view at first, and steps are kept since the service's answers are by them.
 * @param {L.Map} map
 */
function zoomOfOneWorld(map) {
    return Math.floor(Math.log2((map.getSize().x * OVER_WORLD) / 256) / STEP) * STEP;
}

/**
 * How much of the map's edges is kept free of what is shown: for symbols, and for what lies over the map there, which
 * may not have been made yet.
 * @param {View} view
 * @param {L.Map} map
 * @returns {L.FitBoundsOptions}
 */
function paddingOf(view, map) {
    const size = map.getSize();
    const small = Math.min(size.x, size.y) < 420;
    const edge = small ? 24 : 40;
    const zoom = 48;
    const buttons = wanted(view, "legend") ? 52 : 0;
    const switched = wanted(view, "regions") ? 44 : 0;
    const credit = map.getContainer().querySelector(".bearing-credit")?.clientHeight ?? 0;
    // Where the map is wide, legend and credit stand side by side.
    const below = matchMedia(NARROW).matches ? credit + buttons : Math.max(credit, buttons + 20);
    // Of a low map the larger part remains.
    const most = size.multiplyBy(0.3);
    return {
        paddingTopLeft: [Math.min(most.x, edge + zoom), Math.min(most.y, edge + switched)],
        paddingBottomRight: [Math.min(most.x, edge), Math.min(most.y, edge + below)],
    };
}

/** @param {number[]} box west, south, east, north */
function toBounds([west, south, east, north]) {
    return L.latLngBounds([south, west], [north, west > east ? east + 360 : east]);
}

/**
 * The interface changes how much room the map has. It has just been put together: the middle stays where it is. From
 * now on nothing moves under the reader's hand, but for what was picked and would be hidden, and for a map that nobody
 * has moved yet when the chart opens below it.
 * @param {{map: L.Map, view: View, look: import("./look.js").Look, opened: import("./opened.js").Opened}} app
 * @param {import("./stage.js").Stage} stage
 */
export function followSize({ map, view, look, opened }, stage) {
    map.invalidateSize({ animate: false });
    let touched = readPosition(location.hash) !== null;
    let charted = look.chart;
    let standing = false;
    // Before anybody has done anything, as while the chart gets its lines, the middle stays what the address says.
    let acted = false;
    for (const act of ["pointerdown", "keydown", "wheel"]) {
        window.addEventListener(act, () => (acted = true), { capture: true, once: true, passive: true });
    }
    map.on("dragend zoomend", () => (touched ||= !standing));
    new ResizeObserver(() => {
        const before = map.getSize();
        map.invalidateSize({ animate: false, pan: false });
        const lengthened = look.chart !== "off" && !map.getSize().equals(before);
        const place = stage.placeOfPicked();
        stage.settling = true;
        if (place) {
            map.panInside(place, { padding: [48, 48], animate: false });
        } else if (!opened.shown && (acted ? charted !== look.chart && !touched : lengthened)) {
            standing = true;
            standAtFirst(view, map);
            standing = false;
        }
        stage.settling = false;
        charted = look.chart;
    }).observe(map.getContainer());
}
