// Which stretch of time a page shows. It stands in the address: "last=24h" goes with the clock, "from=…&until=…" stands still.
export const k_lasts = ["1h", "6h", "24h", "7d", "30d", "1y"] as const;
export type Last = (typeof k_lasts)[number];
const k_hour = 3_600_000;
const k_last_ms: Record<Last, number> = { "1h": k_hour, "6h": 6 * k_hour, "24h": 24 * k_hour, "7d": 7 * 24 * k_hour, "30d": 30 * 24 * k_hour, "1y": 365 * 24 * k_hour };
/** Closer than this there is nothing to see, further away nothing to draw. */
export const k_span_ms_min = 10_000;
export const k_span_ms_max = 10 * 365 * 24 * k_hour;

export type Period = { last: Last } | { from: number; until: number };
export type PeriodQuery = Record<string, unknown>;
export function period_of(query: PeriodQuery, otherwise: Last): Period {
    const from = Date.parse(String(query["from"] ?? ""));
    const until = Date.parse(String(query["until"] ?? ""));
    if (Number.isFinite(from) && Number.isFinite(until) && until > from) return clamped(from, until);
    const last = String(query["last"] ?? "") as Last;
    return { last: k_lasts.includes(last) ? last : otherwise };
}
export function clamped(from: number, until: number): { from: number; until: number } {
    const span = Math.min(Math.max(until - from, k_span_ms_min), k_span_ms_max);
    if (span === until - from) return { from, until };
    const middle = (from + until) / 2;
    return { from: Math.round(middle - span / 2), until: Math.round(middle + span / 2) };
}
export const query_of = (period: Period): Record<string, string> => ("last" in period ? { last: period.last } : { from: new Date(period.from).toISOString(), until: new Date(period.until).toISOString() });
export const bounds_of_period = (period: Period, now: number): { from: number; until: number } => ("last" in period ? { from: now - k_last_ms[period.last], until: now } : period);
/** One step away: twice the span round the same middle, never beyond now. */
export function wider(period: Period, now: number): Period {
    const { from, until } = bounds_of_period(period, now);
    const span = until - from;
    const end = Math.min(now, until + span / 2);
    const wide = clamped(Math.round(end - 2 * span), Math.round(end));
    const last = k_lasts.find((one) => Math.abs(k_last_ms[one] - (wide.until - wide.from)) < 0.02 * k_last_ms[one]);
    return last && now - wide.until < 0.02 * (wide.until - wide.from) ? { last } : wide;
}
/** The stretch before or after this one. */
export function moved(period: Period, by: -1 | 1, now: number): Period {
    const { from, until } = bounds_of_period(period, now);
    const span = until - from;
    const end = Math.min(now, until + by * span);
    return { from: Math.round(end - span), until: Math.round(end) };
}
