// What one journal entry changed: pure, from the entry and the kind's declaration.
import type { CatalogField, CatalogKind, Entry } from "@/data/types";

export interface Difference { name: string; field?: CatalogField; before: unknown; after: unknown }
/** Members of `before` that are not fields. */
const k_own = new Set(["state", "geometry", "scope"]);

/** Changed members in the order of the declaration; a first entry answers every field that has a value. */
export function differences(entry: Entry, kind: CatalogKind | undefined): Difference[] {
    const after = entry.record as unknown as Record<string, unknown> | undefined;
    const fields = entry.record?.fields ?? {};
    const order = new Map((kind?.fields ?? []).map((field, n) => [field.name, n]));
    const field_of = (name: string) => kind?.fields.find((one) => one.name === name);
    if (entry.action === "create") return Object.entries(fields).filter(([, value]) => value !== null && value !== "").map(([name, value]) => ({ name, field: field_of(name), before: undefined, after: value })).sort((a, b) => (order.get(a.name) ?? 999) - (order.get(b.name) ?? 999));
    return Object.entries(entry.before ?? {}).map(([name, before]) => {
        const field = field_of(name);
        const own = k_own.has(name) && !field;
        return { name, field, before, after: own ? after?.[name] : fields[name] };
    }).sort((a, b) => (order.get(a.name) ?? -1) - (order.get(b.name) ?? -1));
}
