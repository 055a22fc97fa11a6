// A form's draft: pure, between a record, what the person typed and what is sent.
import type { CatalogField, CatalogKind, FormSection, Fields, Stored } from "@/data/types";
import type { Geometry } from "geojson";
import { is_blank } from "@/ui/values";

export interface Draft { fields: Record<string, unknown>; geometry: Geometry | null }
export type Fault = "required" | "not_number" | "not_whole" | "too_small" | "too_large" | "too_long" | "pattern" | "not_json" | "not_time" | "no_place";
/** By the name of the field, or "geometry". */
export type Faults = Record<string, Fault>;

const copy = <T>(value: T): T => (value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T));
export function draft_of(kind: CatalogKind, record?: Stored): Draft {
    const fields: Record<string, unknown> = {};
    for (const field of kind.fields) fields[field.name] = copy(record ? (record.fields[field.name] ?? null) : (field.default ?? null));
    return { fields, geometry: copy(record?.geometry ?? null) };
}
/** JSON with sorted keys: two values that mean the same compare equal. */
function canonical(value: unknown): string {
    return JSON.stringify(value, (_, one: unknown) => (one && typeof one === "object" && !Array.isArray(one) ? Object.fromEntries(Object.entries(one as Fields).sort(([a], [b]) => (a < b ? -1 : 1))) : one)) ?? "null";
}
const tidy = (value: unknown): unknown => (typeof value === "string" ? (value.trim() === "" ? null : value.trim()) : value === undefined ? null : Array.isArray(value) && !value.length ? null : value);
export const same = (a: unknown, b: unknown): boolean => canonical(tidy(a)) === canonical(tidy(b));

/** The fields that differ from what was read, ready to be sent; null takes a value away. */
export function changes_of(kind: CatalogKind, draft: Draft, was: Draft): { fields: Record<string, unknown>; geometry?: Geometry | null } {
    const fields: Record<string, unknown> = {};
    for (const { name } of kind.fields) if (!same(draft.fields[name], was.fields[name])) fields[name] = tidy(draft.fields[name]);
    return same(draft.geometry, was.geometry) ? { fields } : { fields, geometry: draft.geometry };
}
export const is_changed = (kind: CatalogKind, draft: Draft, was: Draft): boolean => {
    const changed = changes_of(kind, draft, was);
    return Object.keys(changed.fields).length > 0 || "geometry" in changed;
};
/** What is sent for a new record: only what has a value. */
export const filled = (draft: Draft): Record<string, unknown> => Object.fromEntries(Object.entries(draft.fields).map(([name, value]) => [name, tidy(value)]).filter(([, value]) => value !== null && value !== undefined));

function fault_of(field: CatalogField, value: unknown): Fault | null {
    if (is_blank(tidy(value))) return field.required ? "required" : null;
    switch (field.type) {
        case "number": case "duration": case "height": case "integer": {
            if (typeof value !== "number" || !Number.isFinite(value)) return "not_number";
            if (field.type === "integer" && !Number.isInteger(value)) return "not_whole";
            if (field.min !== undefined && value < field.min) return "too_small";
            if (field.max !== undefined && value > field.max) return "too_large";
            return null;
        }
        case "time": return Number.isFinite(Date.parse(String(value))) ? null : "not_time";
        case "json": return typeof value === "string" ? "not_json" : null; // a text is what could not be read as JSON
        case "text": case "long_text": case "phone": {
            const text = String(value);
            if (field.length && [...text].length > field.length) return "too_long";
            if (field.pattern) { try { if (!new RegExp(`^(?:${field.pattern})$`, "u").test(text)) return "pattern"; } catch { /* a pattern of another dialect: the server decides */ } }
            return null;
        }
        default: return null;
    }
}
/** What can be known before asking the server; the server has the last word. */
export function faults_of(kind: CatalogKind, draft: Draft): Faults {
    const out: Faults = {};
    for (const field of kind.fields) { const fault = fault_of(field, draft.fields[field.name]); if (fault) out[field.name] = fault; }
    return out;
}
/** The parts of the form, without what clocks keep: as declared, and whatever is not named in them at the end; else the required and plain ones first, structured ones last. */
export function sections_of(kind: CatalogKind): { section: FormSection | null; fields: CatalogField[] }[] {
    const by_name = new Map(kind.fields.map((field) => [field.name, field]));
    const named = new Set((kind.form ?? []).flatMap((one) => one.fields));
    const declared = (kind.form ?? []).map((section) => ({ section, fields: section.fields.flatMap((name) => by_name.get(name) ?? []) }));
    const rest = kind.fields.filter((field) => !named.has(field.name) && !field.clock);
    const plain = rest.filter((field) => !["json", "file"].includes(field.type));
    const structured = rest.filter((field) => ["json", "file"].includes(field.type));
    return [...declared, { section: null, fields: plain }, { section: null, fields: structured }].filter((one) => one.fields.length);
}
/** "/fields/name" or "/geometry/…" of the server's answer as a name of the draft; null for neither. */
export function place_of_fault(where: string | undefined): string | null {
    const [, first, second] = (where ?? "").split("/");
    if (first === "fields" && second) return second;
    return first === "geometry" ? "geometry" : null;
}
/** Fields that both changed: mine against theirs, since the record that I began with. */
export function conflicts_of(kind: CatalogKind, mine: Draft, began: Draft, theirs: Draft): string[] {
    const out = kind.fields.map((field) => field.name).filter((name) => !same(mine.fields[name], began.fields[name]) && !same(theirs.fields[name], began.fields[name]) && !same(mine.fields[name], theirs.fields[name]));
    if (!same(mine.geometry, began.geometry) && !same(theirs.geometry, began.geometry) && !same(mine.geometry, theirs.geometry)) out.push("geometry");
    return out;
}
/** Their newer record with my changes over it; a conflict keeps what `keep` says. */
export function merged(kind: CatalogKind, mine: Draft, began: Draft, theirs: Draft, keep: Record<string, "mine" | "theirs">): Draft {
    const out = copy(theirs);
    for (const { name } of kind.fields) if (!same(mine.fields[name], began.fields[name]) && keep[name] !== "theirs") out.fields[name] = copy(mine.fields[name]);
    if (!same(mine.geometry, began.geometry) && keep["geometry"] !== "theirs") out.geometry = copy(mine.geometry);
    return out;
}
