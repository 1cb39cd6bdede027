/**
 * The places of the page that parts of the interface are put into.
 *
 * It puts nothing there.
 */

/** @typedef {import("./types.js").View} View */

/** @param {string} id */
export const part = (id) => document.getElementById(id);

/**
 * A part of the interface, where the view has it.
 * @param {View} view
 * @param {string} name
 */
export function wanted({ controls }, name) {
    return controls.length === 0 || controls.includes(name) ? part(name) : null;
}
