/**
 * The map's colours, light and dark, and which of the two a page shows.
 *
 * Canvas cannot read style sheets, so the colours that the map draws with stand here; the page's own are in CSS.
 * Every family's colour has at least 3:1 against land, water and panel of its theme.
 */

/**
 * @typedef {object} Palette
 * @property {"light" | "dark"} name
 * @property {string} land
 * @property {string} water
 * @property {string} panel
 * @property {string} coast
 * @property {string} river
 * @property {string} border
 * @property {string} unitBorder
 * @property {string} label
 * @property {string} unitLabel
 * @property {string} halo behind labels
 * @property {string} ink
 * @property {string} edge around symbols
 * @property {string} hatch
 * @property {string} accent
 * @property {Record<string, string>} families
 */

/** @type {Record<"light" | "dark", Palette>} */
export const PALETTES = {
    light: {
        name: "light",
        land: "#F4F1EA",
        water: "#DCE6EE",
        panel: "#FFFFFF",
        coast: "#A9BAC6",
        river: "#BFD0DC",
        border: "#8F8A80",
        unitBorder: "#CFC8BA",
        label: "#55524B",
        unitLabel: "#7A756A",
        halo: "rgba(244, 241, 234, 0.85)",
        ink: "#1C2126",
        edge: "#FFFFFF",
        hatch: "#5A5F66",
        accent: "#134DF0",
        families: {
            air: "#D85705",
            ground: "#480519",
            people: "#260A3E",
            diplomacy: "#134DF0",
            sea: "#0F8F66",
            arms: "#544210",
            other: "#525C6D",
        },
    },
    dark: {
        name: "dark",
        land: "#23272B",
        water: "#14181C",
        panel: "#1B1F23",
        coast: "#48525B",
        river: "#2E3942",
        border: "#757D85",
        unitBorder: "#3B4248",
        label: "#A9B0B6",
        unitLabel: "#868E95",
        halo: "rgba(28, 32, 36, 0.85)",
        ink: "#E8E6E1",
        edge: "#14181C",
        hatch: "#A5ADB5",
        accent: "#7FB0EA",
        families: {
            air: "#E58143",
            ground: "#E23864",
            people: "#A554FE",
            diplomacy: "#649BDD",
            sea: "#CEFBF7",
            arms: "#FDDFA3",
            other: "#9AA8B4",
        },
    },
};

/** Whether the page is being printed: then no choice of colours counts. */
let onPaper = false;

/**
 * What the reader chose (`data-theme` of the page), or else what the system says; paper is light.
 * @returns {Palette}
 */
export function currentPalette() {
    if (onPaper) {
        return PALETTES.light;
    }
    const chosen = document.documentElement.dataset.theme;
    const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    return PALETTES[dark ? "dark" : "light"];
}

/**
 * Calls back whenever the page turns light or dark.
 * @param {(isPrinting: boolean) => void} changed isPrinting: whether what is drawn must be so when this returns, since
 *     no frame comes between the screen and the paper
 */
export function watchPalette(changed) {
    let shown = currentPalette();
    const look = (isPrinting = false) => {
        const palette = currentPalette();
        if (palette !== shown) {
            shown = palette;
            changed(isPrinting);
        }
    };
    /** @param {boolean} paper */
    const print = (paper) => {
        onPaper = paper;
        look(true);
    };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => look());
    new MutationObserver(() => look()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    window.addEventListener("beforeprint", () => print(true));
    window.addEventListener("afterprint", () => print(false));
}

/**
 * @param {Palette} palette
 * @param {string} family
 */
export function colourOf(palette, family) {
    return palette.families[family] ?? palette.families.other;
}
