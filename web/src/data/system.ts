import { call } from "./http";
import type { Label } from "./types";

export interface Figure { name: string; labels: string; value: number; type: string; help: string }
export interface SystemHealth {
    version: string; catalog_version: string; now: string; started_at: string; uptime_s: number; memory_bytes?: number;
    disk?: { free_bytes: number; total_bytes: number }; stores: { name: string; bytes: number }[]; clock: { synchronised?: boolean; error_ms_max?: number }; figures: Figure[];
}
export const read_health = () => call<SystemHealth>("/system/health");

export interface Proof {
    state: "never" | "running" | "sound" | "broken" | "failed"; checked: number; of?: number; started_at?: string; finished_at?: string; head?: string;
    broken_at?: number; what?: Label;
}
export const read_proof = () => call<Proof>("/journal/verify");
export const start_proof = () => call<Proof>("/journal/verify", { method: "POST", body: {} });
