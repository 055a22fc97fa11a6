// One layer group per kind of record, fed by the kind's own vector tiles. What is switched off is not asked for.
import type { LayerSpecification } from "maplibre-gl";
import type { CatalogKind, CatalogTable, Label } from "@/data/types";
import { icon_of, type IconName } from "@/ui/icons";
import type { Paint } from "../tokens";
import { k_fonts, k_fonts_bold, named, type Language } from "./text";

export type LayerGroup = "risk" | "forces" | "sensing" | "ground";
export interface RecordLayer {
    kind: string; icon: IconName; tone: "plain" | "own" | "key"; group: LayerGroup; shown: boolean; zoom_min: number; zoom_label: number;
    /** What may come: points only, or lines and areas too. */
    shapes: "point" | "line" | "area" | "any";
    /** A field that holds a level 1 to 4: drawn as that level's shape, hollow, for it is a risk and no alarm. */
    level?: string;
    /** A coded field that tells lines apart: its codes take the chart colours in turn. */
    hue?: { field: string; codes: { value: string; label: Label }[] };
}
/** The chart colours, for lines of several kinds; the levels' colours belong to risk and alarm. */
export const k_hues = ["c-1", "c-2", "c-3", "m-label-2", "c-5", "c-6", "m-label"] as const;
export const k_layer_groups: LayerGroup[] = ["risk", "forces", "sensing", "ground"];

/** How the kinds that the map knows are drawn; in drawing order, the lowest first. Others come between by their declaration. */
const k_known: Record<string, Partial<RecordLayer>> = {
    grid: { group: "ground", shown: true, zoom_min: 9, zoom_label: 10 },
    building: { group: "ground", zoom_min: 12.5, zoom_label: 16 },
    berth: { group: "ground", zoom_min: 12, zoom_label: 14.5 },
    pipeline: { group: "ground", zoom_min: 12.5, zoom_label: 15.5 },
    enterprise: { group: "risk", shown: true, zoom_min: 12, zoom_label: 14 },
    hydrant: { group: "ground", zoom_min: 13, zoom_label: 16 },
    camera: { group: "sensing", zoom_min: 13, zoom_label: 16 },
    device: { group: "sensing", zoom_min: 13, zoom_label: 16 },
    stock: { group: "forces", tone: "own" },
    shelter: { group: "forces" },
    hospital: { group: "forces", zoom_min: 10 },
    fire_station: { group: "forces", tone: "own" },
    scenario: { group: "risk", zoom_min: 12 },
    risk_source: { group: "risk", shown: true, zoom_min: 12.5, zoom_label: 15.5 },
    protection_target: { group: "risk", tone: "key", shown: true, zoom_min: 11.5, zoom_label: 13.5 },
    team: { group: "forces", tone: "own", shown: true, zoom_label: 13.5 },
    vessel: { group: "risk", tone: "key", shown: true, zoom_label: 14.5 },
};
/** Drawn from the records themselves (alarms, clouds, routes), or part of the ground. */
const k_elsewhere = new Set(["alarm", "incident", "impact", "dispatch", "road"]);
/** Switched on until somebody chooses otherwise. */
export const k_first_shown: string[] = Object.entries(k_known).filter(([, one]) => one.shown).map(([kind]) => kind);

/** One layer for every kind of the catalog that has a place. */
export function record_layers_of(kinds: CatalogKind[], tables: CatalogTable[]): RecordLayer[] {
    const order = Object.keys(k_known);
    const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.indexOf("camera") + 0.5);
    return kinds.filter((kind) => kind.geometry && kind.geometry !== "none" && !k_elsewhere.has(kind.name))
        .map((kind): RecordLayer => {
            const declared = kind.map ?? {};
            const level = typeof declared["level"] === "string" && declared["hollow"] ? declared["level"] : undefined;
            const told = kind.fields.find((field) => field.name === declared["hue"]);
            const codes = told && tables.find((table) => table.name === told.table)?.codes;
            const hue = told && codes ? { field: told.name, codes } : undefined;
            return { kind: kind.name, icon: icon_of(kind.name), tone: "plain", group: "ground", shown: false, zoom_min: 11, zoom_label: 14, ...k_known[kind.name], shapes: kind.geometry as RecordLayer["shapes"], ...(level ? { level } : {}), ...(hue ? { hue } : {}) };
        })
        .sort((a, b) => place(a.kind) - place(b.kind));
}
/** What a click means, the topmost first: points before lines before areas; a vessel stands within its enterprise. */
export function pickable_of(layers: RecordLayer[]): string[] {
    const down = [...layers].reverse().filter((one) => one.kind !== "grid");
    return [...down.filter((one) => one.kind !== "enterprise").map((one) => `${one.kind}:icon`), ...down.map((one) => `${one.kind}:line`), "enterprise:name", ...down.map((one) => `${one.kind}:area`)];
}
const k_types = ["school", "dormitory", "hotel", "residence", "hospital", "office", "terminal", "beach", "shop", "workplace", "fire", "port_fire", "hazmat", "medical", "police", "monitoring", "engineering", "sea_rescue", "gas_detector", "smoke_detector", "weather_mast", "tide_gauge", "vehicle", "ship"];

