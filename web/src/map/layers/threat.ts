// The cloud and what answers it: zones with their patterns, the wind fan, routes, targets, teams.
import type { LayerSpecification } from "maplibre-gl";
import type { Paint } from "../tokens";
import { k_fonts, k_fonts_bold } from "./text";

export function threat_layers(paint: Paint): LayerSpecification[] {
    const edge = ["match", ["get", "level"], 1, paint("l1-edge"), 2, paint("l2-edge"), 3, paint("l3-edge"), 4, paint("l4-edge"), paint("ink-1")];
    const halo = { "text-halo-color": paint("m-halo"), "text-halo-width": 1.8 };
    return [
        { id: "threat:fill", type: "fill", source: "zones", filter: [">", ["get", "level"], 0], layout: { "fill-sort-key": ["-", 9, ["get", "level"]] },
            paint: { "fill-pattern": ["match", ["get", "level"], 1, "fill:1", 2, "fill:2", 3, "fill:3", "fill:4"], "fill-opacity": 1 } },
        { id: "threat:line", type: "line", source: "zones", filter: [">", ["get", "level"], 0], paint: { "line-color": edge, "line-width": 1.5 } },
        { id: "threat:idlh", type: "line", source: "zones", filter: ["==", ["get", "level"], 0], paint: { "line-color": paint("ink-1"), "line-width": 1.4, "line-dasharray": [1, 2] } },
        { id: "threat:fan", type: "line", source: "fan", paint: { "line-color": paint("m-fan"), "line-width": 1.3, "line-dasharray": [3, 3] } },
        { id: "route:case", type: "line", source: "routes", layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": paint("m-halo"), "line-width": 7 } },
        { id: "route:line", type: "line", source: "routes", layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": paint("m-route"), "line-width": 3.6, "line-opacity": ["case", ["get", "quiet"], 0.45, 1] } },
        { id: "route:flow", type: "symbol", source: "routes", layout: { "symbol-placement": "line", "symbol-spacing": 110, "icon-image": "flow", "icon-allow-overlap": true } },
        { id: "target:icon", type: "symbol", source: "targets", layout: { "icon-image": ["get", "image"], "icon-allow-overlap": true, "text-field": ["get", "text"], "text-font": k_fonts, "text-size": 12, "text-anchor": "left", "text-offset": [1.3, 0], "text-justify": "left", "text-optional": true, "text-max-width": 16 },
            paint: { "text-color": paint("m-label"), ...halo } },
        { id: "team:mark", type: "symbol", source: "teams", layout: { "icon-image": ["get", "image"], "icon-allow-overlap": true, "text-field": ["get", "text"], "text-font": k_fonts_bold, "text-size": 12, "text-anchor": "right", "text-offset": [-1.3, 0], "text-justify": "right", "text-optional": true, "text-max-width": 16 },
            paint: { "text-color": paint("m-label"), ...halo } },
        { id: "threat:name", type: "symbol", source: "tips", layout: { "text-field": ["get", "text"], "text-font": k_fonts_bold, "text-size": 12, "text-anchor": "top", "text-offset": [0, 0.5], "text-optional": true },
            paint: { "text-color": ["match", ["get", "level"], 1, paint("l1-ink"), 2, paint("l2-ink"), 3, paint("l3-ink"), paint("m-label")], ...halo } },
    ] as unknown as LayerSpecification[];
}
