// All that belongs to one incident, read once and then kept by the live feed.
import { defineStore } from "pinia";
import { shallowReactive } from "vue";
import { read_board } from "@/data/incidents";
import type { Alarm, Dispatch, Id, Impact, Incident, LogEntry, Message, StopwatchStep, Stored, Task } from "@/data/types";
import { use_records } from "./records";

const by_order = (a: Stored, b: Stored) => a.created_at.localeCompare(b.created_at) || a.id.localeCompare(b.id);

export const use_boards = defineStore("boards", () => {
    const records = use_records();
    const stopwatches = shallowReactive(new Map<Id, StopwatchStep[]>());

    async function open(id: Id): Promise<Incident> {
        const board = await read_board(id);
        for (const one of [board.incident, board.impact, ...board.alarms, ...board.tasks, ...board.dispatches, ...board.messages, ...board.log]) records.put(one as Stored | null);
        stopwatches.set(id, board.stopwatch ?? []);
        for (const one of board.dispatches) void records.need("team", one.fields.team);
        return board.incident;
    }
    const of_incident = <R extends Stored>(kind: string, id: Id): R[] => (records.all(kind).filter((one) => one.fields["incident"] === id) as R[]).sort(by_order);
    const incident = (id: Id) => records.get("incident", id) as Incident | undefined;
    /** The newest edition is the valid one. */
    const impact = (id: Id): Impact | undefined => of_incident<Impact>("impact", id).reduce<Impact | undefined>((best, one) => (!best || (one.fields.edition ?? 0) > (best.fields.edition ?? 0) ? one : best), undefined);
    const tasks = (id: Id) => of_incident<Task>("task", id).sort((a, b) => (a.fields.sequence ?? 999) - (b.fields.sequence ?? 999));
    const dispatches = (id: Id) => of_incident<Dispatch>("dispatch", id).filter((one) => one.state !== "refused");
    const messages = (id: Id) => of_incident<Message>("message", id);
    const log = (id: Id) => of_incident<LogEntry>("log_entry", id);
    const alarms = (id: Id) => of_incident<Alarm>("alarm", id);
    return { open, incident, impact, tasks, dispatches, messages, log, alarms, stopwatches };
});
