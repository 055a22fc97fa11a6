// One layer group per kind of record, fed by the kind's own vector tiles. What is switched off is not asked for.
import type { LayerSpecification } from "maplibre-gl";
import { icon_of, type IconName } from "@/ui/icons";
import type { Paint } from "../tokens";
import { k_fonts, k_fonts_bold, named, type Language } from "./text";

export interface RecordLayer { kind: string; icon: IconName; tone: "plain" | "own" | "key"; shown: boolean; zoom_min: number; zoom_label: number }

/** In drawing order, the lowest first. */
export const k_record_layers: RecordLayer[] = [
    { kind: "grid", icon: "grid", tone: "plain", shown: true, zoom_min: 9, zoom_label: 10 },
    { kind: "enterprise", icon: "office", tone: "plain", shown: true, zoom_min: 12, zoom_label: 14 },
    { kind: "hydrant", icon: "fire", tone: "plain", shown: false, zoom_min: 13, zoom_label: 16 },
    { kind: "stock", icon: "box", tone: "own", shown: false, zoom_min: 11, zoom_label: 14 },
    { kind: "shelter", icon: "shield", tone: "plain", shown: false, zoom_min: 11, zoom_label: 14 },
    { kind: "device", icon: "radio", tone: "plain", shown: false, zoom_min: 13, zoom_label: 16 },
    { kind: "protection_target", icon: "home", tone: "key", shown: true, zoom_min: 11.5, zoom_label: 13.5 },
    { kind: "team", icon: "users", tone: "own", shown: true, zoom_min: 11, zoom_label: 13.5 },
    { kind: "vessel", icon: "droplet", tone: "key", shown: true, zoom_min: 11, zoom_label: 14.5 },
];
const k_types = ["school", "dormitory", "hotel", "residence", "hospital", "office", "terminal", "beach", "shop", "workplace", "fire", "port_fire", "hazmat", "medical", "police", "monitoring", "engineering", "sea_rescue", "gas_detector", "smoke_detector", "weather_mast", "tide_gauge", "vehicle", "ship"];

export function record_layers(paint: Paint, language: Language, shown: ReadonlySet<string>): LayerSpecification[] {
    const layers: unknown[] = [];
    for (const one of k_record_layers) {
        const { kind } = one;
        const visibility = shown.has(kind) ? "visible" : "none";
        const from = { source: `kind:${kind}`, "source-layer": kind };
        if (kind === "grid") {
            layers.push(
                { id: "grid:line", type: "line", ...from, layout: { visibility }, paint: { "line-color": paint("m-grid"), "line-width": 1.2, "line-dasharray": [6, 4] } },
            );
            continue;
        }
        if (kind === "enterprise") {
            layers.push(
                { id: "enterprise:area", type: "fill", ...from, minzoom: one.zoom_min, filter: ["==", ["geometry-type"], "Polygon"], layout: { visibility }, paint: { "fill-color": paint("m-label"), "fill-opacity": 0.05 } },
                { id: "enterprise:line", type: "line", ...from, minzoom: one.zoom_min, filter: ["==", ["geometry-type"], "Polygon"], layout: { visibility }, paint: { "line-color": paint("m-label-2"), "line-width": 1, "line-opacity": 0.5 } },
                { id: "enterprise:name", type: "symbol", ...from, minzoom: one.zoom_label, layout: { visibility, "text-field": named(language), "text-font": k_fonts, "text-size": 12, "text-max-width": 9 },
                    paint: { "text-color": paint("m-label"), "text-halo-color": paint("m-halo"), "text-halo-width": 1.6 } },
            );
            continue;
        }
        const by_type = ["match", ["coalesce", ["get", "type"], ""], ...k_types.flatMap((type) => [type, `icon:${icon_of(kind, type)}:${one.tone}`]), `icon:${one.icon}:${one.tone}`];
        layers.push({
            id: `${kind}:icon`, type: "symbol", ...from, minzoom: one.zoom_min,
            layout: {
                visibility, "icon-image": by_type, "icon-size": ["interpolate", ["linear"], ["zoom"], 11, 0.55, 15, 1], "icon-allow-overlap": kind === "vessel", "icon-padding": 0,
                "text-field": ["step", ["zoom"], "", one.zoom_label, named(language)], "text-font": k_fonts, "text-size": 12, "text-offset": [0, 1.1], "text-anchor": "top", "text-optional": true, "text-max-width": 9,
            },
            paint: { "text-color": paint("m-label"), "text-halo-color": paint("m-halo"), "text-halo-width": 1.6 },
        });
    }
    // Grids are named once each, from the records (a tile would name every piece that it cuts), and above
    // the rest: what is drawn later finds its place first.
    layers.push({ id: "grid:name", type: "symbol", source: "names", layout: { visibility: shown.has("grid") ? "visible" : "none", "text-field": ["get", "text"], "text-font": k_fonts_bold, "text-size": 13, "text-padding": 8 },
        paint: { "text-color": paint("m-label"), "text-halo-color": paint("m-halo"), "text-halo-width": 1.8 } });
    return layers as LayerSpecification[];
}
