// The shapes of the contract (docs/architecture.md), as the screens read them.
import type { Geometry } from "geojson";

export type Id = string;
export type Level = 1 | 2 | 3 | 4;
export interface Label { zh: string; en: string }

export interface Scope { grid?: Id | null; enterprise?: Id | null; organisation?: Id | null }
export interface Stored<F = Fields> {
    id: Id;
    kind: string;
    zone: string;
    space: string;
    revision: number;
    state: string;
    scope?: Scope;
    valid_from?: string;
    valid_to?: string | null;
    geometry?: Geometry | null;
    sequence: number;
    created_at: string;
    updated_at: string;
    deleted?: boolean;
    fields: F;
}
export type Fields = Record<string, unknown>;

export interface Reading { at: string; received?: string; value: number }
export interface AlarmFields extends Fields {
    title: string; title_en?: string; level: Level; rule?: Id; datastream?: Id; device?: Id; enterprise?: Id; vessel?: Id;
    hazard?: string; value: number; value_max?: number; unit?: string; limit?: number; limit_source?: string; property?: string;
    frame_at?: string; raised_at: string; level_at?: string; cleared_at?: string; acknowledged_at?: string; acknowledged_by?: string;
    answer_by?: string; comment?: string; reason_text?: string; group?: Id; members?: number; readings?: Reading[]; incident?: Id;
}
export type Alarm = Stored<AlarmFields>;

export interface Wind {
    from_deg: number; speed_m_s: number; gust_m_s?: number; spread_deg?: number; stability?: string;
    stability_reason?: string; stability_reason_en?: string; mode: "measured" | "manual" | "calm" | "stale" | "none";
    at?: string; height_m?: number;
}
export interface IncidentFields extends Fields {
    number: string; title: string; title_en?: string; hazard: string; level: Level; response_level?: Level; alarm?: Id;
    enterprise?: Id; vessel?: Id; substance?: Id; inventory_kg?: number; plan?: Id; commander?: string; frame_at?: string;
    started_at: string; drafted_at?: string; confirmed_at?: string; plan_started_at?: string; stand_down_at?: string; closed_at?: string;
    manual_wind?: Wind | null; hole_diameter_m?: number; reason_text?: string; summary?: string;
}
export type Incident = Stored<IncidentFields>;

export interface Zone {
    key: string; name: string; level: number; ppm?: number; distance_m: number; half_width_m?: number; area_m2?: number; geometry: Geometry;
}
export interface Affected {
    zone: string; record: Id; kind: string; name: string; name_en?: string; type?: string; people: number; people_by_hour?: number[];
    distance_m: number; arrival_s?: number | null; bearing_deg?: number; advice: "leave" | "stay_in" | "stop_work" | "ready";
    reason?: Label; fan_only?: boolean;
}
export interface Totals { people: number; by_zone: Record<string, number>; by_hour?: Record<string, number[]>; fan_extra?: number }
export interface SourceTerm {
    substance?: string; substance_en?: string; inventory_kg?: number; hole_diameter_m?: number; rate_kg_s?: number; duration_s?: number;
    dense?: boolean; steps?: Label[];
}
export interface ImpactFields extends Fields {
    title?: string; incident?: Id; edition?: number; cause?: string; wind: Wind; source_term: SourceTerm; model: { name?: string; zh?: string; en?: string };
    zones: Zone[]; fan?: Geometry | { geometry: Geometry; half_angle_deg?: number } | null; affected: Affected[]; totals: Totals; notes?: Label[];
    problem?: (Label & { id: string }) | null; computed_at?: string; computed_ms?: number;
}
export type Impact = Stored<ImpactFields>;
export interface PreviewRoute { dispatch?: Id; team?: Id; geometry?: Geometry | null; eta_s?: number; length_m?: number; detour_m?: number; problem?: unknown }
export type Preview = ImpactFields & { routes?: PreviewRoute[] };

