// The quiet ground: water, land, blocks, buildings, roads, names. Neutral, from the --m-* tokens.
import type { LayerSpecification } from "maplibre-gl";
import type { Paint } from "../tokens";
import { k_fonts, named, type Language } from "./text";

const source = "base";
const road_width = (base: number): unknown => ["interpolate", ["exponential", 1.6], ["zoom"], 11, base * 0.35, 14, base * 1.6, 17, base * 9];
const of_class = (...classes: string[]): unknown => ["in", ["get", "kind"], ["literal", classes]];

export function base_layers(paint: Paint, language: Language): LayerSpecification[] {
    const fill = (id: string, layer: string, colour: string, more: Record<string, unknown> = {}) =>
        ({ id, type: "fill", source, "source-layer": layer, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": paint(colour) }, ...more });
    const line = (id: string, layer: string, colour: string, width: unknown, more: Record<string, unknown> = {}) =>
        ({ id, type: "line", source, "source-layer": layer, layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": paint(colour), "line-width": width }, ...more });
    const label = (id: string, layer: string, size: unknown, colour: string, layout: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => ({
        id, type: "symbol", source, "source-layer": layer,
        layout: { "text-field": named(language), "text-font": k_fonts, "text-size": size, ...layout },
        paint: { "text-color": paint(colour), "text-halo-color": paint("m-halo"), "text-halo-width": 1.6 },
        ...more,
    });
    return [
        { id: "background", type: "background", paint: { "background-color": paint("m-water") } },
        fill("land", "land", "m-land"),
        fill("zone", "zone", "m-zone"),
        fill("water", "water", "m-water"),
        fill("sand", "sand", "m-sand"),
        fill("blocks", "blocks", "m-block", { minzoom: 11 }),
        fill("green", "green", "m-green"),
        fill("apron", "quays", "m-yard"),
        line("coast", "coast", "m-coast", 1),
        fill("buildings", "buildings", "m-bld", { minzoom: 12.5 }),
        line("quay", "quays", "m-coast", ["interpolate", ["linear"], ["zoom"], 11, 1.5, 16, 5], { filter: ["==", ["geometry-type"], "LineString"] }),
        line("road-case", "streets", "m-case", ["interpolate", ["exponential", 1.6], ["zoom"], 11, 1.5, 14, 5, 17, 22], { minzoom: 12.5 }),
        line("road-minor", "streets", "m-road", road_width(1), { filter: ["!", of_class("trunk", "primary")], minzoom: 11.5 }),
        line("road-primary", "streets", "m-road", road_width(1.6), { filter: of_class("primary") }),
        line("road-trunk", "streets", "m-road-hi", road_width(2.2), { filter: of_class("trunk") }),
        label("road-name", "streets", 11, "m-label-2", { "symbol-placement": "line", "symbol-spacing": 420 }, { minzoom: 13 }),
        label("quay-name", "quays", 11, "m-label-2", { "symbol-placement": "line-center" }, { minzoom: 14.5 }),
        label("label-water", "labels", 13, "m-label-water", { "text-letter-spacing": 0.3, "text-rotate": ["coalesce", ["get", "turn_deg"], 0], "text-rotation-alignment": "map" }),
    ] as unknown as LayerSpecification[];
}
