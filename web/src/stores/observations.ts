// Last values by datastream, and what moves: devices whose longitude and latitude are observed.
import { defineStore } from "pinia";
import { shallowReactive } from "vue";
import { read_latest } from "@/data/observations";
import type { Id, Latest } from "@/data/types";

export interface Mover {
    device: Id; name: string; name_en?: string; longitude?: number; latitude?: number; course?: number; speed?: number; at: number;
}
const k_motion = new Set(["longitude", "latitude", "course", "speed"]);

export const use_observations = defineStore("observations", () => {
    const latest = shallowReactive(new Map<Id, Latest>());
    const movers = shallowReactive(new Map<Id, Mover>());

    function hear(items: Latest[]): void {
        const moved = new Map<Id, Mover>();
        for (const item of items) {
            const known = latest.get(item.datastream);
            if (known && Date.parse(known.at) > Date.parse(item.at)) continue;
            latest.set(item.datastream, { ...known, ...item });
            if (!k_motion.has(item.property)) continue;
            const mover: Mover = moved.get(item.device) ?? { ...(movers.get(item.device) ?? { device: item.device, name: "", at: 0 }) };
            if (item.property === "longitude") mover.longitude = item.value;
            if (item.property === "latitude") mover.latitude = item.value;
            if (item.property === "course") mover.course = item.value;
            if (item.property === "speed") mover.speed = item.value;
            mover.at = Math.max(mover.at, Date.parse(item.at));
            moved.set(item.device, mover);
        }
        for (const [device, mover] of moved) movers.set(device, mover);
    }
    const load = async () => hear(await read_latest());
    function forget(): void {
        latest.clear();
        movers.clear();
    }
    return { latest, movers, hear, load, forget };
});
