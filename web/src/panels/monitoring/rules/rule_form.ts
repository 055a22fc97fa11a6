// A rule as a form, and back: what people choose becomes the JSON of docs/architecture.md ("rule.levels (…)"), and what
// the form does not know is kept as it was. The faults are those the server would find (src/apps/monitoring/rule.cpp).
import type { Fields, Id } from "@/data/types";

export const k_rule_types = ["threshold", "rate", "silence", "stuck", "state_bits", "combined", "geofence"] as const;
export type RuleType = (typeof k_rule_types)[number];
export const k_operators = [">=", ">", "<=", "<"] as const;
export type Operator = (typeof k_operators)[number];
export const k_fence_events = ["enter", "leave", "speed", "dwell"] as const;

export interface ItemForm { property: string; by: "limit" | "bit"; op: Operator; value: number | null; clear: number | null; bit: number | null; rest: Fields }
export interface LevelForm {
    level: number; op: Operator; value: number | null; clear: number | null; for_s: number | null; source: string; bit: number | null; name: string; name_en: string;
    factor: number | null; how: "k" | "all"; k: number | null; within_s: number | null; area: "enterprise" | "around"; area_m: number | null; of: ItemForm[]; event: string; speed: number | null; rest: Fields;
}
export interface SlotForm { days: number[]; from: string; to: string; rest: Fields }
export interface ExceptionForm { by: "device" | "datastream"; id: Id; off: boolean; levels: LevelForm[]; rest: Fields }
export interface RuleForm {
    name: string; name_en: string; type: RuleType; property: string; device_type: string; datastream: Id | null; hazard: string; group_minutes: number | null; group_m: number | null; window_s: number | null; within: number | null;
    enabled: boolean; source: string; levels: LevelForm[]; schedule: SlotForm[]; exceptions: ExceptionForm[]; geofence: Id | null; rest: Fields;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const figure = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);
const list = <T>(value: unknown): T[] => (Array.isArray(value) ? (value as T[]) : []);
const without = (all: Fields, names: readonly string[]): Fields => Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name)));
const operator = (value: unknown): Operator => (k_operators.includes(value as Operator) ? (value as Operator) : ">=");

const k_item = ["property", "op", "value", "clear", "bit"];
const item_of = (raw: Fields): ItemForm => ({ property: text(raw["property"]), by: "bit" in raw ? "bit" : "limit", op: operator(raw["op"]), value: figure(raw["value"]), clear: figure(raw["clear"]), bit: figure(raw["bit"]), rest: without(raw, k_item) });
export const blank_item = (): ItemForm => item_of({});

const k_level = ["level", "op", "value", "clear", "for_s", "source", "bit", "name", "name_en", "factor", "all", "k", "within_s", "area_m", "of", "event", "speed"];
function level_of(raw: Fields): LevelForm {
    return {
        level: figure(raw["level"]) ?? 3, op: operator(raw["op"]), value: figure(raw["value"]), clear: figure(raw["clear"]), for_s: figure(raw["for_s"]), source: text(raw["source"]), bit: figure(raw["bit"]), name: text(raw["name"]), name_en: text(raw["name_en"]),
        factor: figure(raw["factor"]), how: raw["all"] === true ? "all" : "k", k: figure(raw["k"]), within_s: figure(raw["within_s"]), area: figure(raw["area_m"]) ? "around" : "enterprise", area_m: figure(raw["area_m"]),
        of: list<Fields>(raw["of"]).map(item_of), event: text(raw["event"]) || "enter", speed: figure(raw["speed"]), rest: without(raw, k_level),
    };
}
/** A new level with what the type needs, one step milder than the mildest there is. */
export function blank_level(type: RuleType, others: readonly LevelForm[]): LevelForm {
    const level = others.length ? Math.min(4, Math.max(...others.map((one) => one.level)) + 1) : type === "silence" || type === "stuck" ? 3 : 2;
    const start: Partial<Record<RuleType, Fields>> = { silence: { factor: 5 }, stuck: { for_s: 3600 }, combined: { k: 2, within_s: 60 } };
    return { ...level_of({ level, ...(start[type] ?? {}) }), of: type === "combined" ? [blank_item()] : [] };
}
const k_slot = ["days", "from", "to"];
const slot_of = (raw: Fields): SlotForm => ({ days: "days" in raw ? list<number>(raw["days"]) : [1, 2, 3, 4, 5, 6, 7], from: text(raw["from"]), to: text(raw["to"]), rest: without(raw, k_slot) });
export const blank_slot = (): SlotForm => ({ days: [1, 2, 3, 4, 5], from: "08:00", to: "18:00", rest: {} });
const exception_of = (raw: Fields): ExceptionForm => ({ by: "datastream" in raw ? "datastream" : "device", id: text(raw["datastream"] ?? raw["device"]), off: raw["off"] === true, levels: list<Fields>(raw["levels"]).map(level_of), rest: without(raw, ["device", "datastream", "off", "levels"]) });
export const blank_exception = (): ExceptionForm => ({ by: "device", id: "", off: true, levels: [], rest: {} });

