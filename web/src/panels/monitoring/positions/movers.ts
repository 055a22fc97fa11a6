// Vehicles and ships as a list: how old each word is, and when it no longer counts.
import type { Id, Stored } from "@/data/types";
import { mover_limit_ms } from "@/map/sources/scene";
import type { Mover } from "@/stores/observations";

export type Freshness = "fresh" | "stale" | "gone";
export interface MoverRow { mover: Mover; device?: Stored; type: string; freshness: Freshness; title: string }
export const freshness_of = (age_ms: number, limit_ms: number): Freshness => (age_ms <= limit_ms ? "fresh" : age_ms <= 2 * limit_ms ? "stale" : "gone");

/** Names as they are read, numbers in them by their value: truck 2 before truck 10. */
export function mover_rows(movers: Iterable<Mover>, device: (id: Id) => Stored | undefined, title: (record: Stored | undefined, mover: Mover) => string, now: number, text = "", type = ""): MoverRow[] {
    const wanted = text.trim().toLowerCase();
    const out: MoverRow[] = [];
    for (const mover of movers) {
        if (mover.longitude === undefined || mover.latitude === undefined) continue;
        const record = device(mover.device);
        const row: MoverRow = { mover, device: record, type: String(record?.fields["type"] ?? "other"), freshness: freshness_of(now - mover.at, mover_limit_ms(record?.fields["expected_interval_s"])), title: title(record, mover) };
        if (type && row.type !== type) continue;
        if (wanted && !`${row.title} ${String(record?.fields["address"] ?? "")}`.toLowerCase().includes(wanted)) continue;
        out.push(row);
    }
    return out.sort((a, b) => Number(a.freshness === "gone") - Number(b.freshness === "gone") || a.title.localeCompare(b.title, "zh", { numeric: true }));
}
