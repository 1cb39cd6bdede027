/**
 * What a reader did last, and how long it takes until all that answers it is drawn: an entry `bearing:redraw` of User
 * Timing (W3C), whose `detail` says which input it was.
 *
 * It draws nothing and waits for nothing. An input whose place another one takes before it is answered has no entry.
 */

/** @typedef {"map" | "fill" | "chart"} Part what answers an input */

/** By which name an input is known that changes one part of the filter alone. @type {Record<string, string>} */
const NAMES = {
    kinds: "kind",
    aircraft: "aircraft",
    regions: "region",
    grades: "grade",
    precision: "precision",
    words: "search",
    bbox: "box",
    start: "window",
    end: "window",
    undated: "undated",
};

export class Input {
    /**
     * @param {string} name such as "step", "kind", "fill", "pan"
     * @param {number} [since] when the reader did it, on the page's clock
     */
    constructor(name, since = timeOfInput()) {
        this.name = name;
        this.since = since;
        /** Whether each part that answers it is drawn. @type {Map<Part, boolean>} */
        this.parts = new Map();
    }

    /** @param {Part} part that answers it, too */
    waitFor(part) {
        if (!this.parts.has(part) && !this.isAnswered) {
            this.parts.set(part, false);
        }
    }

    /** @param {Part} part that is drawn now */
    drawn(part) {
        if (this.parts.get(part) === false) {
            this.parts.set(part, true);
            if (this.isAnswered) {
                performance.measure("bearing:redraw", { start: this.since, detail: this.name });
            }
        }
    }

    get isAnswered() {
        return this.parts.size > 0 && [...this.parts.values()].every(Boolean);
    }
}

/**
 * Which input changes these parts of the filter.
 * @param {object} patch
 */
export function nameInput(patch) {
    const names = new Set(Object.keys(patch).map((key) => NAMES[key]));
    return names.size === 1 ? [...names][0] : "filter";
}

/** When the reader did what is being answered, on the page's clock; now, when nobody did anything. */
function timeOfInput() {
    const now = performance.now();
    const { event } = window;
    return event?.isTrusted && event.timeStamp <= now && now - event.timeStamp < 1000 ? event.timeStamp : now;
}
