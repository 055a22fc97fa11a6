// The alarms of a trial, one lane for each datastream: the busiest and worst first, each lane in order of time.
import type { WouldBeAlarm } from "@/data/sensing";
import type { Id } from "@/data/types";

export interface Lane { datastream: Id; name: string; name_en: string; worst: number; alarms: WouldBeAlarm[] }
export function lanes_of(alarms: readonly WouldBeAlarm[]): Lane[] {
    const lanes = new Map<Id, Lane>();
    for (const one of alarms) {
        const lane = lanes.get(one.datastream) ?? { datastream: one.datastream, name: one.name ?? one.datastream.slice(0, 8), name_en: one.name_en ?? "", worst: 4, alarms: [] };
        lane.worst = Math.min(lane.worst, one.level);
        lane.alarms.push(one);
        lanes.set(one.datastream, lane);
    }
    for (const lane of lanes.values()) lane.alarms.sort((a, b) => a.raised_at.localeCompare(b.raised_at));
    return [...lanes.values()].sort((a, b) => a.worst - b.worst || b.alarms.length - a.alarms.length || a.name.localeCompare(b.name));
}
export const by_level = (alarms: readonly WouldBeAlarm[]): [level: number, n: number][] => [1, 2, 3, 4].flatMap((level) => { const n = alarms.filter((one) => one.level === level).length; return n ? [[level, n] as [number, number]] : []; });
