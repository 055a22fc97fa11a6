import { call } from "./http";
import type { Catalog, CatalogKind, CatalogTable } from "./types";

/** Tolerates both spellings of a member, so that a kind's declaration file and its JSON agree here. */
function tidy(raw: Record<string, unknown>): Catalog {
    const list = (value: unknown): Record<string, unknown>[] =>
        Array.isArray(value)
            ? (value as Record<string, unknown>[])
            : Object.entries((value ?? {}) as Record<string, Record<string, unknown>>).map(([name, one]) => ({ name, ...one }));
    const kinds = list(raw["kinds"]).map((kind) => ({
        ...kind,
        name: String(kind["name"] ?? kind["kind"]),
        title: String(kind["title"] ?? kind["title_field"] ?? "name"),
        list: (kind["list"] ?? kind["list_columns"] ?? []) as string[],
        fields: list(kind["fields"]).map((field) => ({
            ...field,
            table: field["table"] ?? field["code_table"],
            kind: field["kind"] ?? field["target_kind"],
        })),
    })) as unknown as CatalogKind[];
    const codes = list(raw["codes"] ?? raw["code_tables"]).map((table) => ({ ...table, name: String(table["name"] ?? table["table"]), codes: list(table["codes"]) }));
    return { kinds, codes: codes as unknown as CatalogTable[], roles: list(raw["roles"]) as unknown as Catalog["roles"] };
}
export const read_catalog = async () => tidy(await call<Record<string, unknown>>("/catalog"));
