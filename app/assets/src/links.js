/**
 * Links that go with the selection: the table, the data, the feed and the whole map show what is shown here.
 */

/** @typedef {{selection: import("./selection.js").Selection}} App */

/**
 * Keeps the filter in every link that is marked with `data-follows`: all of it, or for `own` what the limits of a saved
 * map leave to the reader; what else it asks for, such as an edition, stays.
 * @param {App} app
 * @param {Document} page
 */
export function mountLinks({ selection }, page) {
    const links = /** @type {NodeListOf<HTMLAnchorElement | HTMLLinkElement>} */ (page.querySelectorAll("[data-follows]"));
    if (!links.length) {
        return;
    }
    const show = () => {
        for (const link of links) {
            // What such a link offers follows, not the page that it leads to without script.
            const { download } = link.dataset;
            const url = new URL(download ?? link.href, page.baseURI);
            const edition = url.searchParams.get("edition");
            const own = link.dataset.follows === "own" ? selection.toOwnQuery() : selection.toQuery();
            const query = [own, edition ? `edition=${encodeURIComponent(edition)}` : ""];
            url.search = query.filter(Boolean).join("&");
            if (download === undefined) {
                link.href = url.href;
            } else {
                link.dataset.download = url.pathname + url.search;
            }
        }
    };
    selection.addEventListener("change", show);
    show();
}
