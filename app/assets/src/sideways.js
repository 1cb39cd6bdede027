/**
 * Lines that go on behind the edge of a small screen: a mouse's wheel moves them sideways, as a finger does.
 *
 * Which lines go on is the style sheet's: see css/small.css.
 */

const LINES = ".timebar__said, .timebar__tools, .chart__head, .masthead__links";

/** Lets the wheel move whichever line it turns over. */
export function moveSideways() {
    document.addEventListener(
        "wheel",
        (event) => {
            const line = event.target instanceof Element ? event.target.closest(LINES) : null;
            // What scrolls within a line, such as the chart's table, has the wheel for itself.
            const inner = event.target instanceof Element && event.target.closest(".chart__scroll, select");
            if (line && !inner && !event.ctrlKey && !event.deltaX) {
                line.scrollLeft += event.deltaY;
            }
        },
        { passive: true },
    );
}
