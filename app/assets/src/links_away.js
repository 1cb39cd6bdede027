/**
 * Links of an embed that its frame may not open: they show their address to copy instead.
 *
 * A frame that is allowed scripts and nothing else, as some publishing systems make it, opens no window, and no page
 * can know that before it tries.
 */

import { copy } from "./copying.js";
import { button, make, webAddress } from "./elements.js";

/** @param {import("./types.js").View} view */
export function mountLinksAway({ mode }) {
    // With an origin of its own a frame is in no sandbox, and its links open as they do anywhere.
    if (mode !== "embed" || self.origin !== "null") {
        return;
    }
    document.addEventListener("click", (event) => {
        const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
        if (!(link instanceof HTMLAnchorElement) || event.defaultPrevented || link.getAttribute("href")?.startsWith("#")) {
            return;
        }
        event.preventDefault();
        const address = webAddress(link.href);
        if (address && !open(address)) {
            show(address, link);
        }
    });
}

/**
 * Opens an address in a window that knows nothing of this one. Gives whether there is one.
 * @param {string} address
 */
function open(address) {
    const opened = window.open("about:blank", "_blank");
    if (!opened) {
        return false;
    }
    opened.opener = null;
    opened.location.href = address;
    return true;
}

/**
 * @param {string} address
 * @param {HTMLElement} link to which the focus goes back
 */
function show(address, link) {
    const close = button("Close", { icon: "close", iconOnly: true, class: "button--bare" });
    const field = make("input", { class: "field", readonly: true, type: "text", id: "away-address", value: address });
    const said = make("span", { class: "note", role: "status" });
    const copyIt = button("Copy address", { icon: "copy", class: "button--main" });
    const dialog = make(
        "dialog",
        { class: "dialog", "aria-labelledby": "away-heading" },
        make("div", { class: "dialog__head" }, make("h2", { id: "away-heading" }, "This page opens no links"), close),
        make(
            "div",
            { class: "dialog__body" },
            make("div", {}, make("label", { class: "dialog__label", for: "away-address" }, "Copy the address into a window of your own"), field),
            make("p", { class: "dialog__row" }, copyIt, said),
        ),
    );
    copyIt.addEventListener("click", () => copy(field, said, "The address is copied."));
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
        dialog.remove();
        link.focus({ preventScroll: true });
    });
    document.body.append(dialog);
    dialog.showModal();
    field.focus();
    field.select();
}