const k_rule = ["name", "name_en", "type", "property", "device_type", "datastream", "hazard", "group_minutes", "group_m", "window_s", "within", "enabled", "source", "levels", "schedule", "exceptions", "geofence"];
export function form_of(fields: Fields): RuleForm {
    const type = k_rule_types.includes(fields["type"] as RuleType) ? (fields["type"] as RuleType) : "threshold";
    return {
        name: text(fields["name"]), name_en: text(fields["name_en"]), type, property: text(fields["property"]), device_type: text(fields["device_type"]), datastream: text(fields["datastream"]) || null, hazard: text(fields["hazard"]),
        group_minutes: figure(fields["group_minutes"]), group_m: figure(fields["group_m"]), window_s: figure(fields["window_s"]), within: figure(fields["within"]), enabled: fields["enabled"] !== false, source: text(fields["source"]),
        levels: list<Fields>(fields["levels"]).map(level_of), schedule: list<Fields>(fields["schedule"]).map(slot_of), exceptions: list<Fields>(fields["exceptions"]).map(exception_of), geofence: text(fields["geofence"]) || null, rest: without(fields, k_rule),
    };
}
/** A new rule is off until somebody has tried it and switches it on. */
export const blank_rule = (type: RuleType): RuleForm => ({ ...form_of({ type, enabled: false, ...(type === "rate" ? { window_s: 60 } : {}) }), levels: [blank_level(type, [])] });

type Out = Record<string, unknown>;
const kept = (out: Out): Out => Object.fromEntries(Object.entries(out).filter(([, value]) => value !== null && value !== "" && value !== undefined));
const item_to = (one: ItemForm): Out => ({ ...one.rest, ...kept(one.by === "bit" ? { property: one.property, bit: one.bit } : { property: one.property, op: one.op, value: one.value, clear: one.clear }) });
export function level_to(type: RuleType, one: LevelForm): Out {
    const own: Record<RuleType, Out> = {
        threshold: { op: one.op, value: one.value, clear: one.clear, for_s: one.for_s }, rate: { op: one.op, value: one.value, clear: one.clear, for_s: one.for_s }, silence: { factor: one.factor }, stuck: { for_s: one.for_s },
        state_bits: { bit: one.bit, name: one.name, name_en: one.name_en },
        combined: { ...(one.how === "all" ? { all: true } : { k: one.k }), within_s: one.within_s, ...(one.area === "around" ? { area_m: one.area_m } : {}), of: one.of.map(item_to) },
        geofence: { event: one.event, ...(one.event === "speed" ? { speed: one.speed, clear: one.clear } : {}), for_s: one.for_s },
    };
    return { ...one.rest, level: one.level, ...kept(own[type]), ...kept({ source: one.source }) };
}
/** What is sent: a member that the form holds empty is null, so that a change takes it away. */
export function fields_of(form: RuleForm): Fields {
    const or_null = <T>(value: T | ""): T | null => (value === "" ? null : value);
    return {
        ...form.rest, name: form.name.trim(), name_en: or_null(form.name_en.trim()), type: form.type, property: form.type === "combined" || form.type === "geofence" ? null : or_null(form.property), device_type: or_null(form.device_type), datastream: form.datastream, hazard: or_null(form.hazard),
        group_minutes: form.group_minutes, group_m: form.group_m, window_s: form.type === "rate" ? form.window_s : null, within: form.type === "stuck" ? form.within : null, enabled: form.enabled, source: or_null(form.source.trim()), levels: form.levels.map((one) => level_to(form.type, one)),
        ...(form.type === "geofence" || form.geofence ? { geofence: form.type === "geofence" ? form.geofence : null } : {}),
        schedule: form.schedule.length ? form.schedule.map((one) => ({ ...one.rest, ...(one.days.length === 7 ? {} : { days: [...one.days].sort((a, b) => a - b) }), from: one.from, to: one.to })) : null,
        exceptions: form.exceptions.length ? form.exceptions.map((one) => ({ ...one.rest, [one.by]: one.id, ...(one.off ? { off: true } : { levels: one.levels.map((level) => level_to(form.type, level)) }) })) : null,
    };
}

