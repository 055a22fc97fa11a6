// What is being drawn or measured: ink, above everything.
import type { LayerSpecification } from "maplibre-gl";
import type { Paint } from "../tokens";

export function draft_layers(paint: Paint): LayerSpecification[] {
    const role = (name: string) => ["==", ["get", "role"], name];
    return [
        { id: "draft:area", type: "fill", source: "draft", filter: role("area"), paint: { "fill-color": paint("accent"), "fill-opacity": 0.18 } },
        { id: "draft:case", type: "line", source: "draft", filter: role("line"), layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": paint("m-halo"), "line-width": 6 } },
        { id: "draft:line", type: "line", source: "draft", filter: role("line"), layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": paint("accent"), "line-width": 2.6 } },
        { id: "draft:middle", type: "circle", source: "draft", filter: role("middle"), paint: { "circle-radius": 4, "circle-color": paint("bg-1"), "circle-stroke-color": paint("accent"), "circle-stroke-width": 1.5, "circle-opacity": 0.8 } },
        { id: "draft:vertex", type: "circle", source: "draft", filter: role("vertex"), paint: { "circle-radius": 6.5, "circle-color": paint("accent"), "circle-stroke-color": paint("m-select"), "circle-stroke-width": 2 } },
    ] as unknown as LayerSpecification[];
}
