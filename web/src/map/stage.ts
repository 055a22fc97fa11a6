// The one map of the program. It is made once and never unmounted: pages hand its element on to each
// other (MapStage.vue), so that its tiles, its place and its zoom stay.
import { Map as MapLibre, setWorkerUrl, type GeoJSONSource, type MapMouseEvent, type MapTouchEvent, type PaddingOptions, type VectorTileSource } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import worker_url from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { headers_for } from "@/data/http";
import { tile_address } from "@/data/tiles";
import { draw_image } from "./images";
import { pickable_of, type RecordLayer } from "./layers/records";
import { k_fonts, type Language } from "./layers/text";
import type { Bounds } from "./sources/scene";
import { style_of, type SceneSource } from "./style";
import { read_paint } from "./tokens";

setWorkerUrl(worker_url);

/** Who draws on the map: a press sets a point; a point that is grabbed follows the pointer. */
export interface Grip {
    press: (at: [number, number]) => void;
    /** Answers the index that is dragged from now on. */
    grab: (role: "vertex" | "middle", index: number, at: [number, number]) => number;
    drag: (index: number, at: [number, number]) => void;
}
export interface Picked { kind: string; id: string; properties: Record<string, unknown>; at: [number, number] }
/** Alive things first; then the records, as map/layers/records.ts says. */
const k_alive = ["incident", "mark", "mover", "team:mark", "target:icon"];

export class Stage {
    readonly element = document.createElement("div");
    readonly map: MapLibre;
    private m_language: Language = "zh";
    private m_shown: ReadonlySet<string> = new Set();
    private m_layers: RecordLayer[] = [];
    private m_space = "live";
    private readonly m_versions = new Map<string, number>();
    private readonly m_scene = new Map<SceneSource, GeoJSON.FeatureCollection>();
    private m_framed = false;
    private m_round = 0;
    private m_repaint = false;
    private m_restyle: ReturnType<typeof setTimeout> | undefined;
    on_pick: (picked: Picked | null) => void = () => {};
    on_pointer: (at: [number, number] | null) => void = () => {};
    /** What lies under the pointer, and where that is on the map's element. */
    on_hover: (picked: Picked | null, x_px: number, y_px: number) => void = () => {};
    private m_grip: Grip | null = null;
    private readonly m_followers = new Set<() => void>();

