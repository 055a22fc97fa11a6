// A track with its times, and the fences of rules. Ours is jade; no level colour: a fence is no alarm.
import type { LayerSpecification } from "maplibre-gl";
import type { Paint } from "../tokens";
import { k_fonts } from "./text";

export function track_layers(paint: Paint): LayerSpecification[] {
    const role = (name: string) => ["==", ["get", "role"], name];
    const halo = { "text-halo-color": paint("m-halo"), "text-halo-width": 1.8 };
    return [
        { id: "fence:area", type: "fill", source: "fences", filter: role("area"), paint: { "fill-color": paint("accent"), "fill-opacity": ["case", ["get", "off"], 0.03, 0.08] } },
        { id: "fence:line", type: "line", source: "fences", filter: role("area"), paint: { "line-color": paint("accent"), "line-width": 1.6, "line-opacity": ["case", ["get", "off"], 0.4, 0.9], "line-dasharray": [5, 2] } },
        { id: "fence:name", type: "symbol", source: "fences", filter: role("name"), minzoom: 11, layout: { "text-field": ["get", "text"], "text-font": k_fonts, "text-size": 12, "text-optional": true, "text-max-width": 10 }, paint: { "text-color": paint("m-label"), ...halo } },
        { id: "track:case", type: "line", source: "track", filter: role("line"), layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": paint("m-halo"), "line-width": 6 } },
        { id: "track:line", type: "line", source: "track", filter: role("line"), layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": paint("m-route"), "line-width": 2.8 } },
        { id: "track:gap", type: "line", source: "track", filter: role("gap"), paint: { "line-color": paint("m-other"), "line-width": 1.4, "line-dasharray": [2, 3], "line-opacity": 0.7 } },
        { id: "track:flow", type: "symbol", source: "track", filter: role("line"), layout: { "symbol-placement": "line", "symbol-spacing": 120, "icon-image": "flow", "icon-allow-overlap": true } },
        { id: "track:start", type: "circle", source: "track", filter: role("start"), paint: { "circle-radius": 5, "circle-color": paint("bg-1"), "circle-stroke-color": paint("m-route"), "circle-stroke-width": 2.4 } },
        { id: "stamp:dot", type: "circle", source: "stamps", paint: { "circle-radius": 3.4, "circle-color": paint("m-route"), "circle-stroke-color": paint("m-halo"), "circle-stroke-width": 1.6 } },
        { id: "stamp:text", type: "symbol", source: "stamps", layout: { "text-field": ["get", "text"], "text-font": k_fonts, "text-size": 11, "text-anchor": "left", "text-offset": [0.7, 0], "text-optional": true }, paint: { "text-color": paint("m-label"), ...halo } },
        { id: "then", type: "symbol", source: "then", layout: { "icon-image": "mover:own", "icon-rotate": ["get", "course"], "icon-rotation-alignment": "map", "icon-allow-overlap": true, "icon-size": 1.3 } },
    ] as unknown as LayerSpecification[];
}
