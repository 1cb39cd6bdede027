/**
 * The map by keyboard: arrows step from symbol to symbol, Page Down and Page Up through all of them, Enter picks, and
 * each is said in words.
 *
 * Tab is left alone: it leads into the map and out of it again.
 */

import * as L from "leaflet";
import { counted } from "./elements.js";

/** @typedef {import("./clusters.js").Glyph} Glyph */
/** @typedef {import("./area_labels.js").Label} Label */
/** @typedef {{code: string, words: string, x: number, y: number}} RegionStop a filled region */
/** @typedef {{glyph: Glyph | null, label: Label | null, region?: RegionStop, x: number, y: number}} Stop one of the three */

const HELP =
    "Map of incidents. Arrow keys go from symbol to symbol, page down and page up through all of them in turn, " +
    "Enter opens one, plus and minus zoom, " +
    "shift with an arrow key moves the map, Escape leaves the symbols. The table lists the same incidents.";
const PAN = 120;

/** @type {Record<string, [number, number]>} */
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** @type {Record<string, number>} */
const TURNS = { PageDown: 1, PageUp: -1 };

/**
 * @typedef {object} Stage what the keyboard needs of the map
 * @property {L.Map} map
 * @property {() => Stop[]} stops what is in view, in reading order
 * @property {(stop: Stop | null) => void} focus
 * @property {() => Stop | null} focused
 * @property {(stop: Stop) => boolean} pick whether the map goes closer for it
 * @property {(stop: Stop) => string} describe
 * @property {(stop: Stop) => Promise<string | null>} titleOf the incident's own title; null where it is not one incident
 */

