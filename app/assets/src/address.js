/**
 * The selection and the view in the page's address, so that what is seen can be sent on.
 *
 * The query holds the filter, in the service's vocabulary; the fragment the view, as #zoom/latitude/longitude.
 */

import * as L from "leaflet";

/** @typedef {import("./selection.js").Selection} Selection */

const FILTER_NAMES = new Set(["kind", "aircraft", "region", "grade", "from", "to", "precision", "q", "bbox", "undated"]);
const FIRST_MS = 150;

/**
 * Where the fragment says that the map is to stand.
 * @param {string} fragment such as "#8/22.6768/95.4024"
 * @returns {{zoom: number, center: L.LatLng} | null}
 */
export function readPosition(fragment) {
    const found = /^#(\d{1,2}(?:\.\d+)?)\/(-?\d{1,2}(?:\.\d+)?)\/(-?\d{1,3}(?:\.\d+)?)$/.exec(fragment);
    if (!found || Number(found[1]) > 18 || Math.abs(Number(found[2])) > 90 || Math.abs(Number(found[3])) > 180) {
        return null;
    }
    return { zoom: Number(found[1]), center: L.latLng(Number(found[2]), Number(found[3])) };
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
 * Keeps the address in step. Browsers allow few changes a second, so it waits for a pause.
 * @param {Selection} selection
 * @param {L.Map} map
 */
export function keepAddress(selection, map) {
    let waiting = 0;
    let moved = false;
    const write = () => {
        waiting = 0;
        const query = mergeQuery(location.search, selection.toQuery());
        const fragment = moved ? writePosition(map) : location.hash;
        try {
            history.replaceState(history.state, "", `${location.pathname}${query}${fragment}`);
        } catch {
            // A sandboxed frame has no address of its own to keep.
        }
    };
    const soon = () => {
        clearTimeout(waiting);
        waiting = window.setTimeout(write, FIRST_MS);
    };
    selection.addEventListener("change", soon);
    map.on("dragend zoomend", () => {
        moved = true;
        soon();
    });
    map.on("moveend", () => {
        if (moved) {
            soon();
        }
    });
    window.addEventListener("hashchange", () => {
        const position = readPosition(location.hash);
        if (position) {
            map.setView(position.center, position.zoom);
        }
    });
}
