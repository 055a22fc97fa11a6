// A hierarchical code table in reading order, each code under its parent.
import type { CatalogTable } from "@/data/types";

export type CodedRow = CatalogTable["codes"][number] & { depth: number };
export function coded_rows(table: CatalogTable | undefined): CodedRow[] {
    const codes = table?.codes ?? [];
    const known = new Set(codes.map((one) => one.value));
    const below = new Map<string, CatalogTable["codes"]>();
    for (const one of codes) {
        const parent = one.parent && known.has(one.parent) ? one.parent : "";
        below.set(parent, [...(below.get(parent) ?? []), one]);
    }
    const out: CodedRow[] = [];
    const seen = new Set<string>(); // a circle of parents must not hang the page
    const walk = (parent: string, depth: number): void => {
        for (const one of below.get(parent) ?? []) {
            if (seen.has(one.value)) continue;
            seen.add(one.value);
            out.push({ ...one, depth });
            walk(one.value, depth + 1);
        }
    };
    walk("", 0);
    for (const one of codes) if (!seen.has(one.value)) out.push({ ...one, depth: 0 });
    return out;
}
/** The code and all below it: asking for a parent means its children too. */
export function with_children(table: CatalogTable | undefined, value: string): string[] {
    const rows = coded_rows(table);
    const at = rows.findIndex((one) => one.value === value);
    if (at < 0) return [value];
    let end = at + 1;
    while (end < rows.length && rows[end]!.depth > rows[at]!.depth) end++;
    return rows.slice(at, end).map((one) => one.value);
}
