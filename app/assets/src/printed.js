/**
 * What a printed map says of itself beside its edition: the filters in words, since switches are no use on paper.
 *
 * It is not seen on a screen.
 */

import { sayFilters } from "./words.js";

/**
 * Keeps the words in step with the selection.
 * @param {{view: import("./types.js").View, selection: import("./selection.js").Selection}} app
 * @param {HTMLElement | null} element
 */
export function mountPrinted({ view, selection }, element) {
    const say = () => {
        const said = sayFilters(selection, view).map(({ label }) => label);
        element?.replaceChildren(said.length ? `Only: ${said.join("; ")}.` : "All incidents.");
    };
    selection.addEventListener("counts", say);
    say();
}
