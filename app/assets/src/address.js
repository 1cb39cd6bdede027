/**
 * The selection and the view in the page's address, so that what is seen can be sent on.
 *
 * The query holds the filter, in the service's vocabulary; the fragment the view, as #zoom/latitude/longitude, what is
 * shown beside the symbols, as &regions=rate&chart=kind&step=month, and what the panel shows, as &incident=... (see opened.js).
 */

import * as L from "leaflet";
import { fromQuery, toQuery } from "./filter_state.js";
import { Look, refusedLook } from "./look.js";
import { readShown } from "./opened.js";
import { part } from "./page_parts.js";

/** @typedef {import("./opened.js").Opened} Opened */
/** @typedef {import("./selection.js").Selection} Selection */

const FILTER_NAMES = new Set(["kind", "aircraft", "region", "grade", "from", "to", "precision", "q", "bbox", "undated"]);
const FIRST_MS = 150;
/** Acts closer to each other than this are undone together. */
const APART_MS = 1000;

/**
 * Where the fragment says that the map is to stand.
 * @param {string} fragment such as "#8/22.6768/95.4024"
 * @returns {{zoom: number, center: L.LatLng} | null}
 */
export function readPosition(fragment) {
    const found = /^#(\d{1,2}(?:\.\d+)?)\/(-?\d{1,2}(?:\.\d+)?)\/(-?\d{1,3}(?:\.\d+)?)(?:&|$)/.exec(fragment);
    if (!found || Number(found[1]) > 18 || Math.abs(Number(found[2])) > 90 || Math.abs(Number(found[3])) > 180) {
        return null;
    }
    return { zoom: Number(found[1]), center: L.latLng(Number(found[2]), Number(found[3])) };
}

/**
 * What a fragment asks for that cannot be shown, in words for readers; it is left aside.
 * @param {string} fragment
 * @param {Opened} opened
 */
export function sayRefused(fragment, { isRegion }) {
    const looksLikeView = /^#-?[\d.]+\//.test(fragment);
    const view = looksLikeView && !readPosition(fragment) ? ["where the map stands must be #zoom/latitude/longitude"] : [];
    return [...view, ...refusedLook(fragment), ...readShown(fragment, isRegion).refused];
}

/**
 * What is to be shown at first: what the address says, or else what the map was saved with. A fragment that begins with
 * a question mark is somebody else's: systems that frame what oEmbed gives them write one.
 * @param {string} start
 */
export function fragmentAtFirst(start) {
    return location.hash && !location.hash.startsWith("#?") ? location.hash : start;
}

/** @param {L.Map} map */
export function writePosition(map) {
    const center = map.getCenter().wrap();
    const zoom = Math.round(map.getZoom() * 100) / 100;
    const digits = Math.max(2, Math.ceil(zoom / 3));
    return `#${zoom}/${center.lat.toFixed(digits)}/${center.lng.toFixed(digits)}`;
}

/**
 * The query of an address with the selection's filter in it; what is no filter (an edition, say) stays.
 * @param {string} search
 * @param {string} query
 */
export function mergeQuery(search, query) {
    const others = [...new URLSearchParams(search)].filter(([name]) => !FILTER_NAMES.has(name));
    const rest = new URLSearchParams(others).toString();
    const merged = [query, rest].filter(Boolean).join("&");
    return merged && `?${merged}`;
}

/**
 * Keeps the address in step. Browsers allow few changes a second, so it waits for a pause. What a reader does by one
 * act, such as a switch, can be undone by going back; what is dragged or played has no end to go back to.
 * @param {{view: import("./types.js").View, selection: Selection, map: L.Map, look: Look, opened: Opened}} app
 * @param {() => void} standAtFirst has the map stand where the address says, or else where it stood at first
 */
export function keepAddress({ view, selection, map, look, opened }, standAtFirst) {
    let waiting = 0;
    let moved = readPosition(location.hash) !== null;
    let acted = false;
    let actedAt = -Infinity;
    let filter = withoutWindow(selection.state);
    /** Whether the map stands where the address says, whatever room the panel takes or gives, until the reader acts. */
    let returning = false;
    for (const act of ["pointerdown", "keydown", "wheel"]) {
        window.addEventListener(act, () => (returning = false), { capture: true, passive: true });
    }
    /** Whether the panel has its room before what it is to show: the address will say both. */
    const isOpening = () => !opened.shown && part("panel")?.hidden === false;
    const write = () => {
        waiting = 0;
        const query = mergeQuery(location.search, selection.toOwnQuery());
        const said = [look.write(), opened.write()].filter(Boolean);
        // An address without a fragment shows a saved map as it was saved.
        const unsaid = !said.length && new Look(view.start).write() !== "";
        const parts = [...(moved || unsaid ? [writePosition(map).slice(1)] : []), ...said].join("&");
        const address = `${location.pathname}${query}${parts && `#${parts}`}`;
        const now = performance.now();
        const isNew = acted && now - actedAt > APART_MS && address !== location.pathname + location.search + location.hash;
        actedAt = acted ? now : actedAt;
        acted = false;
        try {
            history[isNew ? "pushState" : "replaceState"](history.state, "", address);
        } catch {
            // A sandboxed frame has no address of its own to keep.
        }
    };
    /** @param {boolean} act whether it is one that can be undone */
    const soon = (act) => {
        acted ||= act;
        clearTimeout(waiting);
        waiting = window.setTimeout(write, FIRST_MS);
    };
    selection.addEventListener("change", () => {
        const now = withoutWindow(selection.state);
        soon(now !== filter);
        filter = now;
    });
    look.addEventListener("change", () => soon(true));
    opened.addEventListener("change", () => {
        // The panel takes room from the map: who is sent the address is to see the same beside it.
        moved = true;
        soon(true);
    });
    map.on("dragend zoomend", () => {
        if (!returning) {
            moved = true;
            soon(false);
        }
    });
    map.on("moveend", () => {
        if (moved && !returning && !isOpening()) {
            soon(false);
        }
    });
    const stand = () => {
        if (returning) {
            standAtFirst();
        }
    };
    map.on("resize", stand);
    // The link that skips to the map would leave its own name where the address says how the map stands.
    document.querySelector(`a[href="#${map.getContainer().id}"]`)?.addEventListener("click", (event) => {
        event.preventDefault();
        map.getContainer().focus();
    });
    window.addEventListener("popstate", () => {
        const state = fromQuery(location.search);
        if (toQuery(state) !== selection.toOwnQuery()) {
            selection.set(state);
        }
        const fragment = fragmentAtFirst(view.start);
        look.read(fragment);
        moved = readPosition(location.hash) !== null;
        returning = true;
        opened.read(fragment, sayRefused(fragment, opened));
        stand();
        // What has just been gone back to is where the address stands already.
        clearTimeout(waiting);
        acted = false;
    });
}

/** @param {import("./filter_state.js").State} state */
function withoutWindow(state) {
    return toQuery({ ...state, start: null, end: null });
}
