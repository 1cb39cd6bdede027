/**
 * Where the page's script begins: reads the view, makes the map, gets the data, and hands both to the interface.
 *
 * It decides nothing: every part is a module of its own.
 */

import "leaflet/dist/leaflet.css";
import "./fonts.css";
import "../css/bearing.css";
import "./map_core.css";

import { fragmentAtFirst, keepAddress, sayRefused } from "./address.js";
import { makeArea } from "./area_shapes.js";
import { fromBase64, readArrow } from "./arrow.js";
import { BaseMap } from "./basemap.js";
import { isCharted, mountChart } from "./chart.js";
import { mountDrawnCharts } from "./drawn_charts.js";
import { mountEmbedBuilder } from "./embed_builder.js";
import { mountDownload } from "./download.js";
import { FetchedSource } from "./fetched_source.js";
import { InlineSource } from "./inline_source.js";
import { mountLegend } from "./legend.js";
import { mountLinks } from "./links.js";
import { mountLinksAway } from "./links_away.js";
import { Look } from "./look.js";
import { followSize, makeMap, standAtFirst } from "./map_at_first.js";
import { NearestEngine } from "./nearest_engine.js";
import { mountNotice } from "./notice.js";
import { Opened, readShown } from "./opened.js";
import { part, wanted } from "./page_parts.js";
import { drawOutlined } from "./outlined.js";
import { listen, mountNewer } from "./newer.js";
import { painted } from "./painted.js";
import { mountPanel } from "./panel.js";
import { mountSearch } from "./search.js";
import { LocalEngine } from "./local_engine.js";
import { keepSizes, mountPrinted } from "./printed.js";
import { mountRegions } from "./regions_panel.js";
import { Rows } from "./rows.js";
import { Selection } from "./selection.js";
import { ServedEngine } from "./served_engine.js";
import { mountSheets } from "./sheets.js";
import { moveSideways } from "./sideways.js";
import { Stage } from "./stage.js";
import { mountSwitches } from "./switches.js";
import { mountTheme } from "./theme.js";
import { TimeWindow } from "./time_window.js";
import { mountTimebar } from "./timebar.js";
import { mountUnshown } from "./unshown.js";

/** @typedef {import("./types.js").View} View */
/** @typedef {import("./source.js").Source} Source */

/**
 * @typedef {object} App
 * @property {View} view
 * @property {Source} source
 * @property {Selection} selection
 * @property {TimeWindow} time
 * @property {Look} look
 * @property {import("leaflet").Map} map
 * @property {Stage} stage
 * @property {Opened} opened
 */

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
    wanted(view, "chart")?.toggleAttribute("hidden", !isCharted(view, look));
    const map = makeMap(view, element);
    standAtFirst(view, map);
    const data = part("bearing-data");
    const source = data ? new InlineSource(JSON.parse(data.textContent ?? "")) : new FetchedSource(view.urls);
    const base = new BaseMap(source, view).addTo(map);
    const served = source instanceof FetchedSource && !view.columns ? source : null;
    // Whatever the edition's size, the first picture is the service's; where there is no service, the rows are here.
    const engine = served ? nearest(view, served) : await loadRows(view, source);
    const selection = new Selection(engine, view.filter, view.limits);
    const opened = new Opened();
    mountNotice({ view, selection, opened }, part("stage"));
    const stage = new Stage(map, selection, view, base, source);
    const drawn = stage.ask();
    const terms = served ? served.terms() : /** @type {LocalEngine} */ (engine).rows.terms;
    const counted = selection.count();
    await drawn;
    // All that is made beside the map comes behind the first picture; a tab that nobody sees has none to wait for.
    if (!document.hidden) {
        await painted();
    }
    performance.mark("bearing:first-events");
    if (served) {
        selection.setTerms(await terms);
    } else {
        selection.nameTerms(await terms);
    }
    await counted;
    opened.isRegion = (code) => selection.region(code) !== null;
    const time = new TimeWindow(selection, selection.terms?.span ?? null);
    mountInterface({ view, source, selection, map, time, look, stage, opened });
    if (view.mode === "page" || view.mode === "embed") {
        keepAddress({ view, selection, map, look, opened }, () => standAtFirst(view, map));
    }
    if (served) {
        await stage.followAreas(served);
    } else {
        const areas = await source.areas(areasOf(/** @type {LocalEngine} */ (engine)));
        stage.setAreas(areas.features.flatMap((feature) => makeArea(feature) ?? []));
    }
    stage.draw();
    if (view.outlined) {
        await drawOutlined(view, map);
    }
    if (served) {
        await nameRegions(served, /** @type {NearestEngine} */ (engine).served, selection);
    }
    opened.read(fragment, sayRefused(fragment, opened));
    if (engine instanceof NearestEngine) {
        await engine.follow(selection, view.total);
    }
    await stage.complete();
    base.sharpen();
    // What has opened meanwhile may have made the map another size, which asks for others.
    await stage.areasCome;
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
 * @param {FetchedSource} source
 */
function nearest(view, source) {
    return new NearestEngine(new ServedEngine(source), (query) => loadRows(view, source, query), view.most);
}

/**
 * @param {View} view
 * @param {Source} source
 * @param {string} [query] the filter
 */
async function loadRows(view, source, query = "") {
    const rows = view.columns ? new Rows(readArrow(fromBase64(view.columns))) : await source.columns(query);
    return new LocalEngine(rows, view.taxonomy, source);
}

/** @param {App} app */
function mountInterface(app) {
    const { stage, view } = app;
    mountSwitches(app, wanted(view, "switches"));
    mountPanel(app, wanted(view, "panel"));
    mountTimebar(app, wanted(view, "timebar"));
    mountUnshown(app, part("unshown"));
    mountNewer(view, part("stage") ?? app.map.getContainer().closest("figure"));
    if (app.source instanceof FetchedSource) {
        const { source } = app;
        listen(() => source.look());
        mountRegions(app, source, wanted(view, "regions"));
    }
    mountChart(app, wanted(view, "chart"));
    mountLegend(app, wanted(view, "legend"));
    mountSearch(app, part("search"));
    mountEmbedBuilder(app, part("share"));
    mountLinks(app, document);
    mountSheets(app, wanted(view, "sheets"));
    moveSideways();
    mountPrinted(app, part("printed"));
    keepSizes();
    part("panel")?.addEventListener("closed", () => stage.mark(null));
    followSize(app, stage);
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
mountDrawnCharts(document);
const block = part("bearing-view");
const element = part("map");
if (block && element) {
    begin(JSON.parse(block.textContent ?? ""), element).catch((error) => {
        tell(element, error);
        throw error;
    });
}
