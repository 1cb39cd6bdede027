/**
 * Whether answers came of an edition that is no longer the newest, as the service says beside each of them, or came no
 * more since the page's own was amended, and the line that tells readers so.
 *
 * Where all is there already nothing else may be asked for any more: then it asks, now and then, while the page is used.
 * A page that nobody uses learns nothing.
 */

import { button, make } from "./elements.js";

const HEADER = "Bearing-Newer-Edition";
/** A number, and nothing else that somebody between here and the service may have written. */
const NUMBER = /^[1-9]\d{0,8}$/;
/** How long a page that is used may go without an answer, in milliseconds. */
const UNHEARD_MS = 60_000;

/** Emits "newer" when `number` has become that of a later edition, or `amended` true. */
class News extends EventTarget {
    constructor() {
        super();
        this.number = 0;
        this.amended = false;
        /** When the last answer came, on the page's clock. */
        this.heardAt = performance.now();
    }

    /** Learns that what was taken back is still on this page. */
    amend() {
        if (!this.amended) {
            this.amended = true;
            this.dispatchEvent(new Event("newer"));
        }
    }

    /** @param {Response} response */
    read(response) {
        this.heardAt = performance.now();
        const text = response.headers.get(HEADER) ?? "";
        if (NUMBER.test(text) && Number(text) > this.number) {
            this.number = Number(text);
            this.dispatchEvent(new Event("newer"));
        }
    }
}

export const news = new News();

/**
 * Asks whenever the reader does something and no answer has come for a while.
 * @param {() => Promise<void>} ask
 */
export function listen(ask) {
    const look = () => {
        if (performance.now() - news.heardAt > UNHEARD_MS && !news.amended) {
            news.heardAt = performance.now();
            ask();
        }
    };
    for (const type of ["pointerdown", "keydown", "focus"]) {
        addEventListener(type, look, { capture: true, passive: true });
    }
}

/**
 * Says below the map what this page does not show yet: which edition is out by now, to readers who have not chosen
 * theirs by its number, and to everybody that theirs was amended. That alone is said in other people's pages.
 * @param {import("./types.js").View} view
 * @param {HTMLElement | null} element
 */
export function mountNewer(view, element) {
    const isFramed = view.mode === "embed";
    if (!element || (view.mode !== "page" && !isFramed)) {
        return;
    }
    const line = make("div", { class: "newer", role: "status" });
    line.hidden = true;
    element.append(line);
    const show = () => {
        const newer = view.urls.stays || isFramed ? 0 : news.number;
        if (!newer && !news.amended) {
            return;
        }
        const reload = button("Reload");
        reload.addEventListener("click", () => location.reload());
        const close = button("Close", { icon: "close", iconOnly: true, class: "button--bare" });
        close.addEventListener("click", () => (line.hidden = true));
        const said = [
            news.amended ? `This edition was amended: something on this ${isFramed ? "map" : "page"} may have been taken back` : "",
            newer ? `A newer edition (${newer}) is out` : "",
        ];
        line.hidden = false;
        line.replaceChildren(make("div", { class: "notice__card notice__line" }, make("p", {}, said.filter(Boolean).join(". ")), reload, close));
    };
    news.addEventListener("newer", show);
    show();
}