export function record_layers(paint: Paint, language: Language, shown: ReadonlySet<string>, declared: RecordLayer[]): LayerSpecification[] {
    const layers: unknown[] = [];
    const line_colour = ({ hue }: RecordLayer): unknown => {
        if (!hue?.codes.length) return paint("m-label");
        return ["match", ["coalesce", ["get", hue.field], ""], ...hue.codes.flatMap((code, i) => [code.value, paint(k_hues[i % k_hues.length]!)]), paint("m-label")];
    };
    // Seven lines share a street: they part from zoom 14 on. The edge of an area is quiet.
    const width_of = ({ hue, shapes }: RecordLayer): unknown => hue ? ["interpolate", ["linear"], ["zoom"], 12, 0.4, 14, 1, 16, 2.6] : shapes === "line" ? ["interpolate", ["linear"], ["zoom"], 12, 1.2, 16, 3] : 1;
    for (const one of declared) {
        const { kind } = one;
        const visibility = shown.has(kind) ? "visible" : "none";
        const from = { source: `kind:${kind}`, "source-layer": kind };
        if (kind === "grid") {
            layers.push(
                { id: "grid:line", type: "line", ...from, layout: { visibility }, paint: { "line-color": paint("m-grid"), "line-width": 1.2, "line-dasharray": [6, 4] } },
            );
            continue;
        }
        if (kind === "enterprise") {
            layers.push(
                { id: "enterprise:area", type: "fill", ...from, minzoom: one.zoom_min, filter: ["==", ["geometry-type"], "Polygon"], layout: { visibility }, paint: { "fill-color": paint("m-label"), "fill-opacity": 0.05 } },
                { id: "enterprise:line", type: "line", ...from, minzoom: one.zoom_min, filter: ["==", ["geometry-type"], "Polygon"], layout: { visibility }, paint: { "line-color": paint("m-label-2"), "line-width": 1, "line-opacity": 0.5 } },
                { id: "enterprise:name", type: "symbol", ...from, minzoom: one.zoom_label, layout: { visibility, "text-field": named(language), "text-font": k_fonts, "text-size": 12, "text-max-width": 9 },
                    paint: { "text-color": paint("m-label"), "text-halo-color": paint("m-halo"), "text-halo-width": 1.6 } },
            );
            continue;
        }
        const visible = { visibility };
        if (one.shapes !== "point") layers.push(
            { id: `${kind}:area`, type: "fill", ...from, minzoom: one.zoom_min, filter: ["==", ["geometry-type"], "Polygon"], layout: visible, paint: { "fill-color": paint("m-label"), "fill-opacity": 0.1 } },
            { id: `${kind}:line`, type: "line", ...from, minzoom: one.zoom_min, filter: ["!=", ["geometry-type"], "Point"], layout: { ...visible, "line-join": "round" }, paint: { "line-color": line_colour(one), "line-width": width_of(one), "line-opacity": one.shapes === "line" ? 0.85 : 0.5 } },
        );
        if (one.shapes === "line") {
            layers.push({ id: `${kind}:name`, type: "symbol", ...from, minzoom: one.zoom_label, layout: { ...visible, "symbol-placement": "line", "text-field": named(language), "text-font": k_fonts, "text-size": 11 }, paint: { "text-color": paint("m-label-2"), "text-halo-color": paint("m-halo"), "text-halo-width": 1.6 } });
            continue;
        }
        const by_type = one.level ? ["concat", "mark:", ["to-string", ["coalesce", ["get", one.level], 4]], ":hollow"] : ["match", ["coalesce", ["get", "type"], ""], ...k_types.flatMap((type) => [type, `icon:${icon_of(kind, type)}:${one.tone}`]), `icon:${one.icon}:${one.tone}`];
        layers.push({
            id: `${kind}:icon`, type: "symbol", ...from, minzoom: one.zoom_min,
            layout: {
                visibility, "icon-image": by_type, "icon-size": one.level ? ["interpolate", ["linear"], ["zoom"], 11, 0.6, 15, 0.9] : ["interpolate", ["linear"], ["zoom"], 11, 0.55, 15, 1], "icon-allow-overlap": kind === "vessel", "icon-padding": 0,
                ...(one.level ? { "symbol-sort-key": ["coalesce", ["get", one.level], 4] } : {}), // the worse has its place first
                "text-field": ["step", ["zoom"], "", one.zoom_label, named(language)], "text-font": k_fonts, "text-size": 12, "text-offset": [0, 1.1], "text-anchor": "top", "text-optional": true, "text-max-width": 9,
            },
            paint: { "text-color": paint("m-label"), "text-halo-color": paint("m-halo"), "text-halo-width": 1.6 },
        });
    }
    // Grids are named once each, from the records (a tile would name every piece that it cuts), and above
    // the rest: what is drawn later finds its place first.
    layers.push({ id: "grid:name", type: "symbol", source: "names", layout: { visibility: shown.has("grid") ? "visible" : "none", "text-field": ["get", "text"], "text-font": k_fonts_bold, "text-size": 13, "text-padding": 8 },
        paint: { "text-color": paint("m-label"), "text-halo-color": paint("m-halo"), "text-halo-width": 1.8 } });
    return layers as LayerSpecification[];
}
