// A field's value in words: codes and references by their names, numbers with their unit, Beijing time.
import { useI18n } from "vue-i18n";
import type { CatalogField, CatalogKind, Fields, Stored } from "@/data/types";
import { place_of } from "@/map/sources/scene";
import { use_preferences } from "@/stores/preferences";
import { use_records } from "@/stores/records";
import { use_session } from "@/stores/session";
import { date_of, k_thin, number, period, said, time_of, unit_text, worded } from "./format";
import type { Geometry } from "geojson";

export const k_blank = "–";
export const is_blank = (value: unknown): boolean => value === undefined || value === null || value === "" || (Array.isArray(value) && !value.length);
export const is_number = (field: CatalogField): boolean => ["number", "integer", "duration", "height"].includes(field.type);
/** The kind that a reference points to; a person is a reference to a person. */
export const target_of = (field: CatalogField): string | undefined => (field.type === "person" ? "person" : field.type === "reference" || field.type === "references" ? field.kind : undefined);
/** A field and its English twin are one line where records are read. */
export const is_twin = (kind: CatalogKind, field: CatalogField): boolean => field.name.endsWith("_en") && kind.fields.some((other) => `${other.name}_en` === field.name);

export function use_values() {
    const { t } = useI18n();
    const session = use_session();
    const records = use_records();
    const preferences = use_preferences();

    const kind = (name: string | undefined): CatalogKind | undefined => session.catalog.kinds.find((one) => one.name === name);
    const code = (table: string | undefined, value: unknown): string => said(session.catalog.tables.find((one) => one.name === table)?.codes.find((one) => one.value === value)?.label) || String(value);
    const state = (declared: CatalogKind | undefined, name: unknown): string => said(declared?.states?.find((one) => one.name === name)?.label) || String(name ?? "");
    const title = (record: Stored | undefined): string => (record ? worded(record.fields, kind(record.kind)?.title ?? "name") || record.id.slice(0, 8) : "…");
    const moment = (at: string): string => `${date_of(at)} ${time_of(at)}`;
    function place(geometry: Geometry | null | undefined): string {
        const at = place_of(geometry);
        return at ? `${at[0].toFixed(5)}, ${at[1].toFixed(5)}${geometry!.type === "Point" ? "" : ` ${t(`place.${geometry!.type}`)}`}` : k_blank;
    }
    function text(field: CatalogField, value: unknown, fields?: Fields): string {
        if (is_blank(value)) return k_blank;
        const target = target_of(field);
        if (target) {
            const ids = Array.isArray(value) ? value : [value];
            return ids.map((id) => title(records.get(target, String(id)))).join(t("mark.list"));
        }
        switch (field.type) {
            case "code": return code(field.table, value);
            case "boolean": return value ? t("state.yes") : t("state.no");
            case "time": return moment(String(value));
            case "duration": return period(Number(value));
            case "height": return `${number(value as number, 3)}${k_thin}m${field.datum ? ` (${field.datum})` : ""}`;
            case "number": case "integer": return `${number(value as number, 6)}${field.unit ? k_thin + unit_text(field.unit) : ""}`;
            case "geometry": return place(value as Geometry);
            case "json": case "file": return typeof value === "object" ? JSON.stringify(value) : String(value);
            default: {
                const twin = fields?.[`${field.name}_en`];
                return String(preferences.language === "en" && !is_blank(twin) ? twin : value);
            }
        }
    }
    /** Reads what the fields point to, so that text() can name it. */
    function fetch_names(declared: CatalogKind | undefined, all: Fields[]): void {
        for (const field of declared?.fields ?? []) {
            const target = target_of(field);
            if (!target) continue;
            for (const fields of all) for (const id of [fields[field.name]].flat()) if (typeof id === "string") void records.need(target, id);
        }
    }
    return { kind, code, state, title, moment, place, text, fetch_names };
}
