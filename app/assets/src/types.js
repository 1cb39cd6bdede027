/**
 * The shapes of what the service sends, for the type checker.
 *
 * It holds no code.
 *
 * @typedef {{key: string, label: string, plural: string, family: string}} KindTerm
 * @typedef {{key: string, label: string, parent: string | null}} EquipmentTerm
 * @typedef {{key: string, label: string, meaning: string}} PrecisionTerm
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
 * @property {string} columns
 * @property {string} rows
 * @property {string} areas
 * @property {string} matches
 * @property {string} basemap where the files of the base map lie; ends with a slash
 * @property {string} table
 * @property {string} incident where incident pages lie; ends with a slash
 * @property {string} embed
 * @property {string} page
 * @property {string} download
 *
 * @typedef {{columns: number[], offsets: number[]}} Ragged
 *
 * @typedef {object} View
 * @property {string} edition name such as "7.1"
 * @property {number} number
 * @property {string | null} published
 * @property {boolean} demonstration
 * @property {FilterPart} filter
 * @property {number} total
 * @property {[number, number, number, number] | null} bounds west, south, east, north of all that has a place
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
 * @property {number[] | null} only numbers of the only rows to show
 *
 * @typedef {{code: string, name: string, local_name: string | null, level: number, parent: string | null}} RegionTerm
 *
 * @typedef {object} Columns one array element a row, rows in the order of their numbers
 * @property {string} edition
 * @property {number} total rows that may be shown
 * @property {number[]} [withdrawn] numbers of rows that were taken back since
 * @property {string[]} kinds
 * @property {RegionTerm[]} regions
 * @property {string[]} aircraft
 * @property {string[]} grades
 * @property {object} columns
 * @property {number[]} columns.kind
 * @property {number[]} columns.precision
 * @property {number[]} columns.extent 1 for a pattern
 * @property {(number | null)[]} columns.lon
 * @property {(number | null)[]} columns.lat
 * @property {(number | null)[]} columns.radius
 * @property {(number | null)[]} columns.area
 * @property {number[][]} columns.regions
 * @property {(number | null)[]} columns.earliest
 * @property {(number | null)[]} columns.latest
 * @property {number[][]} columns.certain
 * @property {number[][]} columns.possible
 * @property {number[]} columns.group
 * @property {(number | null)[]} columns.grade
 *
 * @typedef {Record<string, any>} Detail the one structure of an incident for readers: see incidents/editions
 *
 * @typedef {{type: "Polygon", coordinates: number[][][]} | {type: "MultiPolygon", coordinates: number[][][][]}} Surface
 * @typedef {{type: "Feature", id?: string, properties: Record<string, any>, geometry: Surface | null}} AreaFeature
 * @typedef {{type: "FeatureCollection", features: AreaFeature[]}} Areas
 */

export {};
