/**
 * The panel beside the map: the incident that was picked, or a paged list when several stand in one place.
 *
 * It selects nothing. Details are asked for as they are needed, and an answer that comes late is dropped.
 */

import { contradictionsOf, factsOf, kindLine, sameOf, sourcesOf } from "./details.js";
import { button, make, number } from "./elements.js";
import { PAGE } from "./engines.js";
import { countWords } from "./events_layer.js";
import { readShown } from "./opened.js";
import { FetchedSource } from "./fetched_source.js";
import { makeSymbol } from "./symbols.js";

/**
 * @typedef {object} App
 * @property {import("./types.js").View} view
 * @property {import("./selection.js").Selection} selection
 * @property {import("./source.js").Source} source
 * @property {import("./opened.js").Opened} opened
 * @property {import("./stage.js").Stage} stage
 * @property {any} [map]
 */
/** @typedef {import("./types.js").Detail} Detail */

/**
 * @typedef {object} Picked what was picked
 * @property {number} [row] the one row that it is
 * @property {import("./engines.js").Where} where its rows are
 * @property {number} records how many they are
 * @property {string} [about] what is said of them all, such as "here"; else what their place says
 * @property {[number, number] | null} spot latitude and longitude, where it is one place
 * @property {string} [areaCode] the region that they are known only to
 */
/** @typedef {Picked & {page: number, total: number, filter: string}} List filter: what it was asked under */

/**
 * Puts the panel into its place; it stays hidden until something is picked.
 * @param {App} app
 * @param {HTMLElement | null} element
 */
export function mountPanel(app, element) {
    if (element) {
        new Panel(app, element).begin();
    }
}

class Panel {
    /**
     * @param {App} app
     * @param {HTMLElement} element
     */
    constructor(app, element) {
        this.app = app;
        this.element = element;
        /** @type {List | null} */
        this.list = null;
        this.asked = 0;
        /** @type {Element | null} where the reader was before the panel opened */
        this.cameFrom = null;
    }

    begin() {
        const { shown } = readShown(location.hash || this.app.view.start, this.app.opened.isRegion);
        this.element.hidden = true;
        this.element.setAttribute("aria-label", "Details");
        if (shown) {
            this.say("Loading …");
        }
        this.app.opened.addEventListener("return", () => this.recall(this.app.opened.shown));
        this.app.selection.addEventListener("pick", (event) => {
            this.pick(/** @type {CustomEvent<Picked>} */ (event).detail);
        });
        this.app.selection.addEventListener("counts", () => this.follow());
        this.element.addEventListener("keydown", (event) => {
            if (event.key === "Escape") {
                event.stopPropagation();
                this.close();
            }
        });
    }

    /** @param {Picked} picked */
    pick(picked) {
        this.cameFrom = this.element.contains(document.activeElement) ? this.cameFrom : document.activeElement;
        const { row, where } = picked;
        if (picked.records === 1) {
            this.list = null;
            this.showOne(
                () => (row === undefined ? this.members(where) : this.app.source.rows([row])),
                () => picked.spot,
            );
            return;
        }
        this.list = { ...picked, page: 0, total: picked.records, filter: this.app.selection.toOwnQuery() };
        this.showList();
    }

    /**
     * Shows what the address says.
     * @param {import("./opened.js").Shown | null} shown
     */
    recall(shown) {
        if (!shown) {
            this.close();
            return;
        }
        const { incident, where, page } = shown;
        const { stage, source } = this.app;
        const found = where && stage.picking.recall(where);
        const filter = this.app.selection.toOwnQuery();
        this.list = where && { where, page, spot: null, ...found, records: 0, total: 0, filter };
        if (incident) {
            const ask = async () => {
                const detail = await source.incident(incident);
                return (await this.isWithin(detail)) ? [detail] : [];
            };
            this.showOne(ask, (detail) => stage.picking.recallOne(detail));
        } else {
            this.showList();
        }
    }

    /**
     * Whether an incident that an address names lies within the limits of a saved map.
     * @param {Detail} detail
     */
    async isWithin(detail) {
        const query = this.app.selection.limits?.queryAround(detail);
        const { source } = this.app;
        if (query === undefined || !(source instanceof FetchedSource)) {
            return true;
        }
        return (await source.answer("matches.json", query)).rows.includes(detail.number);
    }

    close() {
        if (this.element.hidden) {
            return;
        }
        this.app.opened.set(null);
        this.asked += 1;
        this.element.hidden = true;
        this.element.replaceChildren();
        this.element.dispatchEvent(new Event("closed", { bubbles: true }));
        if (this.cameFrom instanceof HTMLElement && this.cameFrom.isConnected) {
            this.cameFrom.focus({ preventScroll: true });
        }
    }

