// Files of records, out and in.
import { call, download, upload } from "./http";
import type { Id, Label } from "./types";
import type { Query } from "./records";

export type ExportFormat = "csv" | "xlsx" | "geojson";
export const export_records = (kind: string, format: ExportFormat, query: Query & { columns?: string } = {}) =>
    download(`/records/${kind}/export`, { ...query, format });
export const read_template = (kind: string, format: "csv" | "xlsx") => download(`/records/${kind}/template`, { format });

export type ImportState = "waiting" | "checking" | "checked" | "applying" | "done" | "failed";
export interface ImportColumn { title: string; column: string; label: Label; samples: string[] }
export interface ImportJob {
    id: Id; kind: string; file_name: string; bytes: number; state: ImportState; progress: number; choices: Record<string, string>; empty: "keep" | "clear";
    reason: string; columns: ImportColumn[]; error: { id: string; text: string } | null; created_at: string; ended_at: string | null;
    counts: { rows: number; new: number; changed: number; unchanged: number; wrong: number; problems: number };
}
export interface ImportProblem { row: number; column: string; field: string; value: string; id: string; text: string }
export interface ImportLimits { file_bytes_max: number; rows_max: number; problems_max: number }

export const send_import = (file: File, query: { kind: string; empty?: string; reason?: string }, on_progress: (share: number) => void) =>
    upload<ImportJob>("/imports", { ...query, name: file.name }, file, on_progress);
export const list_imports = () => call<{ imports: ImportJob[]; limits: ImportLimits }>("/imports");
export const read_import = (id: Id) => call<ImportJob>(`/imports/${id}`);
export const check_import = (id: Id, body: { columns: Record<string, string>; empty: string; reason: string }) => call<ImportJob>(`/imports/${id}/check`, { method: "POST", body });
export const import_problems = (id: Id, query: { skip?: number; limit?: number; text?: string }) =>
    call<{ problems: ImportProblem[]; matching: number }>(`/imports/${id}/problems`, { query });
export const read_problems_file = (id: Id) => download(`/imports/${id}/problems.csv`, {});
export const apply_import = (id: Id) => call<ImportJob>(`/imports/${id}/apply`, { method: "POST" });
export const discard_import = (id: Id) => call<void>(`/imports/${id}`, { method: "DELETE" });