/** What is wrong, by where it stands ("levels.0.value") and what kind of fault it is: t(`rules.fault_${…}`). */
export type Faults = Record<string, string>;
const upward = (op: Operator) => op === ">=" || op === ">";
function limit_faults(where: string, one: { op: Operator; value: number | null; clear: number | null }, out: Faults): void {
    if (one.value === null) out[`${where}.value`] = "no_value";
    else if (one.clear !== null && (upward(one.op) ? one.clear > one.value : one.clear < one.value)) out[`${where}.clear`] = "clear_beyond";
}
const bit_fault = (bit: number | null): boolean => bit === null || !Number.isInteger(bit) || bit < 0 || bit > 31;
export function level_faults(type: RuleType, one: LevelForm, where: string, out: Faults): void {
    if (type === "threshold" || type === "rate") {
        limit_faults(where, one, out);
        if (one.for_s !== null && one.for_s < 0) out[`${where}.for_s`] = "below_zero";
    } else if (type === "silence") { if (!(one.factor !== null && one.factor > 0)) out[`${where}.factor`] = "above_zero"; } else if (type === "stuck") { if (!(one.for_s !== null && one.for_s > 0)) out[`${where}.for_s`] = "above_zero"; } else if (type === "state_bits") { if (bit_fault(one.bit)) out[`${where}.bit`] = "bit"; } else if (type === "combined") {
        if (!one.of.length || one.of.length > 16) out[`${where}.of`] = "items";
        if (one.how === "k" && !(one.k !== null && Number.isInteger(one.k) && one.k >= 1 && one.k <= 1000)) out[`${where}.k`] = "k";
        if (!(one.within_s !== null && one.within_s >= 1 && one.within_s <= 86_400)) out[`${where}.within_s`] = "within_day";
        if (one.area === "around" && !(one.area_m !== null && one.area_m > 0 && one.area_m <= 100_000)) out[`${where}.area_m`] = "area";
        one.of.forEach((item, n) => {
            if (!item.property) out[`${where}.of.${n}.property`] = "property";
            if (item.by === "bit") { if (bit_fault(item.bit)) out[`${where}.of.${n}.bit`] = "bit"; } else limit_faults(`${where}.of.${n}`, item, out);
        });
    } else if (type === "geofence") {
        if (one.event === "speed" && !(one.speed !== null && one.speed > 0)) out[`${where}.speed`] = "above_zero"; else if (one.event === "speed" && one.clear !== null && one.speed !== null && one.clear > one.speed) out[`${where}.clear`] = "clear_beyond";
        if (one.event === "dwell" && !(one.for_s !== null && one.for_s > 0)) out[`${where}.for_s`] = "above_zero"; else if (one.for_s !== null && one.for_s < 0) out[`${where}.for_s`] = "below_zero";
    }
}
export function faults_of(form: RuleForm): Faults {
    const out: Faults = {};
    if (!form.name.trim()) out["name"] = "required";
    if (!form.levels.length) out["levels"] = "no_levels";
    if (["threshold", "rate", "stuck", "state_bits"].includes(form.type) && !form.property && !form.datastream) out["property"] = "property";
    form.levels.forEach((one, n) => level_faults(form.type, one, `levels.${n}`, out));
    if (form.type === "rate" && form.window_s !== null && !(form.window_s >= 1 && form.window_s <= 86_400)) out["window_s"] = "within_day";
    if (form.within !== null && form.within < 0) out["within"] = "below_zero";
    if (form.group_minutes !== null && !(form.group_minutes >= 0 && form.group_minutes <= 7 * 24 * 60)) out["group_minutes"] = "week";
    if (form.group_m !== null && !(form.group_m >= 0 && form.group_m <= 100_000)) out["group_m"] = "area";
    if (form.type === "geofence" && !form.geofence) out["geofence"] = "no_fence";
    form.schedule.forEach((one, n) => {
        if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(one.from)) out[`schedule.${n}.from`] = "time";
        if (!/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(one.to)) out[`schedule.${n}.to`] = "time";
        if (!one.days.length) out[`schedule.${n}.days`] = "no_days";
    });
    form.exceptions.forEach((one, n) => {
        if (!one.id) out[`exceptions.${n}.id`] = "who";
        if (!one.off && !one.levels.length) out[`exceptions.${n}.levels`] = "no_levels";
        if (!one.off) one.levels.forEach((level, m) => level_faults(form.type, level, `exceptions.${n}.levels.${m}`, out));
    });
    return out;
}
