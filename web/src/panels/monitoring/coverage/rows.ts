// In which order coverage is told: by name, or the worst of a figure first. What is unknown goes last, never first.
import type { QualityRow } from "@/data/sensing";

export type SortBy = "key" | "online" | "completeness" | "delay" | "stuck" | "jumps" | "out_of_range" | "last";
export function sorted_rows(rows: readonly QualityRow[], by: SortBy, in_order?: (a: QualityRow, b: QualityRow) => number): QualityRow[] {
    const named = in_order ?? ((a: QualityRow, b: QualityRow) => a.name.localeCompare(b.name, "zh"));
    /** The greater, the worse; nothing where it is not known. */
    const badness = (row: QualityRow): number | undefined => {
        switch (by) {
            case "online": return row.devices ? 1 - row.online / row.devices : 2; // nobody watching is worse than anything
            case "completeness": return row.completeness === null || row.completeness === undefined ? undefined : 1 - row.completeness;
            case "delay": return row.delay_p99_s ?? row.delay_p50_s ?? undefined;
            case "last": return row.last_at ? -Date.parse(row.last_at) : undefined;
            case "stuck": case "jumps": case "out_of_range": return row[by];
            default: return 0;
        }
    };
    return [...rows].sort((a, b) => {
        const [x, y] = [badness(a), badness(b)];
        if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined) || named(a, b);
        return y - x || named(a, b);
    });
}
