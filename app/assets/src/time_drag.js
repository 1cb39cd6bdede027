/**
 * Sets the window in time by dragging and clicking over bars: an edge, the window, or a new one where there is none.
 *
 * It draws nothing.
 */

/** @typedef {import("./time_window.js").TimeWindow} TimeWindow */

/**
 * @typedef {object} Plot where the bars stand
 * @property {HTMLElement} element
 * @property {Element | null} frame the window over the bars
 * @property {() => {start: number, end: number}[]} bars their days, from left to right over the whole width
 */

/**
 * The bar at a point of the screen.
 * @param {Plot} plot
 * @param {number} clientX
 */
export function barAt({ element, bars }, clientX) {
    const { left, width } = element.getBoundingClientRect();
    const count = bars().length;
    return Math.max(0, Math.min(count - 1, Math.floor(((clientX - left) / Math.max(1, width)) * count)));
}

/**
 * The last of the bars that begins on a day or before it.
 * @param {{start: number}[]} bars
 * @param {number} day
 */
export function indexOf(bars, day) {
    let low = 0;
    let high = Math.max(0, bars.length - 1);
    while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (bars[middle].start <= day) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

/**
 * Lets a plot be dragged and clicked.
 * @param {Plot} plot
 * @param {TimeWindow} time
 */
export function letDrag(plot, time) {
    plot.element.addEventListener("pointerdown", (event) => {
        if (event.button === 0 && plot.bars().length && event.target instanceof Element) {
            time.stop();
            event.preventDefault();
            follow(plot, time, event, event.target);
        }
    });
}

/**
 * @param {Plot} plot
 * @param {TimeWindow} time
 * @param {PointerEvent} event
 * @param {Element} target
 */
function follow(plot, time, event, target) {
    const { element, bars } = plot;
    const handle = target.closest("[data-edge]");
    const edge = handle?.getAttribute("data-edge");
    if (handle instanceof HTMLElement) {
        handle.focus({ preventScroll: true });
    }
    const grabbed = barAt(plot, event.clientX);
    const { start, end } = time.edges();
    const moving = !edge && target === plot.frame;
    const first = indexOf(bars(), start);
    const last = indexOf(bars(), end);
    let moved = false;
    /** @param {PointerEvent} now */
    const drag = (now) => {
        const at = barAt(plot, now.clientX);
        moved ||= Math.abs(now.clientX - event.clientX) > 3;
        if (!moved && (moving || edge)) {
            return;
        }
        if (edge === "start") {
            time.setEdge("start", bars()[at].start);
        } else if (edge === "end") {
            time.setEdge("end", bars()[at].end);
        } else if (moving) {
            // Beyond the bars nobody can tell how far it was moved.
            const most = bars().length - 1 - (last - first);
            const shift = Math.max(0, Math.min(most, first + at - grabbed)) - indexOf(bars(), time.edges().start);
            if (shift) {
                time.step(shift);
            }
        } else {
            const [from, to] = at < grabbed ? [at, grabbed] : [grabbed, at];
            time.set(bars()[from].start, bars()[to].end);
        }
    };
    const drop = () => {
        element.removeEventListener("pointermove", drag);
        element.removeEventListener("pointerup", release);
        element.removeEventListener("pointercancel", drop);
    };
    /** @param {PointerEvent} now */
    const release = (now) => {
        drop();
        // A click takes the bar under it; on the window itself only when there are several in it.
        if (!moved && !edge && (!moving || last > first)) {
            const at = bars()[barAt(plot, now.clientX)];
            time.set(at.start, at.end);
        }
    };
    element.setPointerCapture(event.pointerId);
    element.addEventListener("pointermove", drag);
    element.addEventListener("pointerup", release);
    element.addEventListener("pointercancel", drop);
}
