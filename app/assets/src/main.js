/**
 * Where the page's script begins: reads the view, makes the map, gets the data, and hands both to the interface.
 *
 * It decides nothing: every part is a module of its own.
 */

import * as L from "leaflet";
import "leaflet/dist/leaflet.css";
import "./fonts.css";
import "../css/bearing.css";
import "./map_core.css";

import { fragmentAtFirst, keepAddress, readPosition, sayRefused } from "./address.js";
import { makeArea } from "./area_shapes.js";
import { fromBase64, readArrow } from "./arrow.js";
import { BaseMap } from "./basemap.js";
import { mountChart } from "./chart.js";
import { mountEmbedBuilder } from "./embed_builder.js";
import { mountDownload } from "./download.js";
import { FetchedSource } from "./fetched_source.js";
import { InlineSource } from "./inline_source.js";
import { mountLegend } from "./legend.js";
import { mountLinks } from "./links.js";
import { mountLinksAway } from "./links_away.js";
import { Look } from "./look.js";
import { mountNotice } from "./notice.js";
import { Opened, readShown } from "./opened.js";
import { mountPanel } from "./panel.js";
import { mountSearch } from "./search.js";
import { LocalEngine } from "./local_engine.js";
import { mountRegions } from "./regions_panel.js";
import { Rows } from "./rows.js";
import { Selection } from "./selection.js";
import { ServedEngine } from "./served_engine.js";
import { mountSheets } from "./sheets.js";
import { Stage } from "./stage.js";
import { mountSwitches } from "./switches.js";
import { mountTheme } from "./theme.js";
import { TimeWindow } from "./time_window.js";
import { mountTimebar } from "./timebar.js";

/** @typedef {import("./types.js").View} View */
/** @typedef {import("./source.js").Source} Source */

/**
 * @typedef {object} App
 * @property {View} view
 * @property {Source} source
 * @property {Selection} selection
 * @property {TimeWindow} time
 * @property {Look} look
 * @property {L.Map} map
 * @property {Stage} stage
 * @property {Opened} opened
 */

/** An edition with no more rows than this is loaded behind the first view, and answers in the browser from then on. */
const MOST_ROWS = 200_000;
const NEAREST_AT_FIRST = 10;
/** One incident or place alone is shown with enough around it to know where that is. */
const NEAREST_OF_ONE = 8;
const ONE_PLACE_DEGREES = 0.1;
/** The same width as in the style sheet. */
const NARROW = "(max-width: 760px), (max-height: 480px)";

/** @param {string} id */
const part = (id) => document.getElementById(id);

/**
 * @param {View} view
 * @param {HTMLElement} element
 */
