// Files of records.
import { download } from "./http";
import type { Query } from "./records";

export type ExportFormat = "csv" | "xlsx" | "geojson";
export const export_records = (kind: string, format: ExportFormat, query: Query & { columns?: string } = {}) =>
    download(`/records/${kind}/export`, { ...query, format });
export const read_template = (kind: string, format: "csv" | "xlsx") => download(`/records/${kind}/template`, { format });
