// Between an instant (UTC, RFC 3339) and what a person writes in Beijing time.
const k_beijing_ms = 8 * 3_600_000;

/** "2026-11-19T10:41:52" in Beijing, for <input type="datetime-local">; empty when there is none. */
export function beijing_text(at: unknown): string {
    const ms = Date.parse(String(at ?? ""));
    return Number.isFinite(ms) ? new Date(ms + k_beijing_ms).toISOString().slice(0, 19) : "";
}
/** The instant of a Beijing wall time; null when the text is not one. */
export function instant_of(text: string): string | null {
    if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$/.test(text)) return null;
    const ms = Date.parse(`${text.length === 10 ? `${text}T00:00` : text}+08:00`);
    return Number.isFinite(ms) ? new Date(ms).toISOString() : null;
}
export const k_duration_units = [{ key: "s", s: 1 }, { key: "min", s: 60 }, { key: "h", s: 3600 }, { key: "d", s: 86_400 }] as const;
/** The largest unit that gives a whole number: 5400 s is 90 min. */
export const unit_of = (seconds: number): number => [...k_duration_units].reverse().find((one) => seconds !== 0 && seconds % one.s === 0)?.s ?? 1;
