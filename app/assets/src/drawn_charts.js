/**
 * Says of the charts that the service draws that they are being drawn, and when they did not come.
 *
 * Without it a frame stands empty until then, as a server's first chart takes it seconds.
 */

import { button, make } from "./elements.js";
import { watchPalette } from "./palette.js";
import { PATIENCE_MS } from "./selection.js";

/** @param {ParentNode} page */
export function mountDrawnCharts(page) {
    page.querySelectorAll(".chart__figure").forEach(follow);
}

/** @param {Element} figure with a picture for each theme, of which one shows */
function follow(figure) {
    const pictures = [...figure.querySelectorAll("img")];
    const said = make("span", { role: "status" });
    const again = button("Try again");
    const progress = make("div", { class: "progress", "aria-hidden": "true" });
    const note = make("p", { class: "note chart__waiting" }, said, again);
    let isSeen = false;
    let late = 0;
    /** @param {string} words @param {boolean} failed */
    const say = (words, failed = false) => {
        said.textContent = words;
        again.hidden = !failed;
        progress.hidden = !words || failed;
        note.classList.toggle("chart__waiting--failed", failed);
    };
    const shown = () => pictures.find((picture) => picture.checkVisibility());
    const look = () => {
        const picture = shown();
        clearTimeout(late);
        if (picture?.complete) {
            const failed = picture.naturalWidth === 0;
            say(failed ? "The chart did not come. The figures below say the same." : "", failed);
        } else if (isSeen && picture) {
            late = window.setTimeout(() => say("The chart is being drawn."), PATIENCE_MS);
        }
    };
    say("");
    figure.append(progress, note);
    for (const picture of pictures) {
        picture.addEventListener("load", look);
        picture.addEventListener("error", look);
    }
    again.addEventListener("click", () => {
        const picture = shown();
        if (picture) {
            // Set anew, an address that failed is asked for again.
            picture.src = picture.getAttribute("src") ?? "";
            say("The chart is being drawn.");
        }
    });
    watchPalette(look);
    // A picture far below is not asked for yet.
    new IntersectionObserver((entries) => {
        isSeen = entries.some(({ isIntersecting }) => isIntersecting);
        look();
    }).observe(figure);
}
