// Coordinates as people have them. Inside, everything is longitude and latitude in degrees.
//
// WGS 84 and CGCS2000 (EPSG:4490) differ by centimetres and are taken as one. EPSG:4548 is the surveyors' plane
// of Tianjin: CGCS2000, Gauss-Krüger, 3-degree zone, central meridian 117° E, false easting 500,000 m.
// Source of the series: Karney 2011, "Transverse Mercator with an accuracy of a few nanometers", to n⁴.
export type Crs = "EPSG:4490" | "EPSG:4548";
export type Place = [longitude: number, latitude: number];

const k_a = 6_378_137;
const k_f = 1 / 298.257222101; // CGCS2000
const k_n = k_f / (2 - k_f);
const k_e = Math.sqrt(k_f * (2 - k_f));
const k_radius = (k_a / (1 + k_n)) * (1 + k_n ** 2 / 4 + k_n ** 4 / 64);
const k_alpha = [k_n / 2 - (2 / 3) * k_n ** 2 + (5 / 16) * k_n ** 3 + (41 / 180) * k_n ** 4, (13 / 48) * k_n ** 2 - (3 / 5) * k_n ** 3 + (557 / 1440) * k_n ** 4, (61 / 240) * k_n ** 3 - (103 / 140) * k_n ** 4, (49561 / 161280) * k_n ** 4];
const k_beta = [k_n / 2 - (2 / 3) * k_n ** 2 + (37 / 96) * k_n ** 3 - (1 / 360) * k_n ** 4, (1 / 48) * k_n ** 2 + (1 / 15) * k_n ** 3 - (437 / 1440) * k_n ** 4, (17 / 480) * k_n ** 3 - (37 / 840) * k_n ** 4, (4397 / 161280) * k_n ** 4];
const k_meridian = (117 * Math.PI) / 180;
const k_easting = 500_000;

const conformal = (tan: number): number => { const s = Math.sinh(k_e * Math.atanh((k_e * tan) / Math.sqrt(1 + tan * tan))); return tan * Math.sqrt(1 + s * s) - s * Math.sqrt(1 + tan * tan); };
/** Easting and northing in metres. */
export function to_plane([longitude, latitude]: Place): [number, number] {
    const lambda = (longitude * Math.PI) / 180 - k_meridian;
    const tan = conformal(Math.tan((latitude * Math.PI) / 180));
    const xi = Math.atan2(tan, Math.cos(lambda));
    const eta = Math.asinh(Math.sin(lambda) / Math.hypot(tan, Math.cos(lambda)));
    let x = xi;
    let y = eta;
    k_alpha.forEach((a, i) => { const j = 2 * (i + 1); x += a * Math.sin(j * xi) * Math.cosh(j * eta); y += a * Math.cos(j * xi) * Math.sinh(j * eta); });
    return [k_easting + k_radius * y, k_radius * x];
}
export function from_plane([easting, northing]: [number, number]): Place {
    const x = northing / k_radius;
    const y = (easting - k_easting) / k_radius;
    let xi = x;
    let eta = y;
    k_beta.forEach((b, i) => { const j = 2 * (i + 1); xi -= b * Math.sin(j * x) * Math.cosh(j * y); eta -= b * Math.cos(j * x) * Math.sinh(j * y); });
    const lambda = Math.atan2(Math.sinh(eta), Math.cos(xi));
    const wanted = Math.sin(xi) / Math.hypot(Math.sinh(eta), Math.cos(xi));
    let tan = wanted;
    for (let i = 0; i < 5; i++) { // Newton's way back from the conformal to the geographic latitude
        const now = conformal(tan);
        tan += ((wanted - now) / Math.sqrt(1 + now * now)) * ((1 + (1 - k_e * k_e) * tan * tan) / ((1 - k_e * k_e) * Math.sqrt(1 + tan * tan)));
    }
    return [((lambda + k_meridian) * 180) / Math.PI, (Math.atan(tan) * 180) / Math.PI];
}
/** What a person typed, "117.80512", "117°48′18.4″" or "117 48 18.4", in degrees; NaN when it is none. */
export function degrees_of(text: string): number {
    const parts = text.trim().replace(/[°′″'":,NSEW\u5ea6\u5206\u79d2]/gi, " ").trim().split(/\s+/).map(Number);
    if (!parts[0] || parts.length > 3 || parts.some((one) => !Number.isFinite(one)) || parts.slice(1).some((one) => one < 0 || one >= 60)) return NaN;
    return parts[0] + (parts[1] ?? 0) / 60 + (parts[2] ?? 0) / 3600;
}
/** From the pair that was typed to a place; null when it is none or lies outside the world. */
export function place_from(crs: Crs, first: string, second: string): Place | null {
    const at: Place = crs === "EPSG:4490" ? [degrees_of(first), degrees_of(second)] : from_plane([Number(first), Number(second)]);
    return Number.isFinite(at[0]) && Number.isFinite(at[1]) && Math.abs(at[0]) <= 180 && Math.abs(at[1]) <= 90 && first.trim() && second.trim() ? [round(at[0]), round(at[1])] : null;
}
export function place_texts(crs: Crs, at: Place): [string, string] {
    if (crs === "EPSG:4490") return [at[0].toFixed(6), at[1].toFixed(6)];
    const [east, north] = to_plane(at);
    return [east.toFixed(2), north.toFixed(2)];
}
/** A tenth of a micro-degree is a centimetre: more digits would claim more than a map can show. */
export const round = (degrees: number): number => Math.round(degrees * 1e7) / 1e7;

const k_earth_m = 6_371_008.8;
const rad = (degrees: number) => (degrees * Math.PI) / 180;
/** Great-circle length in metres; within 0.5 % of the ellipsoid's. */
export function length_of(line: Place[]): number {
    let sum = 0;
    for (let i = 1; i < line.length; i++) {
        const [a, b] = [line[i - 1]!, line[i]!];
        const h = Math.sin(rad(b[1] - a[1]) / 2) ** 2 + Math.cos(rad(a[1])) * Math.cos(rad(b[1])) * Math.sin(rad(b[0] - a[0]) / 2) ** 2;
        sum += 2 * k_earth_m * Math.asin(Math.sqrt(h));
    }
    return sum;
}
/** Area in m² inside the closed line, on the sphere. */
export function area_of(ring: Place[]): number {
    let sum = 0;
    for (let i = 0; i < ring.length; i++) {
        const [a, b] = [ring[i]!, ring[(i + 1) % ring.length]!];
        sum += rad(b[0] - a[0]) * (2 + Math.sin(rad(a[1])) + Math.sin(rad(b[1])));
    }
    return Math.abs((sum * k_earth_m * k_earth_m) / 2);
}
