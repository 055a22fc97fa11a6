// Numbers, distances, times: one way of writing each, in both languages. Thin space before units.
import { i18n } from "@/messages";
import type { Fields, Label } from "@/data/types";

export const k_thin = "\u2009";
const language = () => i18n.global.locale.value;

/** The text of a two-language label. */
export const said = (label: Label | undefined | null): string => (label ? (language() === "en" ? label.en || label.zh : label.zh || label.en) : "");
/** A field in the reader's language: `name_en` where English is read and given, else `name`. */
export function worded(fields: Fields | object | undefined | null, field: string): string {
    const all = (fields ?? {}) as Fields;
    const english = all[`${field}_en`];
    return String((language() === "en" && english ? english : all[field]) ?? "");
}
export function number(value: number | undefined | null, digits = 0): string {
    if (value === undefined || value === null || !Number.isFinite(value)) return "–";
    return value.toLocaleString("en-US", { minimumFractionDigits: 0, maximumFractionDigits: digits });
}
/** A unit as it is printed: m2 is m², m3/h is m³/h. */
export const unit_text = (unit: string | undefined): string => (unit ?? "").replace(/([a-z])2(?![0-9])/g, "$1²").replace(/([a-z])3(?![0-9])/g, "$1³");
/** Keeps three significant digits, the honest width of a reading. */
export function reading(value: number | undefined | null): string {
    if (value === undefined || value === null || !Number.isFinite(value)) return "–";
    const size = Math.abs(value);
    return number(value, size >= 100 ? 0 : size >= 10 ? 1 : 2);
}
export function distance(metres: number | undefined | null): string {
    if (metres === undefined || metres === null || !Number.isFinite(metres)) return "–";
    return metres < 1000 ? `${Math.round(metres)}${k_thin}m` : `${(metres / 1000).toFixed(2)}${k_thin}km`;
}
export function mass(kilograms: number | undefined | null): string {
    if (kilograms === undefined || kilograms === null) return "–";
    return kilograms < 1000 ? `${number(kilograms, 1)}${k_thin}kg` : `${number(kilograms / 1000, 1)}${k_thin}t`;
}
/** A size in memory or on disk, in powers of 1024. */
export function bytes(count: number | undefined | null): string {
    if (count === undefined || count === null || !Number.isFinite(count)) return "–";
    const units = ["B", "KiB", "MiB", "GiB", "TiB"];
    const step = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(count) / 10));
    return `${number(count / 1024 ** step, step && count / 1024 ** step < 100 ? 1 : 0)}${k_thin}${units[step]}`;
}
/** A long span in words: 3 d 4 h, 5 h 12 min, 7 min, 40 s. */
export function period(seconds: number): string {
    const t = i18n.global.t;
    const s = Math.max(0, Math.floor(seconds));
    if (s < 60) return t("period.seconds", { n: s });
    if (s < 3600) return t("period.minutes", { n: Math.floor(s / 60) });
    if (s < 86_400) return t("period.hours", { h: Math.floor(s / 3600), m: Math.floor((s % 3600) / 60) });
    return t("period.days", { d: Math.floor(s / 86_400), h: Math.floor((s % 86_400) / 3600) });
}
const pad = (n: number) => String(n).padStart(2, "0");
/** m:ss under an hour, h:mm:ss above; the sign is the caller's. */
export function clockwork(ms: number): string {
    const s = Math.floor(Math.abs(ms) / 1000);
    const h = Math.floor(s / 3600);
    const m = Math.floor((s % 3600) / 60);
    return h ? `${h}:${pad(m)}:${pad(s % 60)}` : `${m}:${pad(s % 60)}`;
}
/** A span that a machine took: 0.42 s, 12.3 s, 3:20. */
export const span = (ms: number): string => (ms < 1000 ? `${Math.round(ms)}${k_thin}ms` : ms < 60_000 ? `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)}${k_thin}s` : clockwork(ms));
// The zone lives by Beijing time, wherever the browser stands.
const k_zone = "Asia/Shanghai";
const beijing = new Intl.DateTimeFormat("en-GB", { timeZone: k_zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
function parts(at: number): Record<string, string> {
    return Object.fromEntries(beijing.formatToParts(at).map((part) => [part.type, part.value]));
}
export function time_of(at: string | number | undefined | null, seconds = true): string {
    const ms = typeof at === "number" ? at : Date.parse(at ?? "");
    if (!Number.isFinite(ms)) return "–";
    const p = parts(ms);
    return seconds ? `${p["hour"]}:${p["minute"]}:${p["second"]}` : `${p["hour"]}:${p["minute"]}`;
}
export function date_of(at: string | number): string {
    const ms = typeof at === "number" ? at : Date.parse(at);
    if (!Number.isFinite(ms)) return "–";
    const p = parts(ms);
    return `${p["year"]}-${p["month"]}-${p["day"]}`;
}
export const weekday_of = (ms: number): string => new Intl.DateTimeFormat(language() === "en" ? "en-GB" : "zh-CN", { timeZone: k_zone, weekday: "short" }).format(ms);
export const hour_of = (ms: number): number => Number(parts(ms)["hour"]);
/** Within a day the time alone; after 24 h the date as well. */
export const moment_of = (at: string | number, now: number): string => {
    const ms = typeof at === "number" ? at : Date.parse(at);
    return Math.abs(now - ms) < 86_400_000 ? time_of(ms) : `${date_of(ms)} ${time_of(ms, false)}`;
};
export function ago(at: string | number, now: number): string {
    const t = i18n.global.t;
    const s = Math.max(0, Math.floor((now - (typeof at === "number" ? at : Date.parse(at))) / 1000));
    if (s < 60) return t("ago.seconds", { n: s });
    if (s < 600) return t("ago.minutes_seconds", { m: Math.floor(s / 60), s: s % 60 });
    if (s < 3600) return t("ago.minutes", { n: Math.floor(s / 60) });
    if (s < 86_400) return t("ago.hours_minutes", { h: Math.floor(s / 3600), m: Math.floor((s % 3600) / 60) });
    return t("ago.days", { n: Math.floor(s / 86_400) });
}
/** Eight winds are enough for an ear; the degrees stand beside. */
export const wind_name = (from_deg: number): string => i18n.global.t(`wind.from_${["n", "ne", "e", "se", "s", "sw", "w", "nw"][Math.round((((from_deg % 360) + 360) % 360) / 45) % 8]}`);
