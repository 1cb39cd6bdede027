/**
 * Downloading what is chosen: the formats with the size of each, how many records, and what is counted and not there.
 *
 * Without it the link leads to a page that says the same.
 */

import { button, make } from "./elements.js";

/**
 * @typedef {object} File
 * @property {string} suffix
 * @property {string} name
 * @property {string} says
 * @property {string} size
 * @property {string} href
 * @property {string[]} options
 * @property {boolean} fits
 *
 * @typedef {object} Offer
 * @property {string} edition
 * @property {string} published
 * @property {number} records
 * @property {number} of
 * @property {number} incidents
 * @property {number} patterns
 * @property {{in_edition: number, matching: number | null}} not_shown
 * @property {File[]} files
 * @property {string} licence
 * @property {string[]} attribution
 * @property {string} citation
 * @property {string} disclaimer
 */

/**
 * Lets every link that names the page of what it offers, in `data-download`, open a dialog instead.
 * @param {Document} page
 */
export function mountDownload(page) {
    for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (page.querySelectorAll("a[data-download]"))) {
        link.setAttribute("aria-haspopup", "dialog");
        link.addEventListener("click", (event) => {
            if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
                event.preventDefault();
                open(link).catch(() => location.assign(link.dataset.download ?? link.href));
            }
        });
    }
}

/** @param {HTMLAnchorElement} link */
async function open(link) {
    const page = link.dataset.download ?? "";
    const response = await fetch(`/download.json${new URL(page, document.baseURI).search}`);
    if (!response.ok) {
        throw new Error(`${response.status}`);
    }
    const dialog = makeDialog(await response.json(), page);
    document.body.append(dialog);
    dialog.addEventListener("close", () => {
        dialog.remove();
        link.focus();
    });
    dialog.showModal();
}

/**
 * @param {Offer} offer
 * @param {string} page
 */
function makeDialog(offer, page) {
    const close = button("Close", { icon: "close", iconOnly: true, class: "button--bare" });
    const go = make("a", { class: "button button--main", download: true });
    const hxl = make("input", { type: "checkbox" });
    const hashtags = make("label", { class: "choice" }, hxl, make("span", {}, "With HXL hashtags", make("small", {}, "A row of them under the header.")));
    const usable = offer.files.filter((file) => file.fits);
    let chosen = usable.find((file) => file.suffix === "csv") ?? usable[0];
    const show = () => {
        hashtags.hidden = !chosen.options.includes("hxl");
        const query = hxl.checked && !hashtags.hidden ? `${chosen.href.includes("?") ? "&" : "?"}hxl=1` : "";
        go.href = chosen.href + query;
        go.textContent = `Download ${chosen.name}, ${chosen.size}`;
    };
    const choices = offer.files.map((file) => {
        const input = make("input", { type: "radio", name: "download-format", value: file.suffix, checked: file === chosen, disabled: !file.fits });
        input.addEventListener("input", () => {
            chosen = file;
            show();
        });
        const size = file.fits ? file.size : "too many records for this format";
        const words = make("span", {}, make("span", { class: "offers__name" }, file.name), " ", make("span", { class: "soft" }, size), make("small", {}, file.says));
        return make("label", { class: "choice" }, input, words);
    });
    hxl.addEventListener("input", show);
    show();
    const dialog = make(
        "dialog",
        { class: "dialog", "aria-labelledby": "download-heading" },
        make("div", { class: "dialog__head" }, make("h2", { id: "download-heading" }, "Download"), close),
        make(
            "div",
            { class: "dialog__body" },
            make("p", {}, sayCounts(offer)),
            sayNotShown(offer),
            make("fieldset", {}, make("legend", {}, "Format"), ...choices),
            hashtags,
            make("p", { class: "dialog__row" }, go, ...["png", "svg"].map((suffix) => make("a", { href: pictureOf(page, suffix) }, `Picture, ${suffix.toUpperCase()}`)), make("a", { href: `${page}#tools` }, "In QGIS, GDAL or Python"), make("a", { href: page }, "Columns and more"), make("a", { href: "/data" }, "All editions")),
            make("p", { class: "note", dir: "auto" }, [offer.licence, ...offer.attribution].join(". To be named as: ")),
            make("p", { class: "note", dir: "auto" }, `To cite: ${offer.citation}`),
            make("p", { class: "note" }, offer.disclaimer),
        ),
    );
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => {
        if (event.target === dialog) {
            dialog.close();
        }
    });
    return dialog;
}

/**
 * The address of the map as a still picture: of the same choice, where the map stands, with what it fills and charts.
 * @param {string} page
 * @param {string} suffix
 */
function pictureOf(page, suffix) {
    const asked = new URL(page, document.baseURI).searchParams;
    for (const part of location.hash.slice(1).split("&")) {
        const [name, value] = part.split("=");
        if (/^[\d.]+\/-?[\d.]+\/-?[\d.]+$/.test(part)) {
            asked.set("view", part);
        } else if ((name === "regions" || name === "chart") && value) {
            asked.set(name, value);
        }
    }
    return `/map.${suffix}${asked.size ? `?${asked}` : ""}`;
}

/** @param {Offer} offer */
function sayCounts(offer) {
    const of = offer.records === offer.of ? "" : ` of ${number(offer.of)}`;
    const patterns = offer.patterns ? ` and ${counted(offer.patterns, "pattern")}, which stand for an unknown number each` : "";
    return (
        `${number(offer.records)}${of} ${offer.of === 1 ? "record" : "records"}: ${counted(offer.incidents, "incident")}${patterns}. ` +
        `Edition ${offer.edition}, published ${offer.published}.`
    );
}

/** @param {Offer} offer */
function sayNotShown({ not_shown: { in_edition: all, matching } }) {
    if (!all) {
        return null;
    }
    const told =
        matching === null
            ? `${counted(all, "further record")} of the edition: counted but not shown; how many of them this choice would find cannot be told.`
            : `${counted(matching, "further record")}: counted but not shown.`;
    return make("p", {}, `${told} Their terms allow numbers only; they are in no file.`);
}

/** @param {number} value */
const number = (value) => value.toLocaleString("en-GB");

/**
 * @param {number} count
 * @param {string} one
 */
const counted = (count, one) => `${number(count)} ${one}${count === 1 ? "" : "s"}`;