    constructor() {
        this.element.className = "stage";
        this.map = new MapLibre({
            container: this.element, center: [117.806, 39.012], zoom: 11.6, minZoom: 8, maxZoom: 18, pitchWithRotate: false, dragRotate: true,
            attributionControl: { compact: true }, localIdeographFontFamily: k_fonts.join(","), fadeDuration: 120, style: this.style(),
            transformRequest: (url) => (url.includes("/api/v1/") ? { url, headers: headers_for(), credentials: "same-origin" } : { url }),
        });
        this.map.touchZoomRotate.disableRotation();
        this.map.keyboard.disable(); // arrows belong to the list; zoom has its buttons
        this.map.setMissingStyleImageResolver((id) => this.draw(id));
        this.map.on("click", (event: MapMouseEvent) => {
            if (this.m_grip) { if (!this.handle_at(event)) this.m_grip.press([event.lngLat.lng, event.lngLat.lat]); return; }
            const picked = this.pick(event);
            if (picked?.kind === "cluster") this.fly(picked.at, this.map.getZoom() + 2); else this.on_pick(picked);
        });
        this.map.on("mousemove", (event: MapMouseEvent) => {
            this.on_pointer([event.lngLat.lng, event.lngLat.lat]);
            const under = this.m_grip ? null : this.pick(event);
            this.on_hover(under, event.point.x, event.point.y);
            this.map.getCanvas().style.cursor = this.m_grip ? (this.handle_at(event) ? "move" : "crosshair") : under ? "pointer" : "";
        });
        this.map.on("mouseout", () => { this.on_pointer(null); this.on_hover(null, 0, 0); });
        for (const name of ["mousedown", "touchstart"] as const) this.map.on(name, (event: MapMouseEvent | MapTouchEvent) => this.grab(event));
        this.map.on("move", () => { for (const follower of this.m_followers) follower(); });
        this.map.on("error", () => { /* a tile that did not come is asked for again; the connection mark speaks for it */ });
    }
    private handle_at({ point: { x, y } }: { point: { x: number; y: number } }): { role: "vertex" | "middle"; index: number } | null {
        const layers = ["draft:vertex", "draft:middle"].filter((id) => this.map.getLayer(id));
        const found = this.map.queryRenderedFeatures([[x - 8, y - 8], [x + 8, y + 8]], { layers }).sort((a, b) => layers.indexOf(a.layer.id) - layers.indexOf(b.layer.id))[0];
        return found ? { role: found.properties["role"] as "vertex" | "middle", index: Number(found.properties["index"]) } : null;
    }
    private grab(event: MapMouseEvent | MapTouchEvent): void {
        const grip = this.m_grip;
        const handle = grip && this.handle_at(event);
        if (!grip || !handle) return;
        event.preventDefault(); // the map stays where it is
        const index = grip.grab(handle.role, handle.index, [event.lngLat.lng, event.lngLat.lat]);
        const moves = event.type === "mousedown" ? (["mousemove", "mouseup"] as const) : (["touchmove", "touchend"] as const);
        const drag = (moved: MapMouseEvent | MapTouchEvent) => grip.drag(index, [moved.lngLat.lng, moved.lngLat.lat]);
        this.map.on(moves[0], drag);
        this.map.once(moves[1], () => this.map.off(moves[0], drag));
    }
    /** From now on presses draw instead of picking; null ends it. */
    hold(grip: Grip | null): void {
        this.m_grip = grip;
        if (grip) this.map.doubleClickZoom.disable(); else this.map.doubleClickZoom.enable();
    }
    /** The box that is in sight: west, south, east, north. */
    in_sight(): Bounds {
        const box = this.map.getBounds();
        return [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()];
    }
    /** Calls back whenever the view moves, until the answer is called. */
    when_moved(follower: () => void): () => void {
        this.m_followers.add(follower);
        return () => this.m_followers.delete(follower);
    }
    private style() {
        return style_of({ language: this.m_language, shown: this.m_shown, layers: this.m_layers, versions: (layer) => this.version(layer), scene: (name) => this.m_scene.get(name) });
    }
    private version(layer: string): string {
        return layer === "base" ? `${this.m_round}` : `${this.m_space}.${this.m_versions.get(layer) ?? 0}.${this.m_round}`;
    }
    private draw(id: string): void {
        if (this.map.hasImage(id)) return;
        const drawn = draw_image(id, read_paint());
        if (drawn) this.map.addImage(id, drawn.data, { pixelRatio: drawn.pixelRatio });
    }
    private pick(event: MapMouseEvent): Picked | null {
        const { x, y } = event.point;
        const layers = [...k_alive, ...pickable_of(this.m_layers)].filter((id) => this.map.getLayer(id));
        const found = this.map.queryRenderedFeatures([[x - 5, y - 5], [x + 5, y + 5]], { layers }).sort((a, b) => layers.indexOf(a.layer.id) - layers.indexOf(b.layer.id))[0];
        if (found?.properties["point_count"]) return { kind: "cluster", id: String(found.properties["cluster_id"]), properties: found.properties, at: [event.lngLat.lng, event.lngLat.lat] };
        const id = found?.properties?.["id"] as string | undefined;
        if (!found || !id) return null;
        const kind = (found.properties["kind"] as string | undefined) ?? found.source.replace("kind:", "");
        return { kind: found.source.startsWith("kind:") ? found.source.slice(5) : kind, id, properties: found.properties, at: [event.lngLat.lng, event.lngLat.lat] };
    }
    /** Colours, words and switched layers: one new style, compared by MapLibre with the old one. */
    dress(language: Language, shown: ReadonlySet<string>, layers: RecordLayer[], repaint: boolean): void {
        this.m_layers = layers;
        this.m_language = language;
        this.m_shown = new Set(shown);
        this.m_repaint ||= repaint; // a change of words right after one of colours must not undo it
        clearTimeout(this.m_restyle);
        this.m_restyle = setTimeout(() => {
            const repaint = this.m_repaint;
            this.m_repaint = false;
            if (repaint) for (const id of this.map.listImages()) this.map.removeImage(id);
            this.map.setStyle(this.style(), { diff: !repaint });
        }, 0);
    }
    /** Tiles follow the space and the journal: what changed is asked for again, at most every two seconds. */
    follow(space: string, versions: ReadonlyMap<string, number>): void {
        const moved = space !== this.m_space;
        this.m_space = space;
        for (const { kind } of this.m_layers) {
            const version = versions.get(kind) ?? 0;
            if (!moved && version === (this.m_versions.get(kind) ?? 0)) continue;
            this.m_versions.set(kind, version);
            (this.map.getSource(`kind:${kind}`) as VectorTileSource | undefined)?.setTiles([tile_address(kind, this.version(kind))]);
        }
    }
    /** Asks for everything again: after a cut, tiles may be missing that nobody else would ask for. */
    refresh(): void {
        this.m_round++;
        for (const layer of ["base", ...this.m_layers.map((one) => one.kind)]) (this.map.getSource(layer === "base" ? "base" : `kind:${layer}`) as VectorTileSource | undefined)?.setTiles([tile_address(layer, this.version(layer))]);
    }
    put(source: SceneSource, data: GeoJSON.FeatureCollection): void {
        this.m_scene.set(source, data);
        (this.map.getSource(source) as GeoJSONSource | undefined)?.setData(data);
    }
    /** Comes at least as near as `zoom`, or with `exactly` just so near. */
    fly(at: [number, number], zoom: number, exactly = false): void {
        this.m_framed = true;
        this.map.easeTo({ center: at, zoom: exactly ? zoom : Math.max(this.map.getZoom(), zoom), duration: duration_ms(), padding: { left: 0, right: 0, top: 0, bottom: 0 } });
    }
    frame(box: Bounds, padding: PaddingOptions, zoom_max = 16): void {
        this.map.resize(); // the element may just have changed its page
        this.map.fitBounds(box, { padding, maxZoom: zoom_max, duration: this.m_framed ? duration_ms() : 0 });
        this.m_framed = true;
    }
    get framed(): boolean { return this.m_framed; }
}
const duration_ms = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 400);

let the_stage: Stage | undefined;
export function stage(): Stage {
    return (the_stage ??= new Stage());
}
