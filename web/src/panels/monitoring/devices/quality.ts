// How well a device, or a group of them, reports: shares and delays as people say them.
import type { QualityRow } from "@/data/sensing";
import { number, span } from "@/ui/format";

/** Whole per cent, but never 100 for what is not whole and never 0 for what is not nothing. */
export function share_text(share: number | null | undefined): string {
    if (share === null || share === undefined || !Number.isFinite(share)) return "–";
    const percent = 100 * Math.min(1, Math.max(0, share));
    if (percent >= 99.5 && percent < 100) return `${Math.min(99.9, Math.floor(percent * 10) / 10)}%`;
    if (percent > 0 && percent < 1) return `${Math.max(0.1, Math.round(percent * 10) / 10)}%`;
    return `${number(percent)}%`;
}
export const delay_text = (seconds: number | null | undefined): string => (seconds === null || seconds === undefined || !Number.isFinite(seconds) ? "–" : span(1000 * seconds));
/** What is wrong with the readings themselves, worst first; empty when nothing is. */
export const faults_of = (row: Pick<QualityRow, "stuck" | "jumps" | "out_of_range">): { what: "out_of_range" | "stuck" | "jumps"; n: number }[] =>
    (["out_of_range", "stuck", "jumps"] as const).flatMap((what) => (row[what] > 0 ? [{ what, n: row[what] }] : []));
