/**
 * The elements that the time bar is made of. They do nothing by themselves.
 */

import { button, draw, make } from "./elements.js";

/** @typedef {"day" | "month" | "year"} BarUnit */

/** @type {[BarUnit, string][]} */
const UNITS = [
    ["day", "Day"],
    ["month", "Month"],
    ["year", "Year"],
];

/** What to do: step, play, and by which unit. */
export function makeTools() {
    const back = button("One step back", { icon: "back", iconOnly: true });
    const play = button("Play", { icon: "play", iconOnly: true });
    const forward = button("One step forward", { icon: "forward", iconOnly: true });
    const segments = make("div", { class: "segments", role: "radiogroup", "aria-label": "Bars and steps by" });
    /** @type {[BarUnit, HTMLInputElement][]} */
    const units = UNITS.map(([unit, label]) => {
        const radio = make("input", { type: "radio", name: "bearing-unit", value: unit });
        segments.append(make("label", {}, radio, label));
        return [unit, radio];
    });
    const element = make("div", { class: "timebar__tools" }, make("div", { class: "timebar__row" }, back, play, forward), segments);
    return { element, back, play, forward, units };
}

/** The bars, the window over them with its two handles, and the axis. */
export function makeChart() {
    const solid = draw("path", { class: "timebar__solid" });
    const light = draw("path", { class: "timebar__light" });
    const patterns = draw("path", { class: "timebar__patterns" });
    const picture = draw("svg", { "aria-hidden": "true", focusable: "false" }, light, solid, patterns);
    const most = make("span", { class: "timebar__most", "aria-hidden": "true" });
    const before = make("div", { class: "timebar__shade" });
    const after = make("div", { class: "timebar__shade" });
    const window = make("div", { class: "timebar__window" });
    const start = makeHandle("start", "Window begins");
    const end = makeHandle("end", "Window ends");
    const plot = make("div", { class: "timebar__plot" }, picture, most, before, after, window, start, end);
    const axis = make("div", { class: "timebar__axis", "aria-hidden": "true" });
    const earlier = button("Earlier", { icon: "back", iconOnly: true, class: "timebar__page timebar__page--earlier" });
    const later = button("Later", { icon: "forward", iconOnly: true, class: "timebar__page timebar__page--later" });
    const element = make("div", { class: "timebar__chart" }, plot, axis, earlier, later);
    return { element, plot, solid, light, patterns, most, before, after, window, start, end, axis, earlier, later };
}

/** How many are shown, what lies beside the filter, the window in words, and the undated ones. */
export function makeSaid() {
    const shown = make("p", { class: "timebar__shown", role: "status" });
    const unshown = make("p", { class: "timebar__unshown", hidden: true });
    const beside = make("p", { class: "timebar__beside" });
    const sorts = make("span");
    const placeless = make("button", { type: "button", class: "link" });
    const what = make("p", { class: "timebar__what" }, sorts, placeless);
    const when = make("span");
    const all = make("button", { type: "button", class: "link" }, "All time");
    const undated = make("input", { type: "checkbox", name: "undated" });
    const undatedLabel = make("span");
    const undatedSwitch = make("label", { class: "tick" }, undated, undatedLabel);
    const choice = make("p", { class: "timebar__when" }, when, all, undatedSwitch);
    const element = make("div", { class: "timebar__said" }, shown, unshown, beside, what, choice);
    return { element, shown, unshown, beside, sorts, placeless, when, all, undated, undatedLabel, undatedSwitch };
}

/**
 * @param {"start" | "end"} edge
 * @param {string} label
 */
function makeHandle(edge, label) {
    return make("div", {
        class: `timebar__handle timebar__handle--${edge}`,
        role: "slider",
        tabindex: "0",
        "aria-label": label,
        "data-edge": edge,
    });
}
