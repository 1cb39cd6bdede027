/** Waiting for the screen. */

/**
 * Waits until what has just been drawn is on the screen.
 * @param {number} [until] and no less than until then, on the page's clock
 */
export async function painted(until = 0) {
    await new Promise((done) => requestAnimationFrame(done));
    await new Promise((done) => window.setTimeout(done, until - performance.now()));
}

/**
 * Gives what has something done before the next picture of the screen, once however often it is asked. What stands
 * beside the map is written then: text on a canvas waits until all that was written before it is laid out.
 * @param {() => void} act
 */
export function beforeNext(act) {
    let waiting = 0;
    return () => {
        waiting ||= requestAnimationFrame(() => {
            waiting = 0;
            act();
        });
    };
}
