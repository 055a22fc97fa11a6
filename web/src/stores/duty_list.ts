// What needs me now, and what somebody has in hand: by level, then by clock. Alarms that belong to an
// open incident, or to a group, stand behind their head and only count. What is shelved waits apart.
import type { Alarm, Incident, Level } from "@/data/types";

export interface DutyRow { key: string; kind: "alarm" | "incident"; id: string; record: Alarm | Incident; level: Level; since: string; due?: string; members: number; mine: boolean; shelved: boolean }

/** The row that stands for a record: its own, or that of the incident or the group it belongs to. */
export function row_of(rows: DutyRow[], kind: string, id: string, record?: { fields: Record<string, unknown> }): DutyRow | undefined {
    const find = (k: string, i: unknown) => rows.find((row) => row.kind === k && row.id === i);
    return find(kind, id) ?? (kind === "alarm" && record ? find("incident", record.fields["incident"]) ?? find("alarm", record.fields["group"]) : undefined);
}

const k_open_alarm = new Set(["active", "active_acknowledged", "cleared", "shelved"]);
const k_open_incident = new Set(["draft", "running", "stand_down"]);
export const is_open_alarm = (one: Alarm): boolean => k_open_alarm.has(one.state);
export const is_open_incident = (one: Incident): boolean => k_open_incident.has(one.state);
/** Put aside by somebody until a moment: as a state of its own where the catalog has one, else by its end. */
export const is_shelved = (one: Alarm): boolean => one.state === "shelved" || !!one.fields["shelved_until"];

const before = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const by_urgency = (a: DutyRow, b: DutyRow): number =>
    a.level - b.level || Number(b.kind === "incident") - Number(a.kind === "incident") || before(a.due ?? "9", b.due ?? "9") || before(a.since, b.since);

/** One pass over ten thousand alarms, whatever their groups: no row looks at all the others. */
export function duty_rows(alarms: Alarm[], incidents: Incident[]): DutyRow[] {
    const open_incidents = incidents.filter(is_open_incident);
    const open_alarms = alarms.filter(is_open_alarm);
    const open_ids = new Set(open_incidents.map((one) => one.id));
    const heads = new Set(open_alarms.map((one) => one.id));
    const in_group = new Map<string, number>();
    const in_incident = new Map<string, number>();
    const count = (into: Map<string, number>, id: string) => into.set(id, (into.get(id) ?? 0) + 1);
    for (const { id, fields } of open_alarms) {
        if (fields.group && fields.group !== id) count(in_group, fields.group);
        if (fields.incident) count(in_incident, fields.incident);
    }
    const rows: DutyRow[] = open_incidents.map((one) => ({
        key: `incident/${one.id}`, kind: "incident", id: one.id, record: one, level: one.fields.level, since: one.fields.frame_at ?? one.fields.started_at,
        members: in_incident.get(one.id) ?? 0, mine: one.state === "draft", shelved: false,
    }));
    for (const alarm of open_alarms) {
        const { group, incident, members } = alarm.fields;
        if (incident && open_ids.has(incident)) continue;
        if (group && group !== alarm.id && heads.has(group)) continue;
        const shelved = is_shelved(alarm);
        rows.push({
            key: `alarm/${alarm.id}`, kind: "alarm", id: alarm.id, record: alarm, level: alarm.fields.level, since: alarm.fields.raised_at, due: alarm.state === "active" && !shelved ? alarm.fields.answer_by : undefined,
            members: Math.max((in_group.get(alarm.id) ?? 0) + 1, members ?? 1), mine: alarm.state !== "active_acknowledged" && !shelved, shelved,
        });
    }
    return rows.sort(by_urgency);
}
