// Speed as those who drive or sail say it: km/h on land, knots at sea. Inside it is m/s.
import { k_thin, reading } from "@/ui/format";

const k_kmh = 3.6;
const k_knot_m_s = 1852 / 3600;
export const is_vessel = (type: string): boolean => type === "ship" || type === "vessel";
/** In m/s, from the unit that the datastream is in; nothing where the unit is not one of speed. */
export function metres_per_second(value: number | undefined, unit: string | undefined): number | null {
    if (value === undefined || !Number.isFinite(value)) return null;
    switch (unit) {
        case undefined: case "": case "m/s": return value;
        case "km/h": return value / k_kmh;
        case "kn": case "kt": case "knot": return value * k_knot_m_s;
        default: return null;
    }
}
export const speed_text = (speed_m_s: number | null | undefined, type: string): string =>
    speed_m_s === null || speed_m_s === undefined ? "" : is_vessel(type) ? `${reading(speed_m_s / k_knot_m_s)}${k_thin}kn` : `${reading(speed_m_s * k_kmh)}${k_thin}km/h`;
export const course_text = (course: number | null | undefined): string => (course === null || course === undefined || !Number.isFinite(course) ? "" : `${String(Math.round(course) % 360).padStart(3, "0")}°`);