function makeMap(view, element) {
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
        minZoom: 1,
        wheelPxPerZoomLevel: 90,
        worldCopyJump: true,
        zoomAnimation: !calm,
        zoomControl: false,
        zoomSnap: 0.25,
    });
    if (!view.controls.length || view.controls.includes("zoom")) {
        L.control.zoom({ position: "topleft" }).addTo(map);
    }
    L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
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
function standAtFirst(view, map) {
    const position = readPosition(location.hash) ?? readPosition(`#${view.start}`);
    const box = view.filter.bbox ?? view.limits?.filter.bbox ?? view.bounds;
    if (position) {
        map.setView(position.center, position.zoom);
    } else if (box) {
        const [west, south, east, north] = box;
        const isOnePlace = view.shown === 1 || Math.max(east - west, north - south) < ONE_PLACE_DEGREES;
        const maxZoom = isOnePlace ? NEAREST_OF_ONE : NEAREST_AT_FIRST;
        map.fitBounds(toBounds(box), { ...paddingOf(view, map), maxZoom, animate: false });
    } else {
        map.setView([20, 60], 2);
    }
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
 * @param {View} view
 * @param {HTMLElement} element
 */
async function begin(view, element) {
    mountLinksAway(view);
    // What is going to be open takes its room from the map from the beginning.
    const fragment = fragmentAtFirst(view.start);
    const look = new Look(fragment);
    wanted(view, "panel")?.toggleAttribute("hidden", !readShown(fragment).shown);
    wanted(view, "chart")?.toggleAttribute("hidden", look.chart === "off");
    const map = makeMap(view, element);
    standAtFirst(view, map);
    const data = part("bearing-data");
    const source = data ? new InlineSource(JSON.parse(data.textContent ?? "")) : new FetchedSource(view.urls);
    const base = new BaseMap(source, view).addTo(map);
    const served = source instanceof FetchedSource && !view.columns ? source : null;
    // Whatever the edition's size, the first picture is the service's; where there is no service, the rows are here.
    const engine = served ? new ServedEngine(served) : await loadRows(view, source);
    const selection = new Selection(engine, view.filter, view.limits);
    const opened = new Opened();
    mountNotice({ view, selection, opened }, part("stage"));
    const stage = new Stage(map, selection, view, base, source);
    const drawn = stage.ask(0);
    const terms = served ? served.terms() : /** @type {LocalEngine} */ (engine).rows.terms;
    const counted = selection.count();
    await drawn;
    performance.mark("bearing:first-events");
    if (served) {
        selection.setTerms(await terms);
    } else {
        selection.nameTerms(await terms);
    }
    await counted;
    const time = new TimeWindow(selection, selection.terms?.span ?? null);
    mountInterface({ view, source, selection, map, time, look, stage, opened });
    if (view.mode === "page" || view.mode === "embed") {
        keepAddress(selection, map, look, opened);
    }
    if (served) {
        await stage.followAreas(served);
    } else {
        const areas = await source.areas(areasOf(/** @type {LocalEngine} */ (engine)));
        stage.setAreas(areas.features.flatMap((feature) => makeArea(feature) ?? []));
    }
    stage.draw();
    if (served) {
        await nameRegions(served, /** @type {ServedEngine} */ (engine), selection);
    }
    opened.read(fragment, sayRefused(fragment));
    if (served && view.total <= MOST_ROWS) {
        // It gives the same answers sooner: if it cannot be had, nothing is lost.
        await loadRows(view, source).then(
            (local) => selection.use(local),
            () => null,
        );
    }
    await base.settled();
    element.dataset.ready = "all";
}

/**
 * Has what nobody sees at first come behind the first view: names and counts of thousands of regions.
 * @param {FetchedSource} source
 * @param {ServedEngine} engine
 * @param {Selection} selection
 */
async function nameRegions(source, engine, selection) {
    engine.whole = true;
    // Without their names they are called by their codes.
    const [terms] = await Promise.all([source.namedTerms().catch(() => source.terms()), selection.count()]);
    selection.nameTerms(terms);
}

/**
 * The regions that alone matter on a page of a few rows.
 * @param {LocalEngine} engine
 */
function areasOf({ rows }) {
    const { area, terms } = rows;
    return [...new Set(area)].flatMap((at) => (at < 0 ? [] : [terms.regions[at].code]));
}

/**
 * @param {View} view
 * @param {Source} source
 */
async function loadRows(view, source) {
    const rows = view.columns ? new Rows(readArrow(fromBase64(view.columns))) : await source.columns();
    return new LocalEngine(rows, view.taxonomy, source);
}

/**
 * A part of the interface, where the view has it.
 * @param {View} view
 * @param {string} name
 */
function wanted({ controls }, name) {
    return controls.length === 0 || controls.includes(name) ? part(name) : null;
}

/** @param {App} app */
function mountInterface(app) {
    const { stage, view } = app;
    mountSwitches(app, wanted(view, "switches"));
    mountPanel(app, wanted(view, "panel"));
    mountTimebar(app, wanted(view, "timebar"));
    if (app.source instanceof FetchedSource) {
        mountRegions(app, app.source, wanted(view, "regions"));
    }
    mountChart(app, wanted(view, "chart"));
    mountLegend(app, wanted(view, "legend"));
    mountSearch(app, part("search"));
    mountEmbedBuilder(app, part("share"));
    mountLinks(app, document);
    mountSheets(app, wanted(view, "sheets"));
    part("panel")?.addEventListener("closed", () => stage.mark(null));
    followSize(app, stage);
}

/**
 * The interface changes how much room the map has. It has just been put together: the middle stays where it is. From
 * now on nothing moves under the reader's hand, but for what was picked and would be hidden, and for a map that nobody
 * has moved yet when the chart opens below it.
 * @param {App} app
 * @param {Stage} stage
 */
function followSize({ map, view, look, opened }, stage) {
    map.invalidateSize({ animate: false });
    let touched = readPosition(location.hash) !== null;
    let charted = look.chart;
    let standing = false;
    map.on("dragend zoomend", () => (touched ||= !standing));
    new ResizeObserver(() => {
        map.invalidateSize({ animate: false, pan: false });
        const place = stage.placeOfPicked();
        if (place) {
            map.panInside(place, { padding: [48, 48], animate: false });
        } else if (charted !== look.chart && !touched && !opened.shown) {
            standing = true;
            standAtFirst(view, map);
            standing = false;
        }
        charted = look.chart;
    }).observe(map.getContainer());
}

/**
 * @param {HTMLElement} element
 * @param {unknown} error
 */
function tell(element, error) {
    const notice = document.createElement("p");
    notice.className = "notice notice__card";
    notice.setAttribute("role", "alert");
    notice.textContent = error instanceof Error && error.message ? error.message : "The map could not be drawn.";
    element.append(notice);
}

mountTheme({}, part("theme"));
mountDownload(document);
const block = part("bearing-view");
const element = part("map");
if (block && element) {
    begin(JSON.parse(block.textContent ?? ""), element).catch((error) => {
        tell(element, error);
        throw error;
    });
}
