/**
 * Whether a place meets a box in degrees, as the service finds it: a point, a disc around a middle, an area's outline.
 *
 * It knows no rows. A box is west, south, east, north and does not cross the antimeridian; see `partsOf`.
 */

/** @typedef {number[]} Box */
/** @typedef {number[][]} Ring longitude and latitude of each corner */

/** Of the sphere that the service measures on, in metres; extents there are rounded to five decimals. */
const RADIUS_M = 6_371_009;
const SLACK_M = 2;

/**
 * The parts of a box, which crosses the antimeridian where west is greater than east.
 * @param {Box} box
 * @returns {Box[]}
 */
export function partsOf([west, south, east, north]) {
    if (west <= east) {
        return [[west, south, east, north]];
    }
    return [
        [west, south, 180, north],
        [-180, south, east, north],
    ];
}

/**
 * @param {number} lon
 * @param {number} lat
 * @param {number} radius in metres; 0 for a point
 * @param {Box} box
 */
export function discMeets(lon, lat, radius, box) {
    const [west, south, east, north] = box;
    if (radius === 0) {
        return lon >= west && lon <= east && lat >= south && lat <= north;
    }
    const around = (/** @type {number} */ degrees) => ((degrees % 360) + 360) % 360;
    const inside = around(lon - west) <= east - west;
    const away = radians(inside ? 0 : Math.min(around(west - lon), around(lon - east)));
    const phi = radians(lat);
    // The way to a meridian ends at the foot of the arc that meets it at a right angle, or at a corner.
    const foot = away < Math.PI / 2 ? Math.atan2(Math.sin(phi), Math.cos(phi) * Math.cos(away)) : phi;
    const near = Math.min(Math.max(foot, radians(south)), radians(north));
    const arc = Math.sin((near - phi) / 2) ** 2 + Math.cos(phi) * Math.cos(near) * Math.sin(away / 2) ** 2;
    return 2 * RADIUS_M * Math.asin(Math.sqrt(Math.min(1, arc))) <= radius + SLACK_M;
}

/**
 * @param {{type: string, coordinates: any} | null} geometry a Polygon or MultiPolygon of GeoJSON
 * @param {Box} box
 */
export function areaMeets(geometry, box) {
    /** @type {Ring[][]} */
    const polygons = geometry?.type === "Polygon" ? [geometry.coordinates] : (geometry?.coordinates ?? []);
    return polygons.some((rings) => rings.some((ring) => runsThrough(ring, box)) || holds(rings, box[0], box[1]));
}

/**
 * Whether an outline runs through a box (Liang and Barsky 1984) or touches it.
 * @param {Ring} ring
 * @param {Box} box
 */
function runsThrough(ring, [west, south, east, north]) {
    for (let i = 1; i < ring.length; i += 1) {
        const [x, y] = ring[i - 1];
        const [dx, dy] = [ring[i][0] - x, ring[i][1] - y];
        let [enters, leaves] = [0, 1];
        for (const [step, room] of [
            [-dx, x - west],
            [dx, east - x],
            [-dy, y - south],
            [dy, north - y],
        ]) {
            if (step < 0) {
                enters = Math.max(enters, room / step);
            } else if (step > 0) {
                leaves = Math.min(leaves, room / step);
            } else if (room < 0) {
                leaves = -1;
            }
        }
        if (enters <= leaves) {
            return true;
        }
    }
    return false;
}

/**
 * Whether a polygon holds a place, which its holes do not.
 * @param {Ring[]} rings
 * @param {number} lon
 * @param {number} lat
 */
function holds(rings, lon, lat) {
    let held = false;
    for (const ring of rings) {
        for (let i = 1; i < ring.length; i += 1) {
            const [[x, y], [next, above]] = [ring[i - 1], ring[i]];
            if (y > lat !== above > lat && lon < x + ((lat - y) / (above - y)) * (next - x)) {
                held = !held;
            }
        }
    }
    return held;
}

/** @param {number} degrees */
const radians = (degrees) => (degrees * Math.PI) / 180;