    /**
     * @param {import("./engines.js").Where} where
     * @returns {Promise<Detail[]>}
     */
    async members(where) {
        return (await this.app.selection.members(where, 0)).rows;
    }

    /**
     * @param {() => Promise<Detail[]>} question
     * @param {(detail: Detail) => [number, number] | null} locate where on the map it is
     */
    async showOne(question, locate) {
        const details = await this.ask(question);
        if (!details) {
            return;
        }
        if (!details.length) {
            this.say(`This incident is not ${this.app.view.limits ? "on this map" : "in this edition"}.`);
            return;
        }
        const [detail] = details;
        const { view, opened } = this.app;
        const spot = locate(detail);
        opened.set({ incident: detail.id, where: this.list?.where ?? null, page: this.list?.page ?? 0 });
        const address = this.addressOf(detail.id);
        const title = make("h2", { class: "panel__title", tabindex: "-1", dir: "auto" }, detail.title);
        const away = view.mode === "page" ? {} : { target: "_blank", rel: "noopener" };
        const links = make("p", { class: "panel__links" });
        if (address) {
            links.append(make("a", { class: "button button--main", href: address, ...away }, "Open this incident’s page"));
        }
        if (spot && this.app.map) {
            const closer = button("Show on the map", { icon: "locate" });
            closer.addEventListener("click", () => this.app.map.setView(spot, Math.max(this.app.map.getZoom(), 9)));
            links.append(closer);
        }
        const dataset = detail.dataset;
        const body = make(
            "article",
            { class: "panel" },
            this.head(this.list?.total ? `1 of ${number(this.list.total)}` : "Incident", this.list !== null),
            make("div", {}, kindLine(detail, view), title),
            detail.summary ? make("p", { dir: "auto" }, detail.summary) : null,
            factsOf(detail),
            contradictionsOf(detail),
            sourcesOf(detail),
            sameOf(detail, (id) => this.addressOf(id) ?? "#"),
            dataset ? make("p", { class: "note", dir: "auto" }, `From: ${[dataset.title ?? dataset.key, dataset.licence].filter(Boolean).join(", ")}`) : null,
            links,
        );
        this.put(body, title);
        this.keepInView(spot);
    }

    /**
     * Moves the map, when it must, so that the panel that has just taken some of its room does not hide the place.
     * @param {[number, number] | null} spot
     */
    keepInView(spot) {
        const { map } = this.app;
        if (!spot || !map) {
            return;
        }
        // The style sheet has to have placed the panel before it is known what is left of the map.
        requestAnimationFrame(() => {
            map.invalidateSize({ animate: false, pan: false });
            const room = map.getContainer().getBoundingClientRect();
            const panel = this.element.getBoundingClientRect();
            const covered = panel.left <= room.left && !this.element.hidden ? Math.max(0, room.bottom - panel.top) : 0;
            map.panInside(spot, { paddingTopLeft: [64, 64], paddingBottomRight: [48, 48 + covered], animate: false });
        });
    }

    /** Shows what the list holds under a filter that is another one by now. Nobody's hand is led away from the filters. */
    follow() {
        const { list, element, app } = this;
        if (!element.hidden && list && !app.opened.shown?.incident && list.filter !== app.selection.toOwnQuery()) {
            this.showList(false);
        }
    }

    /** @param {boolean} [led] whether the focus goes with it */
    async showList(led = true) {
        const { list } = this;
        if (!list) {
            return;
        }
        const filter = this.app.selection.toOwnQuery();
        if (list.filter !== filter) {
            // How far it was read was of another filter.
            Object.assign(list, { filter, page: 0 });
        }
        const page = await this.ask(() => this.app.selection.members(list.where, list.page));
        if (!page) {
            return;
        }
        list.total = page.total;
        const about = list.about ?? this.aboutOf(list.where);
        if (!page.rows.length) {
            this.app.opened.set({ incident: null, where: list.where, page: list.page });
            this.say(`Nothing that the filters select is ${list.page ? "on this page of the list" : about}.`);
            return;
        }
        this.app.opened.set({ incident: null, where: list.where, page: list.page });
        const heading = make("h2", { tabindex: "-1" }, `${countWords(page.incidents, page.patterns, page.total)} ${about}`);
        const items = page.rows.map((detail) => make("li", {}, this.item(detail, list.spot)));
        const found = make("ol", { class: "found", start: list.page * PAGE + 1 }, ...items);
        const last = Math.ceil(list.total / PAGE) - 1;
        this.put(make("div", { class: "panel" }, this.head(heading, false), found, last > 0 ? this.pages(list, last) : null), led ? heading : null);
        this.keepInView(list.spot);
    }

