// Features of what is on stage now: pure functions from records to GeoJSON.
import type { Feature, FeatureCollection, Geometry, Position } from "geojson";
import type { Affected, Alarm, DispatchFields, ImpactFields, Incident, Stored } from "@/data/types";
import type { Mover } from "@/stores/observations";
import { icon_of } from "@/ui/icons";

export type Collection = FeatureCollection;
export const k_nothing: Collection = { type: "FeatureCollection", features: [] };
const collection = (features: Feature[]): Collection => ({ type: "FeatureCollection", features });
const feature = (geometry: Geometry, properties: Record<string, unknown>): Feature => ({ type: "Feature", geometry, properties });

function each_position(geometry: Geometry | null | undefined, visit: (p: Position) => void): void {
    if (!geometry) return;
    if (geometry.type === "GeometryCollection") { for (const one of geometry.geometries) each_position(one, visit); return; }
    const walk = (at: unknown): void => {
        if (!Array.isArray(at)) return;
        if (typeof at[0] === "number") visit(at as Position);
        else for (const one of at) walk(one);
    };
    walk(geometry.coordinates);
}
export type Bounds = [west: number, south: number, east: number, north: number];
export function bounds_of(...geometries: (Geometry | null | undefined)[]): Bounds | null {
    let box: Bounds | null = null;
    for (const geometry of geometries) {
        each_position(geometry, ([x = 0, y = 0]) => {
            box = box ? [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)] : [x, y, x, y];
        });
    }
    return box;
}
/** Where to put a mark: the point itself, or the middle of the box. */
export function place_of(geometry: Geometry | null | undefined): [number, number] | null {
    if (geometry?.type === "Point") return [geometry.coordinates[0]!, geometry.coordinates[1]!];
    const box = bounds_of(geometry);
    return box ? [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2] : null;
}

/** Alarms as marks; the red one of an open incident is drawn as the incident. */
export function marks_of(alarms: Alarm[], incidents: Incident[]): Collection {
    const open = new Set(incidents.map((one) => one.id));
    const features: Feature[] = [];
    for (const alarm of alarms) {
        const at = place_of(alarm.geometry);
        if (!at || (alarm.fields.incident && open.has(alarm.fields.incident) && alarm.fields.level === 1)) continue;
        const look = alarm.state === "active" ? "ring" : "plain";
        features.push(feature({ type: "Point", coordinates: at }, { id: alarm.id, kind: "alarm", level: alarm.fields.level, image: `mark:${alarm.fields.level}:${look}` }));
    }
    return collection(features);
}
export function incidents_of(incidents: Incident[], title: (one: Stored) => string): Collection {
    const features: Feature[] = [];
    for (const incident of incidents) {
        const at = place_of(incident.geometry);
        if (!at) continue;
        const look = incident.state === "draft" ? "ring" : "plain";
        features.push(feature({ type: "Point", coordinates: at }, { id: incident.id, kind: "incident", level: incident.fields.level, image: `mark:${incident.fields.level}:${look}`, text: title(incident) }));
    }
    return collection(features);
}

/** Old positions die on their own: dashed after the limit, gone after twice the limit. */
export const k_mover_limit_ms = 120_000;
/** What reports seldom grows old later: three of its own intervals, never less than the limit. */
export const mover_limit_ms = (expected_interval_s: unknown): number => Math.max(k_mover_limit_ms, 3000 * (Number(expected_interval_s) || 0));
export function movers_of(movers: Iterable<Mover>, now: number, own: (device: string) => boolean, limit_ms: (device: string) => number = () => k_mover_limit_ms): Collection {
    const features: Feature[] = [];
    for (const mover of movers) {
        const age = now - mover.at;
        const limit = limit_ms(mover.device);
        if (mover.longitude === undefined || mover.latitude === undefined || age > 2 * limit) continue;
        const look = age > limit ? "stale" : own(mover.device) ? "own" : "other";
        features.push(feature({ type: "Point", coordinates: [mover.longitude, mover.latitude] }, { id: mover.device, kind: "device", image: `mover:${look}`, course: mover.course ?? 0, at: mover.at }));
    }
    return collection(features);
}

export function zones_of(impact: Pick<ImpactFields, "zones"> | null | undefined): Collection {
    return collection([...(impact?.zones ?? [])].reverse().filter((zone) => zone.geometry).map((zone) => feature(zone.geometry, { level: zone.level, key: zone.key })));
}
export function fan_of(impact: Pick<ImpactFields, "fan"> | null | undefined): Collection {
    const fan = impact?.fan;
    if (!fan) return k_nothing;
    const geometry = "geometry" in fan ? fan.geometry : (fan as Geometry);
    return geometry?.type ? collection([feature(geometry, {})]) : k_nothing;
}
/** A name at the far end of each zone. */
export function tips_of(impact: Pick<ImpactFields, "zones"> | null | undefined, from: [number, number] | null, text: (zone: ImpactFields["zones"][number]) => string): Collection {
    const features: Feature[] = [];
    for (const zone of impact?.zones ?? []) {
        let far: Position | null = null;
        let best = -1;
        each_position(zone.geometry, (p) => {
            const d = from ? (p[0]! - from[0]) ** 2 * 0.6 + (p[1]! - from[1]) ** 2 : p[0]!;
            if (d > best) { best = d; far = p; }
        });
        if (far && zone.level > 0) features.push(feature({ type: "Point", coordinates: far }, { level: zone.level, text: text(zone) }));
    }
    return collection(features);
}
export function names_of(records: Stored[], text: (one: Stored) => string): Collection {
    return collection(records.flatMap((one) => { const at = place_of(one.geometry); return at ? [feature({ type: "Point", coordinates: at }, { text: text(one) })] : []; }));
}
export function targets_of(affected: Affected[], places: (one: Affected) => [number, number] | null, text: (one: Affected) => string): Collection {
    return collection(affected.filter((one) => !one.fan_only).flatMap((one) => {
        const at = places(one);
        return at ? [feature({ type: "Point", coordinates: at }, { id: one.record, kind: one.kind, image: `icon:${icon_of(one.kind, one.type)}:key`, text: text(one) })] : [];
    }));
}
export interface RouteShown { id: string; geometry?: Geometry | null; quiet: boolean }
export function routes_of(routes: RouteShown[]): Collection {
    return collection(routes.filter((one) => one.geometry && one.geometry.type !== "Point").map((one) => feature(one.geometry!, { id: one.id, kind: "dispatch", quiet: one.quiet })));
}
export function teams_of(dispatches: Stored<DispatchFields>[], team: (id: string) => Stored | undefined, text: (one: Stored<DispatchFields>, team: Stored | undefined) => string): Collection {
    return collection(dispatches.flatMap((one) => {
        const record = team(one.fields.team);
        const start = one.geometry?.type === "LineString" ? (one.geometry.coordinates[0] as [number, number]) : place_of(record?.geometry);
        const end = one.geometry?.type === "LineString" ? (one.geometry.coordinates.at(-1) as [number, number]) : start;
        const at = one.state === "arrived" ? end : start;
        return at ? [feature({ type: "Point", coordinates: at }, { id: one.fields.team, kind: "team", image: `icon:${icon_of("team", String(record?.fields["type"] ?? ""))}:own`, text: text(one, record) })] : [];
    }));
}
