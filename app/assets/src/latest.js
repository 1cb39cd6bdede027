/**
 * Lets one question be on its way at a time, and after it only the latest of those that came meanwhile.
 *
 * It knows no question and no answer.
 */

/** @template T */
export class Latest {
    constructor() {
        this.busy = false;
        /** @type {{ask: () => Promise<T>, done: (answer: Promise<T> | null) => void} | null} */
        this.next = null;
    }

    /**
     * @param {() => Promise<T>} ask
     * @returns {Promise<T | null>} null when a later question took its place
     */
    async ask(ask) {
        if (this.busy) {
            this.next?.done(null);
            return new Promise((done) => {
                this.next = { ask, done };
            });
        }
        this.busy = true;
        try {
            return await ask();
        } finally {
            this.busy = false;
            const { next } = this;
            this.next = null;
            next?.done(/** @type {Promise<T>} */ (this.ask(next.ask)));
        }
    }
}
