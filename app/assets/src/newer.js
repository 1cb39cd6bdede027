/**
 * Whether answers came of an edition that is no longer the newest, as the service says beside each of them, and the
 * line that tells readers so.
 *
 * It asks for nothing: a page that nobody uses learns nothing.
 */

import { button, make } from "./elements.js";

const HEADER = "Bearing-Newer-Edition";
/** A number, and nothing else that somebody between here and the service may have written. */
const NUMBER = /^[1-9]\d{0,8}$/;

/** Emits "newer" when `number` has become that of a later edition. */
class News extends EventTarget {
    constructor() {
        super();
        this.number = 0;
    }

    /** @param {Response} response */
    read(response) {
        const text = response.headers.get(HEADER) ?? "";
        if (NUMBER.test(text) && Number(text) > this.number) {
            this.number = Number(text);
            this.dispatchEvent(new Event("newer"));
        }
    }
}

export const news = new News();

/**
 * Says below the map which edition is out by now, to readers who have not chosen theirs by its number.
 * @param {import("./types.js").View} view
 * @param {HTMLElement | null} element
 */
export function mountNewer(view, element) {
    if (!element || view.mode !== "page" || view.urls.stays) {
        return;
    }
    const line = make("div", { class: "newer", role: "status" });
    line.hidden = true;
    element.append(line);
    const show = () => {
        if (!news.number) {
            return;
        }
        const reload = button("Reload");
        reload.addEventListener("click", () => location.reload());
        const close = button("Close", { icon: "close", iconOnly: true, class: "button--bare" });
        close.addEventListener("click", () => (line.hidden = true));
        line.hidden = false;
        line.replaceChildren(make("div", { class: "notice__card notice__line" }, make("p", {}, `A newer edition (${news.number}) is out`), reload, close));
    };
    news.addEventListener("newer", show);
    show();
}
