// Drawing on the one map: points are set, dragged, inserted and taken away. Used to place a record and to measure.
import type { Feature, Geometry } from "geojson";
import { computed, onUnmounted, ref, watch, type Ref } from "vue";
import { round, type Place } from "./crs";
import { k_nothing } from "./sources/scene";
import { stage, type Grip } from "./stage";

export type Shape = "point" | "line" | "area";
export const k_vertices_max = 2000;

/** The geometry of what is drawn; null while there is too little of it. */
export function geometry_from(shape: Shape, at: Place[]): Geometry | null {
    if (shape === "point") return at[0] ? { type: "Point", coordinates: at[0] } : null;
    if (shape === "line") return at.length >= 2 ? { type: "LineString", coordinates: at } : null;
    return at.length >= 3 ? { type: "Polygon", coordinates: [[...at, at[0]!]] } : null;
}
/** What can be drawn on: one point, one line, one area without holes. Anything else is not taken apart here. */
export function drawn_from(geometry: Geometry | null | undefined): { shape: Shape; vertices: Place[] } | null {
    if (geometry?.type === "Point") return { shape: "point", vertices: [geometry.coordinates as Place] };
    if (geometry?.type === "LineString") return { shape: "line", vertices: geometry.coordinates as Place[] };
    if (geometry?.type === "Polygon" && geometry.coordinates.length === 1) return { shape: "area", vertices: geometry.coordinates[0]!.slice(0, -1) as Place[] };
    return null;
}
function features_of(shape: Shape, at: Place[]): Feature[] {
    const line = shape === "area" && at.length >= 3 ? [...at, at[0]!] : at;
    const out: Feature[] = [];
    if (shape === "area" && at.length >= 3) out.push({ type: "Feature", geometry: { type: "Polygon", coordinates: [line] }, properties: { role: "area" } });
    if (shape !== "point" && line.length >= 2) out.push({ type: "Feature", geometry: { type: "LineString", coordinates: line }, properties: { role: "line" } });
    if (shape !== "point") for (let i = 1; i < line.length; i++) out.push({ type: "Feature", geometry: { type: "Point", coordinates: [(line[i - 1]![0] + line[i]![0]) / 2, (line[i - 1]![1] + line[i]![1]) / 2] }, properties: { role: "middle", index: i } });
    at.forEach((one, index) => out.push({ type: "Feature", geometry: { type: "Point", coordinates: one }, properties: { role: "vertex", index } }));
    return out;
}
/** Takes the map's presses for as long as `on`; the component's end gives them back. */
export function use_drawing(shape: Ref<Shape>, on: Ref<boolean>) {
    const vertices = ref<Place[]>([]);
    const geometry = computed(() => geometry_from(shape.value, vertices.value));
    const tidy = (at: Place): Place => [round(at[0]), round(at[1])];
    const grip: Grip = {
        press(at) {
            if (shape.value === "point") vertices.value = [tidy(at)];
            else if (vertices.value.length < k_vertices_max) vertices.value = [...vertices.value, tidy(at)];
        },
        grab(role, index, at) {
            if (role === "middle") vertices.value = [...vertices.value.slice(0, index), tidy(at), ...vertices.value.slice(index)];
            return index;
        },
        drag(index, at) { vertices.value = vertices.value.map((one, n) => (n === index ? tidy(at) : one)); },
    };
    const draw = () => stage().put("draft", on.value ? { type: "FeatureCollection", features: features_of(shape.value, vertices.value) } : k_nothing);
    watch([vertices, shape, on], draw, { immediate: true });
    watch(on, (is) => stage().hold(is ? grip : null), { immediate: true });
    onUnmounted(() => { stage().hold(null); stage().put("draft", k_nothing); });
    return { vertices, geometry, undo: () => (vertices.value = vertices.value.slice(0, -1)), clear: () => (vertices.value = []), remove: (index: number) => (vertices.value = vertices.value.filter((_, n) => n !== index)) };
}