/** @param {Stage} stage */
export function mountKeyboard(stage) {
    const container = stage.map.getContainer();
    const help = unseen("p", HELP);
    help.id = `${container.id}-help`;
    const voice = unseen("div", "");
    voice.setAttribute("role", "status");
    voice.setAttribute("aria-live", "polite");
    // What is added later, the title, is said alone.
    voice.setAttribute("aria-atomic", "false");
    container.append(help, voice);
    container.tabIndex = 0;
    container.setAttribute("role", "application");
    container.setAttribute("aria-label", "Map of incidents");
    container.setAttribute("aria-describedby", help.id);

    /**
     * @param {Stop | null} stop
     * @param {string} [before] what is said first
     */
    const goTo = async (stop, before = "") => {
        stage.focus(stop);
        if (!stop) {
            voice.replaceChildren();
            return;
        }
        const stops = stage.stops();
        const number = stops.findIndex((other) => isSame(other, stop)) + 1;
        const words = document.createElement("p");
        words.textContent = `${before}${stage.describe(stop)}. ${number} of ${stops.length} in view.`;
        voice.replaceChildren(words);
        const title = await stage.titleOf(stop);
        if (title && words.isConnected) {
            const named = document.createElement("p");
            named.dir = "auto";
            named.textContent = title;
            voice.append(named);
        }
    };

    /** Says how much is in view, and where that is: what was said before may be out of it. */
    const sayView = () => {
        const stops = stage.stops();
        const focused = stage.focused();
        if (focused && !stops.some((stop) => isSame(stop, focused))) {
            stage.focus(null);
        }
        const words = document.createElement("p");
        const { lat, lng } = stage.map.getCenter().wrap();
        words.textContent = `${stops.length ? counted(stops.length, "symbol") : "Nothing"} in view, around ${sayDegrees(lat, "north", "south")}, ${sayDegrees(lng, "east", "west")}.`;
        voice.replaceChildren(words);
    };

    /** @type {(() => void) | null} what is to be said where the map will have come to; null for what is in view */
    let ahead = null;
    /** @type {(() => void) | null} what is to be said as soon as what the map has come to is drawn */
    let arrived = null;
    stage.map.on("moveend", () => {
        arrived = document.activeElement === container ? (ahead ?? arrived ?? sayView) : null;
        ahead = null;
    });
    stage.map.on("drawn", () => {
        const say = arrived;
        arrived = null;
        say?.();
    });

    /** @param {Stop} stop */
    const pick = (stop) => {
        // What has been said is no longer there: its parts are said.
        ahead = () => goTo(stage.focused() ?? stage.stops()[0] ?? null, "Closer up: ");
        if (!stage.pick(stop)) {
            ahead = null;
        }
    };

    const calm = matchMedia("(prefers-reduced-motion: reduce)");
    /** @param {import("leaflet").PointTuple} way */
    const pan = (way) => stage.map.panBy(L.point(way).multiplyBy(PAN), { animate: !calm.matches });

    container.addEventListener("keydown", (event) => {
        if (event.target !== container || event.altKey || event.ctrlKey || event.metaKey) {
            return;
        }
        const focused = stage.focused();
        const way = WAYS[event.key];
        if (way && event.shiftKey) {
            pan(way);
        } else if (way) {
            const next = nextStop(stage.stops(), focused, way);
            if (next) {
                goTo(next);
            } else {
                pan(way);
            }
        } else if (TURNS[event.key]) {
            const next = turn(stage.stops(), focused, TURNS[event.key]);
            if (next) {
                goTo(next);
            }
        } else if (event.key === "Home" || event.key === "End") {
            const stop = stage.stops().at(event.key === "Home" ? 0 : -1);
            if (stop) {
                goTo(stop);
            } else {
                sayView();
            }
        } else if ((event.key === "Enter" || event.key === " ") && focused) {
            pick(focused);
        } else if (event.key === "Escape" && focused) {
            goTo(null);
        } else if (event.key === "+" || event.key === "=") {
            stage.map.zoomIn();
        } else if (event.key === "-") {
            stage.map.zoomOut();
        } else {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
    });
    container.addEventListener("blur", () => goTo(null));
}

/**
 * @param {number} degrees
 * @param {string} above what those above zero are called
 * @param {string} below
 */
function sayDegrees(degrees, above, below) {
    const whole = Math.round(degrees);
    return `${Math.abs(whole)}° ${whole < 0 ? below : above}`;
}

/**
 * The nearest stop that lies in the direction of the key; the first in reading order to begin with.
 * @param {Stop[]} stops
 * @param {Stop | null} from
 * @param {[number, number]} way
 * @returns {Stop | null}
 */
function nextStop(stops, from, [dx, dy]) {
    if (!from) {
        return stops[0] ?? null;
    }
    let best = null;
    let least = Infinity;
    for (const stop of stops) {
        const x = stop.x - from.x;
        const y = stop.y - from.y;
        const along = x * dx + y * dy;
        const aside = Math.abs(x * dy) + Math.abs(y * dx);
        // What lies more aside than along belongs to another key; twice as far aside counts as much farther.
        if (along > 0.5 && aside <= along * 1.8 && along + 2 * aside < least && !isSame(stop, from)) {
            least = along + 2 * aside;
            best = stop;
        }
    }
    return best;
}

/**
 * The next stop in reading order, or the one before, so that none is out of reach; from nowhere the first or the last.
 * @param {Stop[]} stops
 * @param {Stop | null} from
 * @param {number} by 1 or -1
 * @returns {Stop | null}
 */
function turn(stops, from, by) {
    const at = from ? stops.findIndex((stop) => isSame(stop, from)) : -1;
    return at < 0 ? (stops.at(by < 0 ? -1 : 0) ?? null) : (stops[at + by] ?? null);
}

/**
 * @param {Stop} one
 * @param {Stop} other
 */
function isSame(one, other) {
    if (one.glyph || other.glyph) {
        return one.glyph === other.glyph;
    }
    return one.label?.code === other.label?.code && one.region?.code === other.region?.code;
}

/**
 * @param {string} tag
 * @param {string} text
 */
function unseen(tag, text) {
    const element = document.createElement(tag);
    element.className = "unseen";
    element.textContent = text;
    return element;
}