export interface TaskFields extends Fields {
    incident: Id; step?: string; section: string; section_en?: string; title: string; title_en?: string; owner_role?: string; owner?: Id;
    owner_text?: string; owner_text_en?: string; team?: Id; sequence?: number; minutes?: number; due_at?: string; ordered_at?: string;
    accepted_at?: string; done_at?: string; note?: string;
}
export type Task = Stored<TaskFields>;
export interface DispatchFields extends Fields {
    title: string; title_en?: string; incident: Id; team: Id; people?: number; vehicles_text?: string; vehicles_text_en?: string; length_m?: number;
    travel_s?: number; turnout_s?: number; eta_s?: number; arrive_by?: string; detour_m?: number; roads?: { name: string; name_en?: string; length_m?: number }[];
    problem?: (Label & { id?: string }) | null; edition?: number; ordered_at?: string; accepted_at?: string; arrived_at?: string;
}
export type Dispatch = Stored<DispatchFields>;
export interface MessageFields extends Fields {
    incident?: Id; title: string; title_en?: string; text: string; text_en?: string; to_role?: string; to_person?: Id; to_text?: string; to_text_en?: string;
    channel: string; task?: Id; queued_at?: string; sent_at?: string; read_at?: string; answered_at?: string; answered_by?: string; answer?: string;
}
export type Message = Stored<MessageFields>;
export interface LogFields extends Fields { incident?: Id; text: string; text_en?: string; at: string }
export type LogEntry = Stored<LogFields>;

export interface StopwatchStep { step: string; at: string | null; ms: number | null }
export interface Board {
    incident: Incident; alarms: Alarm[]; impact: Impact | null; tasks: Task[]; dispatches: Dispatch[]; messages: Message[]; log: LogEntry[];
    stopwatch: StopwatchStep[];
}

export interface Entry {
    sequence: number; at: string; action: "create" | "update" | "move" | "remove"; move?: string; actor?: string; origin?: string;
    reason?: string; record: Stored;
    /** What changed, as it was: fields by name, and "state", "geometry", "scope". */
    before?: Fields;
}
export interface Latest {
    datastream: Id; device: Id; property: string; unit?: string; value: number; at: string; received?: string; quality?: string | number;
    name?: string; name_en?: string; place?: unknown;
}
export interface Bucket { from: string; min: number; max: number; mean: number; last?: number; count: number }

export interface SpaceInfo { id: string; name: string; name_en?: string; state?: string }
export interface Session {
    account: string; name: string; name_en?: string; zone: string; roles: string[]; rights: string[]; csrf: string; version?: string;
    demonstration?: boolean; must_change?: boolean; password_at?: string | null; spaces: SpaceInfo[];
}
export interface OnDuty { duty_role: string; person?: Id; name: string; name_en?: string; title?: string; title_en?: string }
export interface Tide { level_m?: number; value?: number; at?: string; rate_m_h?: number; trend?: string; name?: string; name_en?: string; [more: string]: unknown }
export interface DutyNow { wind: Wind | null; tide: Tide | null; on_duty: OnDuty[]; devices: { live: number; silent: number }; time: string }

export interface CatalogField {
    name: string; type: string; label: Label; help?: Label; unit?: string; required?: boolean; unique?: boolean; index?: boolean; table?: string; kind?: string;
    sensitive?: boolean; min?: number; max?: number; length?: number; pattern?: string; pattern_text?: Label; earliest?: string; latest?: string;
    /** Of a height: code of table `vertical_datum`. */
    datum?: string;
    /** The clock that writes this field; people cannot. */
    clock?: string; default?: unknown;
}
/** A part of a form under its own heading. */
export interface FormSection { label?: Label; fields: string[] }
export interface CatalogMove { name: string; from: string[]; to: string; label: Label; required?: string[]; right?: string }
/** A move as it stands for one record and one caller: open, or locked with the reason. */
export interface OpenMove { move: string; label: Label; to: string; required: string[]; missing: string[]; allowed: boolean; reason?: Label & { id: string } }
/** A term in working time of a procedure. */
export interface CatalogClock { name: string; label: Label; starts: string[]; stops: string[]; due: Record<string, number | string>; tell?: string; escalate?: { to_role: string; after?: Record<string, number> }; source: string }
export interface CatalogKind {
    name: string; label: Label; plural: Label; geometry: string; title: string; list: string[]; fields: CatalogField[]; form?: FormSection[]; map?: Record<string, unknown>;
    states: { name: string; label: Label; final?: boolean }[]; moves: CatalogMove[]; clocks?: CatalogClock[];
    key?: string[]; search?: string[]; retention?: { years?: number; source?: string };
}
export interface CatalogTable { name: string; label: Label; source?: string; codes: { value: string; label: Label; parent?: string }[] }
export interface Catalog { version?: string; kinds: CatalogKind[]; tables: CatalogTable[]; roles: { name: string; label: Label }[] }
