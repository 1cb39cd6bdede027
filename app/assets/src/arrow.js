/**
 * Reads Arrow IPC, file or stream, to typed arrays that lie in the bytes themselves: nothing is copied.
 *
 * It knows no column's meaning.
 */

import { tableFromIPC } from "@uwdata/flechette";

/**
 * @typedef {object} ArrowTable
 * @property {number} length rows
 * @property {any} meta what the schema says under the key `bearing`
 * @property {string[]} names of the columns
 * @property {(name: string) => Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array} column
 */

/**
 * @param {ArrayBuffer | Uint8Array} bytes
 * @returns {ArrowTable}
 */
export function readArrow(bytes) {
    const table = tableFromIPC(bytes);
    const meta = JSON.parse(table.schema.metadata?.get("bearing") ?? "null");
    return {
        length: table.numRows,
        meta,
        names: table.names,
        column: (name) => {
            const column = table.getChild(name);
            if (!column) {
                throw new Error(`the data has no column ${name}`);
            }
            return table.numRows ? /** @type {any} */ (column.toArray()) : new Int32Array(0);
        },
    };
}

/**
 * Bytes from base64, as a saved page holds them.
 * @param {string} text
 * @returns {Uint8Array}
 */
export function fromBase64(text) {
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; i += 1) {
        bytes[i] = binary.charCodeAt(i);
    }
    return bytes;
}
