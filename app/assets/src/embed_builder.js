/**
 * The dialog in which a reader puts an embed together: size, start, controls, colours, and what follows new editions.
 *
 * Nothing is sent anywhere: what comes out is text to copy, and a link to what is seen now.
 */

import { writePosition } from "./address.js";
import { copy } from "./copying.js";
import { button, make } from "./elements.js";
import { CONTROLS, embedCode, THEMES } from "./embed_code.js";
import { Look } from "./look.js";

/**
 * @typedef {object} App
 * @property {import("./types.js").View} view
 * @property {import("./selection.js").Selection} selection
 * @property {import("leaflet").Map} map
 * @property {Look} look
 */

const WIDTH = { usual: 800, least: 240, most: 4000 };
const HEIGHT = { usual: 520, least: 240, most: 2000 };

/**
 * Gives the button its dialog.
 * @param {App} app
 * @param {HTMLElement | null} element the button
 */
export function mountEmbedBuilder(app, element) {
    if (!(element instanceof HTMLElement) || app.view.mode !== "page") {
        return;
    }
    const { dialog, show } = makeDialog(app);
    document.body.append(dialog);
    element.hidden = false;
    element.setAttribute("aria-haspopup", "dialog");
    element.addEventListener("click", (event) => {
        event.preventDefault();
        show();
        dialog.showModal();
    });
}

/** @param {App} app */
function makeDialog({ view, selection, map, look }) {
    const close = button("Close", { icon: "close", iconOnly: true, class: "button--bare" });
    const fill = choice("size", "Fill the page’s width", "As wide as its place, and two thirds as high.", true);
    const fixed = choice("size", "A fixed size", "In pixels, and no wider than its place.", false);
    const width = amount("width", WIDTH);
    const height = amount("height", HEIGHT);
    const sizes = make(
        "p",
        { class: "dialog__row" },
        ...[["width", "Width", width], ["height", "Height", height]].map(([name, word, field]) =>
            make("span", { class: "dialog__pair" }, make("label", { for: `embed-${name}` }, /** @type {string} */ (word)), /** @type {HTMLElement} */ (field)),
        ),
    );
    const here = choice("start", "As the map stands now", "", true);
    const fitted = choice("start", "All that is shown", "It fits what the filters let through.", false);
    const follow = choice("edition", "Follow updates", "Shows each new edition, with the date of its last change.", true);
    const pin = choice("edition", `Stay with edition ${view.edition}`, "What your readers see stays what you have seen, for as long as this edition is kept.", false);
    const controls = CONTROLS.map(([name, label, on]) => ({ name, ...choice("control", label, "", on, "checkbox") }));
    const theme = make("select", { class: "field", id: "embed-theme" }, ...THEMES.map(([value, label]) => make("option", { value }, label)));
    const title = make("input", { class: "field", type: "text", id: "embed-title", maxlength: "200", value: view.title, dir: "auto" });
    const code = make("textarea", { class: "dialog__code", readonly: true, id: "embed-code", spellcheck: "false" });
    const link = make("input", { class: "field", readonly: true, id: "embed-link", type: "text" });
    const said = make("span", { class: "note", role: "status" });
    // A saved map has its own edition: nobody chooses another for it.
    const chosenEdition = () => (!view.limits && pin.input.checked ? `edition=${encodeURIComponent(view.number)}` : "");
    const show = () => {
        sizes.hidden = !fixed.input.checked;
        const query = [selection.toOwnQuery(), chosenEdition()].filter(Boolean).join("&");
        code.value = embedCode({
            address: view.urls.embed,
            query,
            title: title.value.trim() || view.title || document.title,
            size: fixed.input.checked ? { width: read(width, WIDTH), height: read(height, HEIGHT) } : null,
            view: here.input.checked ? writePosition(map).slice(1) : "",
            look: writeLook(look, new Look(view.start)),
            controls: controls.filter(({ input }) => input.checked).map(({ name }) => name),
            theme: theme.value,
        });
        const address = new URL(view.urls.page, location.href);
        address.search = query;
        address.hash = location.hash;
        link.value = address.href;
        said.textContent = "";
    };
    const copyCode = button("Copy embed code", { icon: "copy", class: "button--main" });
    const copyLink = button("Copy link", { icon: "copy" });
    const dialog = make(
        "dialog",
        { class: "dialog dialog--wide", "aria-labelledby": "embed-heading" },
        make("div", { class: "dialog__head" }, make("h2", { id: "embed-heading" }, "Embed this map"), close),
        make(
            "div",
            { class: "dialog__body" },
            make("p", {}, "Filters and window go with it as they are now. The frame sets no cookie and asks no other host."),
            make(
                "div",
                { class: "dialog__columns" },
                make("fieldset", {}, make("legend", {}, "Size"), fill.element, fixed.element, sizes),
                make("fieldset", {}, make("legend", {}, "Where it begins"), here.element, fitted.element),
                make("fieldset", {}, make("legend", {}, "Beside the map"), ...controls.map(({ element }) => element)),
                view.limits ? null : make("fieldset", {}, make("legend", {}, "When the data changes"), follow.element, pin.element),
                make("div", { class: "dialog__field" }, make("label", { class: "dialog__label", for: "embed-theme" }, "Colours"), theme),
                make("div", { class: "dialog__field" }, make("label", { class: "dialog__label", for: "embed-title" }, "Title, which is read aloud"), title),
            ),
            make("div", {}, make("label", { class: "dialog__label", for: "embed-code" }, "Code for your page"), code),
            make("p", { class: "dialog__row" }, copyCode, said),
            make("div", {}, make("label", { class: "dialog__label", for: "embed-link" }, "Link to this view"), make("p", { class: "dialog__row" }, link, copyLink)),
            make("p", { class: "note" }, "Where oEmbed is understood, the link alone is enough."),
        ),
    );
    dialog.addEventListener("input", show);
    dialog.addEventListener("change", show);
    copyCode.addEventListener("click", () => copy(code, said, "The embed code is copied."));
    copyLink.addEventListener("click", () => copy(link, said, "The link is copied."));
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => {
        if (event.target === dialog) {
            dialog.close();
        }
    });
    return { dialog, show };
}

/**
 * What is filled and charted other than as it is where nothing is said.
 * @param {Look} look
 * @param {Look} usual
 */
function writeLook(look, usual) {
    const said = { regions: [look.regions, usual.regions], chart: [look.chart, usual.chart] };
    const other = Object.entries(said).filter(([, [now, before]]) => now !== before);
    return other.map(([name, [now]]) => `${name}=${now}`).join("&");
}

/**
 * @param {string} group
 * @param {string} text
 * @param {string} more
 * @param {boolean} checked
 * @param {"radio" | "checkbox"} [type]
 */
function choice(group, text, more, checked, type = "radio") {
    const input = make("input", { type, name: `embed-${group}`, checked });
    return { input, element: make("label", { class: "choice" }, input, make("span", {}, text, more ? make("small", {}, more) : null)) };
}

/**
 * @param {string} name
 * @param {{usual: number, least: number, most: number}} range
 */
function amount(name, { usual, least, most }) {
    return make("input", { class: "field number", type: "number", id: `embed-${name}`, min: least, max: most, step: 10, value: usual });
}

/**
 * @param {HTMLInputElement} field
 * @param {{usual: number, least: number, most: number}} range
 */
function read(field, { usual, least, most }) {
    return Math.max(least, Math.min(most, Math.round(Number(field.value)) || usual));
}
