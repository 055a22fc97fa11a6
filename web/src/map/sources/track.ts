// Where something has been: lines without a bridge over a hole, times along them, and the place at any moment.
import type { Feature, Geometry } from "geojson";
import type { TrackPoint } from "@/data/sensing";
import { length_of, type Place } from "../crs";
import { k_nothing, place_of, type Collection } from "./scene";

/** Longer than this without a word, and nobody knows which way it went. */
export const k_track_gap_ms = 15 * 60_000;
const at_of = (point: TrackPoint): Place => [point[0], point[1]];

export function track_pieces(points: readonly TrackPoint[], gap_ms = k_track_gap_ms): TrackPoint[][] {
    const out: TrackPoint[][] = [];
    for (const one of points) {
        const piece = out.at(-1);
        if (piece && one[2] - piece.at(-1)![2] <= gap_ms) piece.push(one); else out.push([one]);
    }
    return out;
}
export function track_of(points: readonly TrackPoint[], gap_ms = k_track_gap_ms): Collection {
    if (!points.length) return k_nothing;
    const pieces = track_pieces(points, gap_ms);
    const features: Feature[] = pieces.filter((one) => one.length > 1).map((one) => ({ type: "Feature", geometry: { type: "LineString", coordinates: one.map(at_of) }, properties: { role: "line" } }));
    // What is not known is shown as not known: a thin dashed line over the hole.
    for (let n = 1; n < pieces.length; n++) features.push({ type: "Feature", geometry: { type: "LineString", coordinates: [at_of(pieces[n - 1]!.at(-1)!), at_of(pieces[n]![0]!)] }, properties: { role: "gap" } });
    features.push({ type: "Feature", geometry: { type: "Point", coordinates: at_of(points[0]!) }, properties: { role: "start" } });
    return { type: "FeatureCollection", features };
}
export interface TrackMoment { at: Place; time: number; speed: number | null; course: number | null }
/** Between two words of one piece the place is drawn on the straight line; in a hole and beyond the ends there is none. */
export function moment_on(points: readonly TrackPoint[], time: number, gap_ms = k_track_gap_ms): TrackMoment | null {
    let low = 0;
    let high = points.length - 1;
    if (high < 0 || time < points[0]![2] || time > points[high]![2]) return null;
    while (high - low > 1) { const middle = (low + high) >> 1; if (points[middle]![2] <= time) low = middle; else high = middle; }
    const [a, b] = [points[low]!, points[high]!];
    if (time === a[2] || high === low) return { at: at_of(a), time, speed: a[3], course: a[4] };
    if (time === b[2]) return { at: at_of(b), time, speed: b[3], course: b[4] };
    if (b[2] - a[2] > gap_ms) return null;
    const part = (time - a[2]) / (b[2] - a[2]);
    return { at: [a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])], time, speed: a[3], course: a[4] ?? bearing(at_of(a), at_of(b)) };
}
export function bearing(from: Place, to: Place): number {
    const rad = Math.PI / 180;
    const y = Math.sin((to[0] - from[0]) * rad) * Math.cos(to[1] * rad);
    const x = Math.cos(from[1] * rad) * Math.sin(to[1] * rad) - Math.sin(from[1] * rad) * Math.cos(to[1] * rad) * Math.cos((to[0] - from[0]) * rad);
    return (Math.atan2(y, x) / rad + 360) % 360;
}
/** Times along the track, where it was at each of them. */
export function stamps_of(points: readonly TrackPoint[], times: readonly { at: number; text: string }[], gap_ms = k_track_gap_ms): Collection {
    const features = times.flatMap((one): Feature[] => { const where = moment_on(points, one.at, gap_ms); return where ? [{ type: "Feature", geometry: { type: "Point", coordinates: where.at }, properties: { text: one.text } }] : []; });
    return { type: "FeatureCollection", features };
}
/** How far it went, holes left out. */
export const track_length_m = (points: readonly TrackPoint[], gap_ms = k_track_gap_ms): number => track_pieces(points, gap_ms).reduce((sum, piece) => sum + length_of(piece.map(at_of)), 0);

export interface Fence { id: string; area: Geometry; text: string; off: boolean }
export function fences_of(fences: readonly Fence[]): Collection {
    return { type: "FeatureCollection", features: fences.flatMap((one): Feature[] => {
        const middle = place_of(one.area);
        return [{ type: "Feature", geometry: one.area, properties: { id: one.id, role: "area", off: one.off } }, ...(middle ? [{ type: "Feature" as const, geometry: { type: "Point" as const, coordinates: middle }, properties: { id: one.id, role: "name", text: one.text } }] : [])];
    }) };
}
