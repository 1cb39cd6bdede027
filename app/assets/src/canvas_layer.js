/**
 * A Leaflet layer that is one canvas, larger than the view by a margin.
 *
 * It knows nothing of incidents. While the map moves or zooms the old picture moves with it; whoever owns the layer
 * has it drawn again when the map stands.
 */

import * as L from "leaflet";

/**
 * @typedef {object} Frame how the unit square of Mercator lies on the canvas, in CSS pixels
 * @property {number} zoom
 * @property {number} scale pixels of the unit square's side
 * @property {number} left of the canvas in world pixels
 * @property {number} top
 * @property {number} width
 * @property {number} height
 * @property {number} ratio device pixels to a CSS pixel
 * @property {number[]} copies whole numbers to add to x: the copies of the world in view
 * @property {{left: number, top: number, right: number, bottom: number}} view the visible part of the canvas
 * @property {L.Point} corner of the canvas in Leaflet's layer
 * @property {L.LatLng} center of the map
 */

/** So many levels closer, symbols and words of the old picture are a blur. */
export const BLURRED = 1.5;

export class CanvasLayer extends L.Layer {
    /**
     * @param {{pane: string, margin?: number, farthest?: number}} options margin: share of the view's size on each side;
     *     farthest: how many levels closer the old picture is still shown
     */
    constructor({ pane, margin = 0.1, farthest = Infinity }) {
        super({ pane });
        this.options.pane = pane;
        this.margin = margin;
        this.farthest = farthest;
        /** @type {HTMLCanvasElement | null} */
        this.canvas = null;
        /** @type {Frame | null} */
        this.frame = null;
    }

    /** @param {L.Map} map */
    onAdd(map) {
        this.canvas = document.createElement("canvas");
        this.canvas.className = "leaflet-zoom-animated bearing-canvas";
        this.canvas.setAttribute("aria-hidden", "true");
        map.getPane(String(this.options.pane))?.append(this.canvas);
        return this;
    }

    onRemove() {
        this.canvas?.remove();
        this.canvas = null;
        return this;
    }

    /** @returns {Record<string, (event: any) => void>} */
    getEvents() {
        const follow = () => this.follow(this._map.getCenter(), this._map.getZoom());
        return {
            zoom: follow,
            viewreset: follow,
            zoomanim: (event) => this.follow(event.center, event.zoom),
        };
    }

    /**
     * Lays the canvas over the view and draws it.
     * @param {Frame} [frame] where the view was when what is drawn was asked for
     */
    redraw(frame) {
        const context = this.canvas?.getContext("2d");
        if (!this.canvas || !context || !this._map) {
            return;
        }
        this.frame = frame ?? this.measure();
        this.canvas.style.visibility = "";
        this.place(this.canvas, this.frame);
        context.setTransform(this.frame.ratio, 0, 0, this.frame.ratio, 0, 0);
        this.draw(context, this.frame);
    }

    /**
     * Draws the layer: every kind of layer begins with an empty canvas.
     * @param {CanvasRenderingContext2D} context
     * @param {Frame} frame
     */
    draw(context, frame) {
        context.clearRect(0, 0, frame.width, frame.height);
    }

    /**
     * Where the canvas would lie over the view as it is now. It touches nothing.
     * @returns {Frame}
     */
    measure() {
        const map = this._map;
        const size = map.getSize();
        const margin = size.multiplyBy(this.margin).round();
        const corner = map.containerPointToLayerPoint(margin.multiplyBy(-1)).round();
        const width = size.x + 2 * margin.x;
        const height = size.y + 2 * margin.y;
        const zoom = map.getZoom();
        const scale = 256 * 2 ** zoom;
        const origin = map.getPixelOrigin().add(corner);
        const copies = [];
        for (let copy = Math.floor(origin.x / scale); copy <= Math.floor((origin.x + width) / scale); copy += 1) {
            copies.push(copy);
        }
        return {
            zoom,
            scale,
            left: origin.x,
            top: origin.y,
            width,
            height,
            ratio: Math.min(window.devicePixelRatio || 1, 3),
            copies,
            view: { left: margin.x, top: margin.y, right: margin.x + size.x, bottom: margin.y + size.y },
            corner,
            center: map.getCenter(),
        };
    }

    /**
     * Where the canvas will lie once the map stands elsewhere: as much of it as the grid is found by.
     * @param {L.LatLng} center
     * @param {number} zoom
     */
    foresee(center, zoom) {
        const size = this._map.getSize();
        const margin = size.multiplyBy(this.margin).round();
        const { x, y } = this._map.project(center, zoom).subtract(size.divideBy(2)).subtract(margin).round();
        const view = { left: margin.x, top: margin.y, right: margin.x + size.x, bottom: margin.y + size.y };
        return { zoom, scale: 256 * 2 ** zoom, left: x, top: y, width: size.x + 2 * margin.x, height: size.y + 2 * margin.y, view };
    }

    /** Whether the map has been dragged so far that its view reaches beyond the canvas. */
    isLeft() {
        if (!this.frame) {
            return false;
        }
        const { corner, width, height } = this.frame;
        const size = this._map.getSize();
        const { x, y } = this._map.containerPointToLayerPoint(L.point(0, 0)).subtract(corner);
        return x < 0 || y < 0 || x + size.x > width || y + size.y > height;
    }

    /**
     * @param {HTMLCanvasElement} canvas
     * @param {Frame} frame
     */
    place(canvas, { width, height, ratio, corner }) {
        if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
            canvas.width = Math.round(width * ratio);
            canvas.height = Math.round(height * ratio);
            canvas.style.width = `${width}px`;
            canvas.style.height = `${height}px`;
        }
        L.DomUtil.setPosition(canvas, corner);
    }

    /**
     * Lets the old picture follow a zoom that is under way.
     * @param {L.LatLng} center
     * @param {number} zoom
     */
    follow(center, zoom) {
        if (!this.canvas || !this.frame) {
            return;
        }
        const map = this._map;
        // Blown up any more it would be a blur that hides the base map.
        this.canvas.style.visibility = zoom - this.frame.zoom > this.farthest ? "hidden" : "";
        const factor = map.getZoomScale(zoom, this.frame.zoom);
        const half = L.point(this.frame.width / 2, this.frame.height / 2).multiplyBy(-factor);
        // Leaflet keeps the origin of a coming view private, but its own renderers move by it too.
        const origin = /** @type {any} */ (map)._getNewPixelOrigin(center, zoom);
        const offset = half.add(map.project(this.frame.center, zoom)).subtract(origin);
        L.DomUtil.setTransform(this.canvas, offset, factor);
    }

    /**
     * A point of the view on the canvas.
     * @param {L.Point} point
     * @returns {{x: number, y: number}}
     */
    onCanvas(point) {
        const { view } = this.frame ?? { view: { left: 0, top: 0 } };
        return { x: point.x + view.left, y: point.y + view.top };
    }
}

/**
 * The part of the canvas that is in sight.
 * @param {Pick<Frame, "zoom" | "scale" | "left" | "top" | "width" | "height" | "view">} frame
 */
export function sightOf({ zoom, scale, left, top, view }) {
    return { zoom, scale, left: left + view.left, top: top + view.top, width: view.right - view.left, height: view.bottom - view.top };
}
