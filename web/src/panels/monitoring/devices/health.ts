// How a device fares by its last word. The server's list says the same of every device; this moves on with the clock.
import type { DeviceState } from "@/data/sensing";

/** Late after two expected intervals, silent after five: a product default, as the list's. Without an expected
 *  interval nothing is ever late. */
export const k_late_intervals = 2;
export const k_silent_intervals = 5;
export function health_of(last_at: number, interval_s: number, in_service: boolean, now: number): DeviceState {
    if (!in_service) return "off";
    if (!last_at) return "never";
    if (!(interval_s > 0)) return "online";
    const intervals = (now - last_at) / (1000 * interval_s);
    return intervals > k_silent_intervals ? "silent" : intervals > k_late_intervals ? "late" : "online";
}
