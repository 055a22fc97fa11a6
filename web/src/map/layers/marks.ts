// What is alive: moving things, alarms, incidents, the selection. Always on top.
import type { LayerSpecification } from "maplibre-gl";
import type { Paint } from "../tokens";
import { k_fonts_bold } from "./text";

export function mark_layers(paint: Paint, movers_shown: boolean): LayerSpecification[] {
    return [
        { id: "mover", type: "symbol", source: "movers", layout: { visibility: movers_shown ? "visible" : "none", "icon-image": ["get", "image"], "icon-rotate": ["get", "course"], "icon-rotation-alignment": "map", "icon-allow-overlap": true, "icon-size": ["interpolate", ["linear"], ["zoom"], 11, 0.7, 15, 1.1] } },
        { id: "selection", type: "circle", source: "selection", paint: { "circle-radius": 16, "circle-color": "transparent", "circle-stroke-color": paint("m-select"), "circle-stroke-width": 2 } },
        { id: "mark", type: "symbol", source: "marks", layout: { "icon-image": ["case", ["has", "point_count"], ["concat", "mark:", ["to-string", ["get", "level"]], ":ring"], ["get", "image"]], "icon-allow-overlap": true, "symbol-sort-key": ["-", 9, ["get", "level"]], "icon-size": 0.8,
            "text-field": ["case", ["has", "point_count"], ["concat", "×", ["get", "point_count_abbreviated"]], ""], "text-font": k_fonts_bold, "text-size": 12, "text-anchor": "left", "text-offset": [1.4, 0], "text-allow-overlap": true },
            paint: { "text-color": paint("m-label"), "text-halo-color": paint("m-halo"), "text-halo-width": 1.8 } },
        { id: "incident", type: "symbol", source: "incidents", layout: { "icon-image": ["get", "image"], "icon-allow-overlap": true, "symbol-sort-key": ["-", 9, ["get", "level"]], "icon-size": 1.15,
            "text-field": ["step", ["zoom"], "", 12.5, ["get", "text"]], "text-font": k_fonts_bold, "text-size": 12, "text-anchor": "right", "text-offset": [-1.6, 0], "text-optional": true, "text-max-width": 12 },
            paint: { "text-color": paint("m-label"), "text-halo-color": paint("m-halo"), "text-halo-width": 1.8 } },
    ] as unknown as LayerSpecification[];
}
