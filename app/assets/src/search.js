/**
 * The search field: every word must occur, in any order, in any of an incident's texts.
 *
 * It finds nothing itself: the words become the selection's, and whoever holds the texts answers. Without script
 * the same form asks the table.
 */

/** @typedef {{selection: import("./selection.js").Selection}} App */

const PAUSE_MS = 250;

/**
 * @param {App} app
 * @param {HTMLElement | null} element the form
 */
export function mountSearch({ selection }, element) {
    // Before it stand hidden ones, which keep the page's filter where there is no script.
    const field = element?.querySelector("input[name=q]");
    if (!(element instanceof HTMLFormElement) || !(field instanceof HTMLInputElement)) {
        return;
    }
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let pause;
    const ask = () => {
        clearTimeout(pause);
        const words = field.value.trim().replace(/\s+/gu, " ") || null;
        if (words !== selection.state.words) {
            selection.set({ words });
        }
    };
    field.addEventListener("input", () => {
        clearTimeout(pause);
        pause = setTimeout(ask, PAUSE_MS);
    });
    field.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && field.value) {
            field.value = "";
            ask();
            event.preventDefault();
            event.stopPropagation();
        }
    });
    element.addEventListener("submit", (event) => {
        event.preventDefault();
        ask();
    });
    const show = () => {
        if (document.activeElement !== field) {
            field.value = selection.state.words ?? "";
        }
    };
    const wait = () => element.setAttribute("aria-busy", String(selection.waiting));
    selection.addEventListener("change", show);
    selection.addEventListener("wait", wait);
    show();
}
