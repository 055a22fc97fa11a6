// Which columns a list shows: the kind's own choice, or the reader's, kept by account and kind in this browser.
import type { CatalogKind, Label } from "@/data/types";

export interface Column { name: string; label: Label; type: string }
/** What every record has besides its fields. */
export function columns_of(kind: CatalogKind, words: { state: Label; updated: Label; revision: Label }): Column[] {
    const fields = kind.fields.filter((field) => field.type !== "json" && !(field.name.endsWith("_en") && kind.fields.some((other) => `${other.name}_en` === field.name)));
    const own: Column[] = [{ name: "updated_at", label: words.updated, type: "time" }, { name: "revision", label: words.revision, type: "integer" }];
    if (kind.states?.length) own.unshift({ name: "state", label: words.state, type: "state" });
    return [...fields.map(({ name, label, type }) => ({ name, label, type })), ...own.filter((one) => !fields.some((field) => field.name === one.name))];
}
const key = (account: string, kind: string) => `anlan.columns.${account}.${kind}`;
export function kept_columns(account: string, kind: CatalogKind, known: Column[]): string[] {
    const names = new Set(known.map((one) => one.name));
    let kept: unknown = null;
    try { kept = JSON.parse(localStorage.getItem(key(account, kind.name)) ?? "null"); } catch { /* unreadable: as if nothing was chosen */ }
    const chosen = (Array.isArray(kept) ? kept.filter((one): one is string => typeof one === "string") : kind.list).filter((name) => names.has(name));
    return chosen.length ? chosen : known.slice(0, 4).map((one) => one.name);
}
export function keep_columns(account: string, kind: CatalogKind, chosen: string[]): void {
    const standard = JSON.stringify(chosen) === JSON.stringify(kind.list);
    try { if (standard) localStorage.removeItem(key(account, kind.name)); else localStorage.setItem(key(account, kind.name), JSON.stringify(chosen)); } catch { /* private mode: the choice lives as long as the page */ }
}
