/**
 * Where the map's data comes from, whichever it is: the service's files, or the blocks inside a self-contained page.
 *
 * It gives nothing itself: see fetched_source.js and inline_source.js.
 */

/** @typedef {import("./rows.js").Rows} Rows */
/** @typedef {import("./types.js").Areas} Areas */
/** @typedef {import("./types.js").Detail} Detail */
/** @typedef {{q: string | null, bbox: number[] | null}} TextFilter */

/**
 * @typedef {object} Source
 * @property {(query?: string) => Promise<Rows>} columns typed columns of every row, or of those that a filter selects
 * @property {(codes: string[] | null) => Promise<Areas>} areas polygons of the regions that incidents are known only to,
 *     of some regions or of all
 * @property {(numbers: number[]) => Promise<Detail[]>} rows details of rows, in the order asked for
 * @property {(id: string) => Promise<Detail>} incident details of one, by its public id
 * @property {(filter: TextFilter) => Promise<number[]>} matches numbers of the rows that meet words and box
 * @property {(name: string) => Promise<any>} basemap one file of the base map
 */

/** The service did not answer, or not with what was asked for. Its message is for readers. */
export class SourceError extends Error {}
