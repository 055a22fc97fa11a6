// Which limits hold for one datastream: as src/apps/monitoring/rule.h says, exceptions included.
import type { Fields, Id, Level, Stored } from "@/data/types";

export interface StreamFacts { datastream: Id; device: Id; property: string; device_type: string }
export interface HeldLimit { rule: Id; level: Level; op: string; value: number; clear?: number; source?: string }
type RuleRecord = Stored<Fields>;
interface RawLevel { level?: number; op?: string; value?: number; clear?: number; source?: string }
interface RawException { device?: Id; datastream?: Id; off?: boolean; levels?: RawLevel[] }

export function applies(rule: RuleRecord, facts: StreamFacts): boolean {
    const { datastream, property, device_type, type, levels } = rule.fields;
    if (datastream && datastream !== facts.datastream) return false;
    if (property && property !== facts.property) return false;
    if (type === "combined") {
        const items = ((levels ?? []) as { of?: { property?: string }[] }[]).flatMap((one) => one.of ?? []);
        if (!items.some((one) => one.property === facts.property)) return false;
    }
    return !device_type || device_type === facts.device_type;
}
/** The levels of the rule for this datastream; null where an exception switches it off. */
export function levels_for(rule: RuleRecord, facts: StreamFacts): RawLevel[] | null {
    const exceptions = (rule.fields["exceptions"] ?? []) as RawException[];
    const own = exceptions.find((one) => one.datastream === facts.datastream) ?? exceptions.find((one) => !one.datastream && one.device === facts.device);
    if (own) return own.off ? null : own.levels ?? null;
    return (rule.fields["levels"] ?? []) as RawLevel[];
}
/** Threshold limits that can be drawn into the datastream's chart, worst first; of rules that are switched on. */
export function limits_for(rules: readonly RuleRecord[], facts: StreamFacts): HeldLimit[] {
    return rules.filter((rule) => rule.fields["type"] === "threshold" && rule.fields["enabled"] !== false && !rule.deleted && applies(rule, facts)).flatMap((rule) =>
        (levels_for(rule, facts) ?? []).flatMap((one) => (typeof one.value === "number" && one.level ? [{ rule: rule.id, level: one.level as Level, op: one.op ?? ">=", value: one.value, clear: one.clear, source: one.source }] : [])),
    ).sort((a, b) => a.level - b.level);
}
/** Names of the bits of a state, from the rules about it: what the number 6 says in words. */
export function bit_names(rules: readonly RuleRecord[], facts: StreamFacts, worded: (level: object) => string): Map<number, string> {
    const out = new Map<number, string>();
    for (const rule of rules) if (rule.fields["type"] === "state_bits" && applies(rule, facts)) for (const one of (rule.fields["levels"] ?? []) as { bit?: number }[]) if (one.bit !== undefined && !out.has(one.bit)) out.set(one.bit, worded(one));
    return out;
}
/** A state as the names of its bits that are set; bits nobody has named are told by their number. */
export function state_words(value: number, names: ReadonlyMap<number, string>, between: string, nothing: string): string {
    if (!(value >= 0 && value < 2 ** 32)) return String(value);
    const set = Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => Math.floor(value / 2 ** bit) % 2 === 1 && (names.get(bit) || bit > 0));
    return set.length ? set.map((bit) => names.get(bit) || `#${bit}`).join(between) : nothing;
}
