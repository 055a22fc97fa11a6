// The timeline writes itself: journal entries of the incident and of what belongs to it, put in words.
import type { Entry, Id, Stored } from "@/data/types";

export interface Line { sequence: number; at: string; kind: string; action: string; move?: string; actor?: string; record: Stored; main: boolean }

export const belongs = (entry: Entry, incident: Id): boolean => entry.record?.id === incident || entry.record?.fields?.["incident"] === incident;

/** Newest first, each entry once; quiet housekeeping (a re-routed order, a grown value) is left out. */
export function timeline_of(entries: Iterable<Entry>, incident: Id): Line[] {
    const seen = new Map<number, Line>();
    for (const entry of entries) {
        if (!belongs(entry, incident) || seen.has(entry.sequence)) continue;
        const { record } = entry;
        if (entry.action === "update" && ["dispatch", "alarm", "task", "message"].includes(record.kind)) continue;
        if (entry.action === "create" && record.kind === "task") continue;
        // A new wind or hole shows as the edition of the zone that it causes; sending as the message itself.
        if (entry.action === "update" && record.kind === "incident") continue;
        if (entry.move === "send" && record.kind === "message") continue;
        seen.set(entry.sequence, { sequence: entry.sequence, at: entry.at, kind: record.kind, action: entry.action, move: entry.move, actor: entry.actor, record, main: record.kind === "incident" || record.kind === "impact" || record.kind === "log_entry" });
    }
    return [...seen.values()].sort((a, b) => b.sequence - a.sequence);
}
