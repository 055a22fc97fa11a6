// Where the lines of a chart stand: round values on the left, round Beijing times below.
import { date_of, time_of } from "../format";

export interface Range { low: number; high: number }

/** The values' range with a little air. A series that never changes gets room to be seen in; a limit that
 *  lies farther away than three times the values' own span is left outside, or it would flatten them. */
export function value_range(points: readonly { min: number; max: number }[], limits: readonly number[] = []): Range {
    let low = Infinity;
    let high = -Infinity;
    for (const one of points) { low = Math.min(low, one.min); high = Math.max(high, one.max); }
    if (!Number.isFinite(low)) { low = limits.length ? Math.min(...limits) : 0; high = limits.length ? Math.max(...limits) : 1; }
    const span = Math.max(high - low, Math.abs(high) * 0.05, 1e-9);
    for (const limit of limits) {
        if (limit > high && limit - high <= 3 * span) high = limit;
        if (limit < low && low - limit <= 3 * span) low = limit;
    }
    if (high - low < span) { const middle = (high + low) / 2; low = middle - span / 2; high = middle + span / 2; }
    const air = (high - low) * 0.08;
    // What is never negative is not drawn as if it could be.
    return { low: low >= 0 && low - air < 0 ? 0 : low - air, high: high <= 0 && high + air > 0 ? 0 : high + air };
}
export function value_ticks({ low, high }: Range, about = 4): number[] {
    const rough = (high - low) / about;
    if (!(rough > 0) || !Number.isFinite(rough)) return [low];
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= rough * 0.999) ?? 10 * power;
    const out: number[] = [];
    for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n++) out.push(Number((n * step).toPrecision(12)));
    return out;
}

export interface TimeTick { at: number; text: string; day: boolean }
const k_second = 1000, k_minute = 60 * k_second, k_hour = 60 * k_minute, k_day = 24 * k_hour;
const k_steps = [k_second, 2 * k_second, 5 * k_second, 10 * k_second, 30 * k_second, k_minute, 2 * k_minute, 5 * k_minute, 10 * k_minute, 15 * k_minute, 30 * k_minute, k_hour, 2 * k_hour, 3 * k_hour, 6 * k_hour, 12 * k_hour, k_day, 2 * k_day, 7 * k_day, 14 * k_day, 30 * k_day, 61 * k_day, 122 * k_day];
const k_beijing = 8 * k_hour;
/** Ticks on round Beijing times, at most `most`; a tick at midnight carries the date. */
export function time_ticks(from: number, to: number, most = 8): TimeTick[] {
    const step = k_steps.find((one) => (to - from) / one <= most) ?? k_steps.at(-1)!;
    const out: TimeTick[] = [];
    for (let at = Math.ceil((from + k_beijing) / step) * step - k_beijing; at <= to && out.length <= 2 * most; at += step) {
        const day = (at + k_beijing) % k_day === 0;
        out.push({ at, day, text: step >= k_day ? date_of(at).slice(5) : day ? date_of(at).slice(5) : time_of(at, step < k_minute) });
    }
    return out;
}
