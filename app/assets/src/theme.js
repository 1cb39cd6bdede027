/**
 * Light and dark: the system's choice until the reader makes another, which then stays in this browser.
 *
 * It names no colour: the style sheet and the map's palette follow `data-theme` on the page.
 */

import { icon } from "./elements.js";

const KEPT_AS = "bearing-theme";

/** Sets the page to what the reader chose earlier. Safe where nothing may be kept. */
export function restoreTheme() {
    const chosen = kept();
    if (chosen === "dark" || chosen === "light") {
        document.documentElement.dataset.theme = chosen;
    }
}

/**
 * Gives the button something to do.
 * @param {unknown} _app
 * @param {HTMLElement | null} element
 */
export function mountTheme(_app, element) {
    // Where nobody can choose, as in an embed, nothing was kept.
    if (!(element instanceof HTMLButtonElement)) {
        return;
    }
    restoreTheme();
    const system = matchMedia("(prefers-color-scheme: dark)");
    const isDark = () => (document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
    const show = () => {
        const label = isDark() ? "Light colours" : "Dark colours";
        element.setAttribute("aria-label", label);
        element.setAttribute("title", label);
        element.replaceChildren(icon(isDark() ? "sun" : "moon"));
    };
    element.addEventListener("click", () => {
        const wanted = isDark() ? "light" : "dark";
        if ((wanted === "dark") === system.matches) {
            delete document.documentElement.dataset.theme;
        } else {
            document.documentElement.dataset.theme = wanted;
        }
        keep(document.documentElement.dataset.theme ?? null);
        show();
    });
    system.addEventListener("change", show);
    element.hidden = false;
    show();
}

/** @returns {string | null} */
function kept() {
    try {
        return localStorage.getItem(KEPT_AS);
    } catch {
        return null;
    }
}

/** @param {string | null} theme */
function keep(theme) {
    try {
        if (theme) {
            localStorage.setItem(KEPT_AS, theme);
        } else {
            localStorage.removeItem(KEPT_AS);
        }
    } catch {
        // A page without storage keeps the choice for as long as it is open.
    }
}
