/**
 * The shapes of what the service sends, for the type checker.
 *
 * It holds no code.
 *
 * @typedef {{key: string, label: string, plural: string, family: string}} KindTerm
 * @typedef {{key: string, label: string, parent: string | null}} EquipmentTerm
 * @typedef {{key: string, label: string, meaning: string, floor: string}} PrecisionTerm floor: what a filter by it lets through
 * @typedef {{key: string, label: string}} GradeTerm
 * @typedef {{kinds: KindTerm[], equipment: EquipmentTerm[], precision: PrecisionTerm[], grades: GradeTerm[]}} TaxonomyPart
 *
 * @typedef {object} FilterPart
 * @property {string[]} kind
 * @property {string[]} aircraft
 * @property {string[]} region
 * @property {string[]} grade
 * @property {string | null} from first day of the window, such as "2022-01-01"
 * @property {string | null} to last day of the window
 * @property {boolean} undated whether incidents without any date match
 * @property {string | null} precision this or finer
 * @property {string | null} q
 * @property {[number, number, number, number] | null} bbox west, south, east, north
 *
 * @typedef {object} UrlsPart
 * @property {string} data where the edition's data lies; ends with a slash
 * @property {string} basemap where the files of the base map lie; ends with a slash
 * @property {string} table
 * @property {string} incident where incident pages lie; ends with a slash
 * @property {string} stays the query that keeps a reader in the edition; empty where none is asked for by name
 * @property {string} embed
 * @property {string} page
 * @property {string} download
 * @property {string} counted where those are told of that are counted only
 *
 * @typedef {object} LimitsPart what a saved map shows at most
 * @property {FilterPart} filter
 * @property {string[] | null} regions codes that find nothing beyond the filter; null where it names none
 * @property {string[] | null} aircraft
 * @property {number} total rows that it selects
 *
 * @typedef {object} View
 * @property {string} edition name such as "7.1"
 * @property {number} number
 * @property {string | null} published
 * @property {boolean} demonstration
 * @property {FilterPart} filter
 * @property {LimitsPart | null} limits
 * @property {string} start where the map begins, as a fragment has it, such as "7/22.5/95.4&regions=rate"; or ""
 * @property {number} total
 * @property {number} most rows that the service gives the columns of when a filter selects no more
 * @property {[number, number, number, number] | null} bounds west, south, east, north of what the map is to show first
 * @property {number} shown rows that the filter selects
 * @property {string} outlined where the features are (GeoJSON) whose outlines the map draws, or ""
 * @property {string} unshown in words how many records of the edition are counted only; "" for none
 * @property {UrlsPart} urls
 * @property {TaxonomyPart} taxonomy
 * @property {{url: string, attribution: string} | null} tiles
 * @property {string} disclaimer
 * @property {string} attribution
 * @property {string} title
 * @property {"page" | "embed" | "file" | "notebook"} mode
 * @property {string[]} controls names of the interface's parts to show; empty means all that the mode has
 * @property {string[]} layers names of the layers in drawing order
 * @property {{files: string[]}} basemap names of the files that exist
 * @property {string} columns of the only rows to show, an Arrow file in base64; empty for all that the filter selects
 *
 * @typedef {{code: string, name: string, local_name: string | null, level: number, parent: string | null}} RegionTerm
 *
 * @typedef {object} Terms what the numbers of an edition stand for
 * @property {string} edition
 * @property {number} total rows that may be shown
 * @property {string[]} kinds
 * @property {RegionTerm[]} regions
 * @property {string[]} aircraft
 * @property {string[]} grades
 * @property {[number, number] | null} span first and last day that any incident is bounded by; null when none is dated
 *
 * @typedef {Record<string, any>} Detail the one structure of an incident for readers: see incidents/editions
 *
 * @typedef {{type: "Polygon", coordinates: number[][][]} | {type: "MultiPolygon", coordinates: number[][][][]}} Surface
 * @typedef {{type: "Feature", id?: string, properties: Record<string, any>, geometry: Surface | null}} AreaFeature
 * @typedef {{type: "FeatureCollection", features: AreaFeature[]}} Areas
 * @typedef {{side: number, areas: [string, number, string, number[][]][], level?: number | null}} Outlines of regions
 *     as a map of one scale shows them: code, level, name where it may be written, and rings of a first point and steps
 *     from it, where the world is `side` wide; level: of which they are, where they are all of one
 */

export {};
