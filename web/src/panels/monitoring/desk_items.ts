// The desk's list as it is drawn: rows in their order, the members of unfolded groups beneath their head, a line
// between what needs me and what somebody has in hand.
import type { Alarm } from "@/data/types";
import type { DutyRow } from "@/stores/duty_list";

export type DeskItem =
    | { key: string; what: "row"; row: DutyRow }
    | { key: string; what: "member"; row: DutyRow; alarm: Alarm }
    | { key: "divider"; what: "divider"; n: number };
export type DeskFilter = "now" | "alarms" | "incidents" | "shelved";

export function passes(row: DutyRow, filter: DeskFilter, level: number): boolean {
    if (level && row.level !== level) return false;
    if (filter === "shelved") return row.shelved;
    if (row.shelved) return filter === "alarms";
    return filter === "now" || (filter === "incidents") === (row.kind === "incident");
}
/** Rows keep the order they were last shown in; `order` holds keys, of which some may be gone. */
export function desk_items(order: readonly string[], by_key: ReadonlyMap<string, DutyRow>, filter: DeskFilter, level: number, unfolded: ReadonlySet<string>, members_of: (row: DutyRow) => Alarm[]): DeskItem[] {
    const mine: DutyRow[] = [];
    const in_hand: DutyRow[] = [];
    for (const key of order) {
        const row = by_key.get(key);
        if (row && passes(row, filter, level)) (row.mine || filter === "shelved" ? mine : in_hand).push(row);
    }
    const out: DeskItem[] = [];
    const put = (row: DutyRow) => {
        out.push({ key: row.key, what: "row", row });
        if (unfolded.has(row.key)) for (const alarm of members_of(row)) if (alarm.id !== row.id) out.push({ key: `${row.key}/${alarm.id}`, what: "member", row, alarm });
    };
    mine.forEach(put);
    if (in_hand.length) out.push({ key: "divider", what: "divider", n: in_hand.length });
    in_hand.forEach(put);
    return out;
}
