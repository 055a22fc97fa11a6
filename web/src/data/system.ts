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

export interface Backup { name: string; damaged?: true; made_at?: string; sequence?: number; bytes?: number; secrets?: "none" | "left_out" | "sealed"; verified_at?: string; faults?: number }
export interface Backups {
    state: "off" | "none" | "good" | "late" | "failed"; running?: { done: number; total: number }; folder?: string; at?: string; next_at?: string;
    newest?: Backup; failure?: Label & { at: string }; kept?: Backup[];
}
export const read_backups = () => call<Backups>("/system/backup");
export const start_backup = () => call<Backups>("/system/backup", { method: "POST", body: {} });
