/**
 * Taking the map elsewhere: the code of an embed, pinned to this edition or following updates, and a link to what
 * is seen now.
 *
 * Nothing is sent anywhere: the code is text that the reader copies.
 */

import { button, make } from "./elements.js";

/**
 * @typedef {object} App
 * @property {import("./types.js").View} view
 * @property {import("./selection.js").Selection} selection
 */

/**
 * Gives the button its dialog.
 * @param {App} app
 * @param {HTMLElement | null} element the button
 */
export function mountShare(app, element) {
    if (!(element instanceof HTMLElement) || app.view.mode !== "page") {
        return;
    }
    const dialog = makeDialog(app);
    document.body.append(dialog.element);
    element.hidden = false;
    element.setAttribute("aria-haspopup", "dialog");
    element.addEventListener("click", (event) => {
        event.preventDefault();
        dialog.show();
        dialog.element.showModal();
    });
}

/**
 * The code of an embed.
 *
 * The frame may run scripts and open links in new windows, and nothing else: it has no origin, so that neither
 * site can reach into the other.
 * @param {{address: string, title: string, height: number}} embed
 * @returns {string}
 */
export function embedCode({ address, title, height }) {
    return (
        `<iframe src="${escape(address)}" title="${escape(title)}" width="100%" height="${height}"` +
        ` sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox"` +
        ` loading="lazy" referrerpolicy="no-referrer" frameborder="0"></iframe>`
    );
}

/** @param {App} app */
function makeDialog({ view, selection }) {
    const heading = "share-heading";
    const close = button("Close", { icon: "close", iconOnly: true, class: "button--bare" });
    const follow = choice("edition", "follow", "Follow updates", "Shows each new edition, with the date of its last change.", true);
    const pin = choice("edition", "pin", `Stay with edition ${view.edition}`, "What your readers see stays what you have seen, for as long as this edition is kept.", false);
    const height = make("input", { class: "field", type: "number", min: "240", max: "2000", step: "20", value: "520", id: "share-height" });
    const code = make("textarea", { class: "dialog__code", readonly: true, id: "share-code", spellcheck: "false" });
    const link = make("input", { class: "field", readonly: true, id: "share-link", type: "text" });
    const said = make("span", { class: "note", role: "status" });
    const show = () => {
        const pinned = pin.input.checked;
        const query = [selection.toQuery(), pinned ? `edition=${encodeURIComponent(view.edition)}` : ""].filter(Boolean).join("&");
        const hash = location.hash.startsWith("#") ? location.hash : "";
        const tall = Math.max(240, Math.min(2000, Math.round(Number(height.value)) || 520));
        code.value = embedCode({ address: absolute(view.urls.embed, query, hash), title: view.title || document.title, height: tall });
        link.value = absolute(view.urls.page, query, hash);
    };
    for (const input of [follow.input, pin.input, height]) {
        input.addEventListener("input", show);
    }
    const copyCode = button("Copy embed code", { icon: "copy", class: "button--main" });
    const copyLink = button("Copy link", { icon: "copy" });
    copyCode.addEventListener("click", () => copy(code, said, "The embed code is copied."));
    copyLink.addEventListener("click", () => copy(link, said, "The link is copied."));
    close.addEventListener("click", () => element.close());
    const element = make(
        "dialog",
        { class: "dialog", "aria-labelledby": heading },
        make("div", { class: "dialog__head" }, make("h2", { id: heading }, "Embed this map"), close),
        make(
            "div",
            { class: "dialog__body" },
            make("p", {}, "Filters, window and view go with it as they are now. The frame sets no cookie and asks no other host."),
            make("fieldset", {}, make("legend", {}, "When the data changes"), follow.element, pin.element),
            make("p", { class: "dialog__row" }, make("label", { class: "dialog__label", for: "share-height" }, "Height in pixels"), height),
            make("div", {}, make("label", { class: "dialog__label", for: "share-code" }, "Code for your page"), code),
            make("p", { class: "dialog__row" }, copyCode, said),
            make("div", {}, make("label", { class: "dialog__label", for: "share-link" }, "Link to this view"), make("p", { class: "dialog__row" }, link, copyLink)),
        ),
    );
    element.addEventListener("click", (event) => {
        if (event.target === element) {
            element.close();
        }
    });
    element.addEventListener("close", () => {
        said.textContent = "";
    });
    return { element, show };
}

/**
 * @param {string} name
 * @param {string} value
 * @param {string} text
 * @param {string} more
 * @param {boolean} checked
 */
function choice(name, value, text, more, checked) {
    const input = make("input", { type: "radio", name: `share-${name}`, value, checked });
    return { input, element: make("label", { class: "choice" }, input, make("span", {}, text, make("small", {}, more))) };
}

/**
 * @param {string} base
 * @param {string} query
 * @param {string} hash
 */
function absolute(base, query, hash) {
    const url = new URL(base, location.href);
    url.search = query;
    url.hash = hash;
    return url.href;
}

/**
 * @param {HTMLInputElement | HTMLTextAreaElement} field
 * @param {HTMLElement} said
 * @param {string} done
 */
async function copy(field, said, done) {
    field.select();
    try {
        await navigator.clipboard.writeText(field.value);
        said.textContent = done;
    } catch {
        // Without a secure address there is no clipboard to write to; the text is selected for the reader's own keys.
        said.textContent = document.execCommand("copy") ? done : "It is selected: copy it with your keyboard.";
    }
}

/** @param {string} text */
function escape(text) {
    return text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
