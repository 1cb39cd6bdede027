/**
 * What is said in the middle of the map: that nothing matches and which filter did it, that data did not come, that
 * something is still being asked for, what of the address was left aside.
 *
 * The old picture stays beneath it.
 */

import { button, counted, make } from "./elements.js";
import { sayFilters } from "./words.js";

/** @typedef {{view: import("./types.js").View, selection: import("./selection.js").Selection, opened: import("./opened.js").Opened}} App */

/**
 * Puts notices onto the map.
 * @param {App} app
 * @param {HTMLElement | null} element
 */
export function mountNotice({ view, selection, opened }, element) {
    if (!element) {
        return;
    }
    const card = make("div", { class: "notice__card", role: "status" });
    const notice = make("div", { class: "notice" }, card);
    const progress = make("div", { class: "progress", role: "progressbar", "aria-label": "Loading" });
    notice.hidden = true;
    progress.hidden = true;
    element.append(progress, notice);
    /** @param {(Node | string)[]} children */
    const say = (...children) => {
        card.replaceChildren(...children);
        notice.hidden = children.length === 0;
    };
    // What did not come is not there because numbers came after it: it stands until something is asked anew.
    let failed = false;
    const show = () => {
        if (failed) {
            return;
        }
        if (selection.counts.shown > 0) {
            say();
            return;
        }
        if (selection.counts.total === 0) {
            say(make("h2", {}, "Nothing is published yet"), make("p", {}, "This edition holds no incidents."));
            return;
        }
        const set = sayFilters(selection, view);
        const ways = set
            .map((filter) => ({ ...filter, found: selection.counts.lifts.get(filter.name) ?? 0 }))
            .sort((a, b) => b.found - a.found);
        const single = ways.some(({ found }) => found > 0);
        const list = make("ul");
        for (const { label, act, lift, found } of ways.filter((way) => !single || way.found > 0)) {
            const way = make("button", { type: "button", class: "link" }, act ?? `Lift ${label}`);
            way.addEventListener("click", () => selection.set(lift));
            list.append(make("li", {}, way, single ? make("span", { class: "soft" }, `\u2002${counted(found, "record")}`) : ""));
        }
        const why = single ? "This would bring some back:" : "Lifting one of these alone brings nothing back:";
        /** @type {HTMLElement[]} */
        const children = [make("h2", {}, "Nothing matches these filters"), make("p", {}, why), list];
        if (!single || set.length > 2) {
            const all = button("Lift all filters");
            all.addEventListener("click", () => selection.clear());
            children.push(all);
        }
        say(...children);
    };
    selection.addEventListener("change", () => {
        failed = false;
    });
    selection.addEventListener("counts", show);
    opened.addEventListener("refused", (event) => {
        const refused = /** @type {CustomEvent<string[]>} */ (event).detail;
        const close = button("Close");
        close.addEventListener("click", () => say());
        const list = make("ul", {}, ...refused.map((sentence) => make("li", {}, sentence)));
        say(make("h2", {}, "Part of the address was left aside"), list, close);
    });
    selection.addEventListener("wait", () => {
        progress.hidden = !selection.waiting;
    });
    selection.addEventListener("failure", (event) => {
        failed = true;
        const error = /** @type {CustomEvent} */ (event).detail;
        const again = button("Try again");
        again.addEventListener("click", () => selection.again());
        say(make("h2", {}, "The answer did not come"), make("p", {}, error instanceof Error ? error.message : String(error)), again);
    });
}
