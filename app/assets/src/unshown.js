/**
 * Says how many records may be counted and are shown nowhere, beside how many are shown.
 *
 * They are in no row, so that the service alone can count them: by region, month and kind.
 */

import { make } from "./elements.js";
import { FetchedSource } from "./fetched_source.js";
import { Latest } from "./latest.js";

/**
 * @typedef {object} App
 * @property {import("./types.js").View} view
 * @property {import("./source.js").Source} source
 * @property {import("./selection.js").Selection} selection
 */

/**
 * Keeps the words in step with the numbers. A map without the service tells of the edition as a whole.
 * @param {App} app
 * @param {HTMLElement | null} element
 */
export function mountUnshown({ view, source, selection }, element) {
    if (!element) {
        return;
    }
    /** @param {string} words */
    const put = (words) => {
        const away = view.mode === "page" ? {} : { target: "_blank", rel: "noopener" };
        const said = view.urls.counted ? make("a", { href: view.urls.counted, ...away }, words) : words;
        if (element.textContent !== words) {
            element.replaceChildren(said);
        }
        element.hidden = !words;
    };
    if (!view.unshown || !(source instanceof FetchedSource)) {
        put(view.unshown);
        return;
    }
    /** @type {Latest<{words: string}>} */
    const asking = new Latest();
    const follow = async () => {
        const { state } = selection;
        const ask = () => source.answer("unshown.json", selection.toQuery());
        // Where the answer does not come, what holds whatever is chosen stands there.
        const found = await asking.ask(ask).catch(() => ({ words: view.unshown }));
        if (found && state === selection.state) {
            put(found.words);
        }
    };
    selection.addEventListener("counts", follow);
    follow();
}
