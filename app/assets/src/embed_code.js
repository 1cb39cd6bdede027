/**
 * The code of an embed: text that a reader pastes into a page of theirs.
 *
 * The frame may run scripts and open links in new windows, and nothing else: it has no origin, so that neither site
 * can reach into the other. What the address says is checked by the service, which names what it does not understand.
 */

/**
 * @typedef {object} EmbedForm
 * @property {string} address of the embed, without a query
 * @property {string} query of the filter and the edition; "" for none
 * @property {string} title of the frame, which is read aloud
 * @property {{width: number, height: number} | null} size in pixels; null fills the page's width
 * @property {string} view zoom/latitude/longitude to begin at; "" fits what is shown
 * @property {string} look what is filled and charted, where that is not as usual, such as "regions=rate"; "" for nothing
 * @property {string[]} controls
 * @property {string} theme
 */

/** What there is beside the map, and what is there where the address says nothing. The names are the service's. */
export const CONTROLS = /** @type {const} */ ([
    ["time", "Time bar", true],
    ["legend", "Legend", true],
    ["zoom", "Zoom buttons", true],
    ["filters", "Filters", false],
]);
export const THEMES = /** @type {const} */ ([
    ["auto", "As the reader’s system"],
    ["light", "Light"],
    ["dark", "Dark"],
]);
const SANDBOX = "allow-scripts allow-popups allow-popups-to-escape-sandbox";
/** Of a frame that fills the width: three parts wide to two high, and never lower than this. */
const RATIO = "3 / 2";
const LEAST_HEIGHT = 360;
/** Where a publishing system keeps attributes and strips styles. */
const USUAL_HEIGHT = 520;

/** @param {EmbedForm} form */
export function embedAddress({ address, query, view, look, controls, theme }) {
    const usual = CONTROLS.filter(([, , on]) => on).map(([name]) => name);
    const more = [
        view && `view=${view}`,
        look,
        controls.join() === usual.join() ? "" : `controls=${controls.join() || "none"}`,
        theme === THEMES[0][0] ? "" : `theme=${theme}`,
    ];
    const asked = [query, ...more].filter(Boolean).join("&");
    return asked ? `${address}?${asked}` : address;
}

/**
 * @param {EmbedForm} form
 * @returns {string}
 */
export function embedCode(form) {
    const { size, title } = form;
    const rest =
        ` title="${escape(title)}" width="${size?.width ?? "100%"}" height="${size?.height ?? USUAL_HEIGHT}" sandbox="${SANDBOX}"` +
        ` loading="lazy" referrerpolicy="no-referrer"`;
    const source = escape(embedAddress(form));
    if (size) {
        return `<iframe src="${source}"${rest} style="border:0;max-width:100%"></iframe>`;
    }
    return (
        `<div style="position:relative;aspect-ratio:${RATIO};min-height:${LEAST_HEIGHT}px">` +
        `<iframe src="${source}"${rest} style="position:absolute;inset:0;width:100%;height:100%;border:0"></iframe></div>`
    );
}

/** @param {string} text */
function escape(text) {
    return text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
