/** Waiting for the screen. */

/**
 * Waits until what has just been drawn is on the screen.
 * @param {number} [until] and no less than until then, on the page's clock
 */
export async function painted(until = 0) {
    await new Promise((done) => requestAnimationFrame(done));
    await new Promise((done) => window.setTimeout(done, until - performance.now()));
}
