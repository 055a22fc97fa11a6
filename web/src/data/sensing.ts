// The sensing network: devices and how they fare, who waits in quarantine, where things are, rules on trial.
import type { Geometry } from "geojson";
import { call } from "./http";
import type { Id, Label, Level } from "./types";

export const k_device_states = ["online", "late", "silent", "never", "off"] as const;
export type DeviceState = (typeof k_device_states)[number];
export interface DeviceRow {
    id: Id; name: string; name_en?: string; type: string; protocol: string; address: string; enterprise?: Id | null; grid?: Id | null; place?: Geometry | null;
    expected_interval_s?: number | null; last_at?: string | null; state: DeviceState; streams: number; alarms: number;
}
export interface DevicePage { devices: DeviceRow[]; counts: Partial<Record<DeviceState, number>>; next?: string | null }
export interface DeviceQuery { state?: string; type?: string; grid?: string; text?: string; after?: string; limit?: number }
export const read_devices = (query: DeviceQuery) => call<DevicePage>("/devices", { query: { ...query } });

export type QualityBy = "device" | "grid" | "enterprise" | "type";
export interface QualityRow {
    key: string; name: string; name_en?: string; devices: number; online: number; expected?: number | null; received: number; completeness?: number | null;
    delay_p50_s?: number | null; delay_p99_s?: number | null; stuck: number; jumps: number; out_of_range: number; last_at?: string | null;
}
export interface Quality { rows: QualityRow[]; from: string; until: string }
export const read_quality = (by: QualityBy) => call<Quality>("/quality", { query: { by } });

export interface ProposedStream { channel: string; property: string; unit?: string; name: string; name_en?: string; value?: number | null; at?: string | null }
export interface Proposal {
    device: { name: string; name_en?: string; type: string; protocol: string; address: string; expected_interval_s?: number | null };
    datastreams: ProposedStream[]; needs_token: boolean;
}
export interface Adoption { device: Proposal["device"]; geometry?: Geometry | null; datastreams: Omit<ProposedStream, "value" | "at">[] }
export const read_proposal = (id: Id) => call<Proposal>(`/quarantine/${id}/proposal`);
export const adopt = (id: Id, body: Adoption) => call<{ device: Id | { id: Id }; token?: string }>(`/quarantine/${id}/adopt`, { method: "POST", body });

export interface WouldBeAlarm { datastream: Id; device: Id; name?: string; name_en?: string; level: Level; raised_at: string; cleared_at: string | null; worst: number }
export interface Trial { from: string; to: string; streams: number; readings: number; complete: boolean; alarms: WouldBeAlarm[] }
export const try_rule = (body: { rule?: Id; fields?: Record<string, unknown>; from?: string; to?: string }) => call<Trial>("/rules/trial", { method: "POST", body });

/** How a rule fares in the running program; `problem` when it was set aside because it failed or took too long. */
export interface RuleState { rule: Id; streams?: number; alarms?: number; evaluated?: number; raised?: number; off_until?: string | null; last_ms?: number | null; problem?: (Label & { id?: string }) | string | null }
export async function read_rule_states(): Promise<RuleState[]> {
    const answer = await call<RuleState[] | { rules: RuleState[] }>("/rules/state");
    return Array.isArray(answer) ? answer : answer.rules;
}

/** Speed in m/s, course in degrees from north; null where it was not told. `doubtful`: it lies where nothing gets so fast. */
export interface Position {
    device: Id; name?: string; name_en?: string; type?: string; enterprise?: Id | null; longitude: number; latitude: number; speed: number | null; course: number | null; at: string; received?: string;
    stale: boolean; doubtful?: boolean; expected_interval_s?: number | null; dangerous?: unknown; identity?: Record<string, unknown> | null;
}
export const read_positions = () => call<{ positions: Position[] }>("/positions");
/** Longitude, latitude, Unix milliseconds, speed in m/s and course, each null where it was not told. */
export type TrackPoint = [longitude: number, latitude: number, at: number, speed: number | null, course: number | null];
export interface Track { device: Id; points: TrackPoint[]; thinned: boolean }
export const read_track = (device: Id, from: string, until: string, max = 2000) => call<Track>(`/positions/${device}/track`, { query: { from, until, max } });