    /**
     * What is said of all in a list that was not picked on the map.
     * @param {import("./engines.js").Where} where
     */
    aboutOf(where) {
        if ("areas" in where) {
            const names = where.areas.map((code) => this.app.selection.nameOf(code));
            return `known only to ${names.length > 3 ? `${number(names.length)} areas` : names.join(", ")}`;
        }
        return "within" in where ? "here" : "without a place";
    }

    /**
     * @param {Detail} detail
     * @param {[number, number] | null} spot
     */
    item(detail, spot) {
        const family = this.app.view.taxonomy.kinds.find(({ key }) => key === detail.kind)?.family ?? "other";
        const pattern = detail.extent === "pattern";
        const made = make("button", { type: "button", class: "found__item" });
        made.append(
            makeSymbol({ key: String(detail.kind), label: "", plural: "", family }, { pattern, size: 16 }),
            make("span", { class: "found__title", dir: "auto" }, detail.title),
            make("span", { class: "found__line", dir: "auto" }, `${detail.kind_label ?? detail.kind}${pattern ? ", pattern" : ""} · ${detail.when?.words ?? "date not given"}`),
            make("span", { class: "found__line", dir: "auto" }, detail.where?.words ?? "place not known"),
        );
        made.addEventListener("click", () => this.showOne(async () => [detail], () => spot));
        return made;
    }

    /**
     * @param {List} list
     * @param {number} last
     */
    pages(list, last) {
        const turn = (/** @type {number} */ by) => {
            list.page += by;
            this.showList();
        };
        const back = button("Previous", { icon: "back" });
        const forward = button("Next", { icon: "forward" });
        back.disabled = list.page === 0;
        forward.disabled = list.page >= last;
        back.addEventListener("click", () => turn(-1));
        forward.addEventListener("click", () => turn(1));
        const first = list.page * PAGE + 1;
        const until = Math.min(list.total, first + PAGE - 1);
        return make("nav", { class: "panel__pages", "aria-label": "Pages of this list" }, back, `${number(first)}–${number(until)} of ${number(list.total)}`, forward);
    }

    /**
     * @param {HTMLElement | string} title
     * @param {boolean} hasList
     */
    head(title, hasList) {
        const close = button("Close", { icon: "close", iconOnly: true, class: "button--bare" });
        close.addEventListener("click", () => this.close());
        const head = make("div", { class: "panel__head" });
        if (hasList) {
            const back = button("Back to the list", { icon: "back", class: "button--bare" });
            back.addEventListener("click", () => this.showList());
            head.append(back, make("p", {}));
        } else {
            head.append(typeof title === "string" ? make("p", { class: "note" }, title) : title);
        }
        head.append(close);
        return head;
    }

    /**
     * Asks for details; the old picture stays meanwhile. Null when the answer is not wanted any more or did not come.
     * @template T
     * @param {() => Promise<T>} question
     * @returns {Promise<T | null>}
     */
    async ask(question) {
        this.asked += 1;
        const asked = this.asked;
        this.element.setAttribute("aria-busy", "true");
        if (this.element.hidden) {
            this.say("Loading …");
        }
        try {
            const answer = await question();
            return asked === this.asked ? answer : null;
        } catch (error) {
            if (asked === this.asked) {
                this.say(error instanceof Error ? error.message : "The details did not come.");
            }
            return null;
        } finally {
            if (asked === this.asked) {
                this.element.removeAttribute("aria-busy");
            }
        }
    }

    /** @param {string} text */
    say(text) {
        const said = make("p", { class: "panel__waiting", role: "status" }, text);
        this.put(make("div", { class: "panel" }, this.head("", this.list !== null), said), null);
    }

    /**
     * @param {HTMLElement} content
     * @param {HTMLElement | null} focus
     */
    put(content, focus) {
        const opening = this.element.hidden;
        this.element.replaceChildren(content);
        this.element.hidden = false;
        this.element.scrollTop = 0;
        if (opening) {
            this.element.dispatchEvent(new Event("opened", { bubbles: true }));
        }
        // Who has just followed a link, or reads a page that frames the map, has not asked to be taken to the panel.
        if (navigator.userActivation?.hasBeenActive ?? true) {
            focus?.focus({ preventScroll: true });
        }
    }

    /** @param {string} id @returns {string | null} */
    addressOf(id) {
        const { incident: base, stays } = this.app.view.urls ?? {};
        return base ? `${base}${encodeURIComponent(id)}${stays ? `?${stays}` : ""}` : null;
    }
}
