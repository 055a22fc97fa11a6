// The whole style, built anew for each theme and language: MapLibre compares and changes only the rest.
import type { SourceSpecification, StyleSpecification } from "maplibre-gl";
import { tile_address } from "@/data/tiles";
import { base_layers } from "./layers/base";
import { draft_layers } from "./layers/draft";
import { mark_layers } from "./layers/marks";
import { record_layers, type RecordLayer } from "./layers/records";
import type { Language } from "./layers/text";
import { threat_layers } from "./layers/threat";
import { track_layers } from "./layers/tracks";
import { k_nothing } from "./sources/scene";
import { read_paint } from "./tokens";

export const k_scene_sources = ["names", "zones", "fan", "tips", "routes", "targets", "teams", "movers", "marks", "incidents", "selection", "draft", "fences", "track", "stamps", "then"] as const;
export type SceneSource = (typeof k_scene_sources)[number];
export const k_tile_zoom_max = 15;

export interface Look { language: Language; shown: ReadonlySet<string>; layers: RecordLayer[]; versions: (layer: string) => string; scene: (source: SceneSource) => GeoJSON.FeatureCollection | undefined }

export function style_of(look: Look): StyleSpecification {
    const paint = read_paint();
    const tiles = (layer: string): SourceSpecification => ({ type: "vector", tiles: [tile_address(layer, look.versions(layer))], minzoom: 0, maxzoom: k_tile_zoom_max });
    const sources: Record<string, SourceSpecification> = { base: { ...tiles("base"), attribution: "© OpenStreetMap contributors, ODbL 1.0" } as SourceSpecification };
    for (const one of look.layers) sources[`kind:${one.kind}`] = tiles(one.kind);
    for (const name of k_scene_sources) sources[name] = { type: "geojson", data: look.scene(name) ?? k_nothing };
    // Alarms that would lie on each other become one mark, with the shape of the worst of them.
    sources["marks"] = { type: "geojson", data: look.scene("marks") ?? k_nothing, cluster: true, clusterRadius: 26, clusterMaxZoom: 15, clusterProperties: { level: ["min", ["get", "level"]] } };
    return {
        version: 8,
        sources,
        layers: [
            ...base_layers(paint, look.language),
            ...record_layers(paint, look.language, look.shown, look.layers),
            ...threat_layers(paint),
            ...track_layers(paint),
            ...mark_layers(paint, look.shown.has("mover")),
            ...draft_layers(paint),
        ],
    };
}
