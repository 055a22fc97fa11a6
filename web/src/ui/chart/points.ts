// What a chart draws: buckets of the server, readings heard since, gaps kept as gaps.
import type { Bucket } from "@/data/types";

/** All readings of one stretch of time: the least, the greatest, the mean and the last. */
export interface Point { at: number; min: number; max: number; mean: number; last: number; count: number }

export const points_of = (buckets: readonly Bucket[]): Point[] =>
    buckets.filter((one) => one.count > 0).map((one) => ({ at: Date.parse(one.from), min: one.min, max: one.max, mean: one.mean, last: one.last ?? one.mean, count: one.count })).sort((a, b) => a.at - b.at);

/** Readings that were heard after the last bucket was read, each in the bucket where it belongs. */
export function with_fresh(points: readonly Point[], fresh: readonly { at: number; value: number }[], bucket_ms: number, since: number): Point[] {
    const out = [...points];
    for (const { at, value } of [...fresh].sort((a, b) => a.at - b.at)) {
        if (at <= since) continue; // the answer of the server holds it already
        const last = out.at(-1);
        if (last && at < last.at) continue; // came late: the next answer has it in its place
        if (last && at < last.at + bucket_ms) {
            const count = last.count + 1;
            out[out.length - 1] = { at: last.at, min: Math.min(last.min, value), max: Math.max(last.max, value), mean: (last.mean * last.count + value) / count, last: value, count };
        } else out.push({ at, min: value, max: value, mean: value, last: value, count: 1 });
    }
    return out;
}
/** Pieces without a hole: where nothing was heard for longer than `gap_ms` the line is not drawn through. */
export function pieces_of(points: readonly Point[], gap_ms: number): Point[][] {
    const out: Point[][] = [];
    for (const one of points) {
        const piece = out.at(-1);
        const before = piece?.at(-1);
        if (piece && before && one.at - before.at <= gap_ms) piece.push(one); else out.push([one]);
    }
    return out;
}
/** The point that is nearest to a moment; nothing when there are none. */
export function nearest(points: readonly Point[], at: number): Point | undefined {
    let low = 0;
    let high = points.length - 1;
    if (high < 0) return undefined;
    while (low < high) { const middle = (low + high) >> 1; if (points[middle]!.at < at) low = middle + 1; else high = middle; }
    const [right, left] = [points[low]!, points[low - 1]];
    return left && at - left.at < right.at - at ? left : right;
}
