/**
 * What a printed map says of itself beside its edition: the filters in words, since switches are no use on paper.
 *
 * It is not seen on a screen.
 */

import { sayFilters } from "./words.js";

/** What is drawn for as many pixels as it has on the screen. */
const DRAWN = ".bearing, .timebar__chart, .chart__drawn";

/** Tells the style sheet how large each is, for no script runs between the screen and the paper. */
export function keepSizes() {
    const sizes = new ResizeObserver((entries) => {
        for (const { target } of entries) {
            const { clientWidth, clientHeight, parentElement } = target;
            // What is folded is not printed. As paper has it, it is scaled by these very sizes, and rounded.
            if (clientWidth && clientHeight && !matchMedia("print").matches) {
                parentElement?.style.setProperty("--wide", String(clientWidth));
                parentElement?.style.setProperty("--high", String(clientHeight));
            }
        }
    });
    document.querySelectorAll(DRAWN).forEach((element) => sizes.observe(element));
}

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
