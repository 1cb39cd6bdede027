/**
 * On a narrow screen the switches and the panel are sheets that come from below; on a wide one nothing changes.
 *
 * It moves nothing in the document, so that reading order stays: the style sheet places, this opens and closes.
 */

import { button } from "./elements.js";
import { sayFilters } from "./words.js";

/** @typedef {{view: import("./types.js").View, selection: import("./selection.js").Selection}} App */

/** The same width as in the style sheet. */
const NARROW = "(max-width: 760px), (max-height: 480px)";

/**
 * Gives a narrow screen its buttons.
 * @param {App} app
 * @param {HTMLElement | null} element where the buttons stand, on the map
 */
export function mountSheets({ view, selection }, element) {
    const switches = document.getElementById("switches");
    const panel = document.getElementById("panel");
    if (!element || !switches) {
        return;
    }
    const narrow = matchMedia(NARROW);
    const toggle = button("Filters", { icon: "filters" });
    toggle.setAttribute("aria-controls", "switches");
    const done = button("Show on the map", { class: "button--main sheet__done" });
    switches.append(done);
    const isOpen = () => switches.classList.contains("sheet--open");
    /**
     * @param {boolean} open
     * @param {boolean} [moves] whether the reader's focus goes along
     */
    const fold = (open, moves = true) => {
        switches.classList.toggle("sheet--open", open);
        toggle.setAttribute("aria-expanded", String(open));
        if (moves && narrow.matches) {
            const to = open ? switches.querySelector("button, input") : toggle;
            if (to instanceof HTMLElement) {
                to.focus({ preventScroll: true });
            }
        }
    };
    toggle.addEventListener("click", () => fold(!isOpen()));
    done.addEventListener("click", () => fold(false));
    switches.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && isOpen()) {
            event.stopPropagation();
            fold(false);
        }
    });
    panel?.addEventListener("opened", () => fold(false, false));
    const show = () => {
        // What is searched for stands beside the button.
        const set = sayFilters(selection, view).filter(({ name }) => name !== "q").length;
        toggle.lastChild?.replaceWith(set ? `Filters (${set})` : "Filters");
    };
    selection.addEventListener("change", show);
    element.append(toggle);
    element.hidden = false;
    fold(false, false);
    show();
}
