// Conditions of a list: pure, between the filter builder, the address bar and the server's `where`.
import type { CatalogField, CatalogKind } from "@/data/types";
import { is_number } from "@/ui/values";

export type Operator = "eq" | "ne" | "lt" | "le" | "gt" | "ge" | "in" | "has";
/** `values` holds one text, but for `in`; the empty field is "null" with eq, and not empty with ne. */
export interface Condition { field: string; operator: Operator; values: string[] }

const k_operators: ReadonlySet<string> = new Set(["eq", "ne", "lt", "le", "gt", "ge", "in", "has"]);
const guard = (text: string, ...marks: string[]) => marks.reduce((out, mark) => out.split(mark).join(`\\${mark}`), text);
/** Splits where no backslash stands before the mark, as the server does. */
function split(text: string, mark: string): string[] {
    const out: string[] = [];
    let part = "";
    for (let i = 0; i < text.length; i++) {
        if (text[i] === "\\" && text[i + 1] === mark) part += text[++i];
        else if (text[i] === mark) { out.push(part); part = ""; } else part += text[i];
    }
    return [...out, part];
}
export function where_of(conditions: Condition[]): string | undefined {
    const text = conditions.filter((one) => one.values.length).map((one) => {
        const value = one.operator === "in" ? one.values.map((value) => guard(value, "|")).join("|") : one.values[0]!;
        return guard(`${one.field}:${one.operator}:${value}`, ";");
    }).join(";");
    return text || undefined;
}
/** What cannot be read is left out: an address may come from anywhere. */
export function conditions_of(where: string | undefined | null): Condition[] {
    if (!where) return [];
    return split(where, ";").flatMap((text) => {
        const [, field, operator, value] = /^([a-z][a-z0-9_]*):([a-z]+):([\s\S]*)$/.exec(text) ?? [];
        if (!field || !operator || value === undefined || !k_operators.has(operator)) return [];
        return [{ field, operator: operator as Operator, values: operator === "in" ? split(value, "|") : [value] }];
    });
}
/** How a field is asked about, by its type. */
export type Asking = "choice" | "range" | "moments" | "yes_no" | "reference" | "text";
export function asking_of(field: CatalogField): Asking | null {
    if (is_number(field)) return "range";
    switch (field.type) {
        case "code": return "choice";
        case "time": case "date": return "moments";
        case "boolean": return "yes_no";
        case "reference": case "person": return "reference";
        case "text": case "long_text": case "phone": return "text";
        default: return null;
    }
}
export const k_state_field = "state";
/** The fields that a list of this kind can be filtered by; the state first, where there are states. */
export function filterable(kind: CatalogKind, state_label: { zh: string; en: string }): (CatalogField & { asking: Asking })[] {
    const state: (CatalogField & { asking: Asking })[] = kind.states?.length && !kind.fields.some((one) => one.name === k_state_field) ? [{ name: k_state_field, type: "state", label: state_label, asking: "choice" }] : [];
    return [...state, ...kind.fields.flatMap((field) => { const asking = asking_of(field); return asking ? [{ ...field, asking }] : []; })];
}
export const conditions_on = (conditions: Condition[], field: string): Condition[] => conditions.filter((one) => one.field === field);
export const replaced = (conditions: Condition[], field: string, by: Condition[]): Condition[] => [...conditions.filter((one) => one.field !== field), ...by];
