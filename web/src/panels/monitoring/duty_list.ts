// What needs me now, and what somebody has in hand: by level, then by clock. Alarms that belong to an
// open incident, or to a group, stand behind their head and only count.
import type { Alarm, Incident, Level } from "@/data/types";

export interface DutyRow { key: string; kind: "alarm" | "incident"; id: string; record: Alarm | Incident; level: Level; since: string; due?: string; members: number; mine: boolean }

/** The row that stands for a record: its own, or that of the incident or the group it belongs to. */
export function row_of(rows: DutyRow[], kind: string, id: string, record?: { fields: Record<string, unknown> }): DutyRow | undefined {
    const find = (k: string, i: unknown) => rows.find((row) => row.kind === k && row.id === i);
    return find(kind, id) ?? (kind === "alarm" && record ? find("incident", record.fields["incident"]) ?? find("alarm", record.fields["group"]) : undefined);
}

const k_open_alarm = new Set(["active", "active_acknowledged", "cleared"]);
const k_open_incident = new Set(["draft", "running", "stand_down"]);

export function duty_rows(alarms: Alarm[], incidents: Incident[]): DutyRow[] {
    const open_incidents = incidents.filter((one) => k_open_incident.has(one.state));
    const open_alarms = alarms.filter((one) => k_open_alarm.has(one.state));
    const open_ids = new Set(open_incidents.map((one) => one.id));
    const heads = new Set(open_alarms.map((one) => one.id));
    const rows: DutyRow[] = [];
    for (const incident of open_incidents) {
        rows.push({
            key: `incident/${incident.id}`, kind: "incident", id: incident.id, record: incident, level: incident.fields.level, since: incident.fields.frame_at ?? incident.fields.started_at,
            members: open_alarms.filter((one) => one.fields.incident === incident.id).length, mine: incident.state === "draft",
        });
    }
    for (const alarm of open_alarms) {
        const { group, incident, members } = alarm.fields;
        if (incident && open_ids.has(incident)) continue;
        if (group && group !== alarm.id && heads.has(group)) continue;
        const followers = open_alarms.filter((one) => one.fields.group === alarm.id && one.id !== alarm.id).length;
        rows.push({
            key: `alarm/${alarm.id}`, kind: "alarm", id: alarm.id, record: alarm, level: alarm.fields.level, since: alarm.fields.raised_at, due: alarm.state === "active" ? alarm.fields.answer_by : undefined,
            members: Math.max(followers + 1, members ?? 1), mine: alarm.state !== "active_acknowledged",
        });
    }
    return rows.sort((a, b) => a.level - b.level || Number(b.kind === "incident") - Number(a.kind === "incident") || (a.due ?? "9").localeCompare(b.due ?? "9") || a.since.localeCompare(b.since));
}
