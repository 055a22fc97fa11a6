// Lines of several kinds in one layer: each code its own colour, and none of the levels' colours.
import { describe, expect, it } from "vitest";
import type { CatalogKind, CatalogTable } from "@/data/types";
import { k_hues, record_layers, record_layers_of } from "@/map/layers/records";

const label = { zh: "管线", en: "Pipeline" };
const pipeline = {
    name: "pipeline", label, plural: label, geometry: "line", title: "name", list: ["name"], states: [], moves: [], map: { hue: "medium" },
    fields: [{ name: "name", type: "text", label }, { name: "medium", type: "code", table: "pipeline_medium", label }],
} as unknown as CatalogKind;
const codes = ["water", "rain", "sewage", "gas", "heat", "power", "communications"].map((value) => ({ value, label: { zh: value, en: value } }));
const tables: CatalogTable[] = [{ name: "pipeline_medium", label, codes }];

describe("a layer told apart by a coded field", () => {
    it("takes the codes from the table that the field names", () => {
        const [layer] = record_layers_of([pipeline], tables);
        expect(layer?.hue).toEqual({ field: "medium", codes });
    });
    it("draws every code in a colour of its own", () => {
        const drawn = record_layers((name) => name, "zh", new Set(["pipeline"]), record_layers_of([pipeline], tables)) as { id: string; paint?: Record<string, unknown> }[];
        const colour = drawn.find((one) => one.id === "pipeline:line")?.paint?.["line-color"] as unknown[];
        expect(colour.slice(0, 2)).toEqual(["match", ["coalesce", ["get", "medium"], ""]]);
        const used = codes.map(({ value }) => colour[colour.indexOf(value) + 1]);
        expect(new Set(used).size).toBe(codes.length);
        for (const one of used) expect(String(one)).not.toMatch(/^l[1-4]/);
        expect(used).toEqual([...k_hues]);
    });
    it("draws lines alike where no field tells them apart, or its table is unknown", () => {
        for (const layers of [record_layers_of([{ ...pipeline, map: {} }], tables), record_layers_of([pipeline], [])]) {
            expect(layers[0]?.hue).toBeUndefined();
            const drawn = record_layers((name) => name, "en", new Set(), layers) as { id: string; paint?: Record<string, unknown> }[];
            expect(drawn.find((one) => one.id === "pipeline:line")?.paint?.["line-color"]).toBe("m-label");
        }
    });
});
