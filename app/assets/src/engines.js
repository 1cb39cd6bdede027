/**
 * What the interface asks of an edition: symbols, numbers, bars and lists for a filter. Two sorts of engine answer, one
 * from the rows in the browser and one by asking the service, and nobody can tell which it was.
 *
 * It answers nothing itself.
 *
 * @typedef {import("./counting.js").Counts} Counts
 * @typedef {import("./days.js").Unit} Unit
 * @typedef {import("./filter_state.js").State} State
 * @typedef {import("./gathering.js").AreaSum} AreaSum
 * @typedef {import("./gathering.js").Cells} Cells
 * @typedef {import("./grid.js").Grid} Grid
 * @typedef {import("./histogram.js").Bin} Bin
 * @typedef {import("./histogram.js").Steps} Steps
 * @typedef {import("./types.js").Detail} Detail
 */

/**
 * @typedef {object} Picture what there is to draw
 * @property {number} across squares from side to side of the world
 * @property {Cells[]} parts of what the grid shows; no square is in two of them
 * @property {Map<string, AreaSum>} areas what is known only to a region, by its code, wherever it lies
 * @property {string[]} kinds what the squares' `kind` stands for
 */

/**
 * @typedef {{within: [number, number, number, number]} | {areas: string[]} | {placeless: true}} Where a box (west,
 *     north, east, south in parts of SIDE) for rows with a place of their own, regions for what is known only to them
 */

/** @typedef {{total: number, incidents: number, patterns: number, rows: Detail[]}} Members one page of a list; total: its records */

/** @typedef {Steps & {key: string, possible?: Steps}} Line incidents by time of one key; possible: of an aircraft that may have taken part */

/**
 * @typedef {object} Series
 * @property {number[]} edges first days of the bins, and where the last one ends
 * @property {Line[]} lines
 */

/**
 * @typedef {object} Engine answers for any state; a failure is a SourceError, with words for readers
 * @property {number} pause milliseconds after a change before numbers and bars are asked for
 * @property {(state: State, grid: Grid) => Promise<Picture>} picture
 * @property {(state: State) => Promise<Counts>} tallies
 * @property {(state: State, certain: boolean) => Promise<Map<string, import("./counting.js").Found>>} regions what lies in
 *     each region, by its code; what has nothing may be left out. certain: of what is dated and certainly happened in the
 *     window alone
 * @property {(state: State, unit: Unit) => Promise<Bin[]>} histogram whatever the window
 * @property {(state: State, by: "kind" | "aircraft", unit: Unit) => Promise<Series>} series whatever the window
 * @property {(state: State, where: Where, page: number) => Promise<Members>} members newest first; pages from 0
 */

/** Rows on a page of a list. */
export const PAGE = 25;
