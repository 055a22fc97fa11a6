// The records' pure parts: filters, forms, conflicts, columns, differences, coordinates, codes.
import { beforeEach, describe, expect, it } from "vitest";
import type { CatalogKind, Entry } from "../src/data/types";
import { area_of, degrees_of, from_plane, length_of, place_from, to_plane } from "../src/map/crs";
import { drawn_from, geometry_from } from "../src/map/drawing";
import { columns_of, keep_columns, kept_columns } from "../src/panels/supervision/columns";
import { conditions_of, where_of, type Condition } from "../src/panels/supervision/filters";
import { changes_of, conflicts_of, draft_of, faults_of, filled, is_changed, merged, place_of_fault, sections_of } from "../src/ui/form";
import { differences } from "../src/ui/differences";
import { coded_rows, with_children } from "../src/ui/inputs/codes";
import { beijing_text, instant_of, unit_of } from "../src/ui/inputs/time";

const word = (text: string) => ({ zh: text, en: text });
const kind: CatalogKind = {
    name: "pump", label: word("pump"), plural: word("pumps"), geometry: "point", title: "name", list: ["name", "flow"],
    states: [{ name: "sound", label: word("sound") }, { name: "broken", label: word("broken") }], moves: [],
    fields: [
        { name: "name", type: "text", label: word("name"), required: true, length: 8 }, { name: "name_en", type: "text", label: word("name in English") },
        { name: "flow", type: "number", label: word("flow"), unit: "m³/h", min: 0, max: 500 }, { name: "count", type: "integer", label: word("count") },
        { name: "code", type: "text", label: word("code"), pattern: "P-\\d{3}" }, { name: "since", type: "time", label: word("since") }, { name: "data", type: "json", label: word("data") },
    ],
};
const record = (fields: Record<string, unknown>, revision = 1) => ({ id: "1", kind: "pump", zone: "z", space: "live", revision, state: "sound", sequence: 1, created_at: "", updated_at: "", geometry: null, fields });

describe("conditions", () => {
    const all: Condition[] = [{ field: "state", operator: "in", values: ["a|b", "c;d", "e"] }, { field: "name", operator: "has", values: ["1:2;3"] }, { field: "flow", operator: "ge", values: ["5"] }];
    it("survive the address bar, with every mark of the language inside", () => expect(conditions_of(where_of(all))).toEqual(all));
    it("are escaped as the server reads them", () => expect(where_of([{ field: "name", operator: "has", values: ["a;b"] }])).toBe("name:has:a\\;b"));
    it("that cannot be read are left out", () => expect(conditions_of("nonsense;state:is:x;name:eq:1")).toEqual([{ field: "name", operator: "eq", values: ["1"] }]));
    it("that are none say nothing", () => expect(where_of([])).toBeUndefined());
});
describe("a form", () => {
    it("sends only what was changed, and null for what was taken away", () => {
        const was = draft_of(kind, record({ name: "A", flow: 3, code: "P-001", data: { a: 1, b: 2 } }));
        const draft = draft_of(kind, record({ name: "B", flow: 3, code: " ", data: { b: 2, a: 1 } }));
        expect(changes_of(kind, draft, was)).toEqual({ fields: { name: "B", code: null } });
        expect(is_changed(kind, was, was)).toBe(false);
    });
    it("sends a moved place and a place taken away", () => {
        const was = { ...draft_of(kind), geometry: { type: "Point" as const, coordinates: [1, 2] } };
        expect(changes_of(kind, { ...was, geometry: null }, was)).toEqual({ fields: {}, geometry: null });
        expect("geometry" in changes_of(kind, was, was)).toBe(false);
    });
    it("leaves out what is empty in a new record", () => expect(filled({ ...draft_of(kind), fields: { name: " A ", flow: 0, code: "", data: null } })).toEqual({ name: "A", flow: 0 }));
    it("knows what is wrong before asking", () => {
        const faults = (fields: Record<string, unknown>) => faults_of(kind, { fields: { name: "A", ...fields }, geometry: null });
        expect(faults({})).toEqual({});
        expect(faults({ name: "  " })).toEqual({ name: "required" });
        expect(faults({ name: "123456789" })).toEqual({ name: "too_long" });
        expect(faults({ flow: "12x", count: 1.5 })).toEqual({ flow: "not_number", count: "not_whole" });
        expect(faults({ flow: -1 })).toEqual({ flow: "too_small" });
        expect(faults({ flow: 501 })).toEqual({ flow: "too_large" });
        expect(faults({ code: "P-12" })).toEqual({ code: "pattern" });
        expect(faults({ since: "yesterday", data: "{half" })).toEqual({ since: "not_time", data: "not_json" });
    });
    it("shows every field once, declared parts first", () => {
        const parts = sections_of({ ...kind, form: [{ label: word("capacity"), fields: ["flow", "count", "gone"] }] });
        expect(parts[0]!.fields.map((one) => one.name)).toEqual(["flow", "count"]);
        expect(parts.flatMap((one) => one.fields.map((field) => field.name)).sort()).toEqual(kind.fields.map((one) => one.name).sort());
    });
    it("finds the field that the server means", () => {
        expect(place_of_fault("/fields/flow")).toBe("flow");
        expect(place_of_fault("/geometry/coordinates/0")).toBe("geometry");
        expect(place_of_fault("/reason")).toBeNull();
    });
});
describe("two people at one record", () => {
    const began = draft_of(kind, record({ name: "A", flow: 1, count: 1 }));
    const mine = draft_of(kind, record({ name: "mine", flow: 2, count: 1 }));
    const theirs = draft_of(kind, record({ name: "theirs", flow: 1, count: 9 }, 2));
    it("meet only where both changed to something else", () => {
        expect(conflicts_of(kind, mine, began, theirs)).toEqual(["name"]);
        expect(conflicts_of(kind, mine, began, mine)).toEqual([]);
    });
    it("keep what was chosen, and both changes where they do not meet", () => {
        expect(merged(kind, mine, began, theirs, { name: "mine" }).fields).toMatchObject({ name: "mine", flow: 2, count: 9 });
        expect(merged(kind, mine, began, theirs, { name: "theirs" }).fields).toMatchObject({ name: "theirs", flow: 2, count: 9 });
    });
});
describe("columns", () => {
    const words = { state: word("state"), updated: word("updated"), revision: word("revision") };
    beforeEach(() => localStorage.clear());
    it("are all fields but English twins and structured ones, and what every record has", () => expect(columns_of(kind, words).map((one) => one.name)).toEqual(["name", "flow", "count", "code", "since", "state", "updated_at", "revision"]));
    it("are kept by account and kind, without what does not exist any more", () => {
        const known = columns_of(kind, words);
        expect(kept_columns("a", kind, known)).toEqual(["name", "flow"]);
        keep_columns("a", kind, ["count", "name", "gone"]);
        expect(kept_columns("a", kind, known)).toEqual(["count", "name"]);
        expect(kept_columns("b", kind, known)).toEqual(["name", "flow"]);
        keep_columns("a", kind, kind.list);
        expect(localStorage.length).toBe(0);
    });
});
describe("differences", () => {
    const entry = (more: Partial<Entry>): Entry => ({ sequence: 1, at: "", action: "update", record: record({ name: "B", flow: 2 }), ...more });
    it("say what was and what is, in the order of the declaration, own members first", () =>
        expect(differences(entry({ action: "move", before: { flow: 1, name: "A", state: "broken" } }), kind).map((one) => [one.name, one.before, one.after])).toEqual([["state", "broken", "sound"], ["name", "A", "B"], ["flow", 1, 2]]));
    it("of a first entry are its values", () => expect(differences(entry({ action: "create" }), kind).map((one) => [one.name, one.after])).toEqual([["name", "B"], ["flow", 2]]));
});
describe("codes", () => {
    const table = { name: "t", label: word("t"), codes: [{ value: "b1", label: word("b1"), parent: "b" }, { value: "a", label: word("a") }, { value: "b", label: word("b") }, { value: "b11", label: word("b11"), parent: "b1" }, { value: "x", label: word("x"), parent: "y" }, { value: "y", label: word("y"), parent: "x" }] };
    it("stand under their parents, none lost in a circle", () => expect(coded_rows(table).map((one) => `${one.depth}${one.value}`)).toEqual(["0a", "0b", "1b1", "2b11", "0x", "0y"]));
    it("are meant with all below them", () => expect(with_children(table, "b")).toEqual(["b", "b1", "b11"]));
});
describe("times", () => {
    it("are written in Beijing time, wherever the browser stands", () => {
        expect(beijing_text("2026-11-19T02:41:52Z")).toBe("2026-11-19T10:41:52");
        expect(instant_of("2026-11-19T00:30")).toBe("2026-11-18T16:30:00.000Z");
        expect(instant_of("soon")).toBeNull();
        expect(beijing_text(null)).toBe("");
    });
    it("of duration take the largest whole unit", () => expect([0, 90, 5400, 7200, 172_800].map(unit_of)).toEqual([1, 1, 60, 3600, 86_400]));
});
describe("coordinates", () => {
    // PROJ 9.1, EPSG:4490 to EPSG:4548.
    const known: [[number, number], [number, number]][] = [[[117.806, 39.012], [569_809.5697062407, 4_320_145.270705161]], [[116.2, 38.55], [430_261.54505493573, 4_268_852.372775528]], [[117, 39], [500_000, 4_318_503.984691529]]];
    it("of the surveyors' plane agree with PROJ to a millimetre", () => {
        for (const [at, plane] of known) {
            const [east, north] = to_plane(at);
            expect(Math.hypot(east - plane[0], north - plane[1])).toBeLessThan(0.001);
            const back = from_plane(plane);
            expect(Math.hypot(back[0] - at[0], back[1] - at[1])).toBeLessThan(1e-9);
        }
    });
    it("are read as people write them", () => {
        expect(degrees_of("117.80512")).toBe(117.80512);
        expect(degrees_of("117°48′18.4″")).toBeCloseTo(117.805111, 6);
        expect(degrees_of("117 61 0")).toBeNaN();
        expect(place_from("EPSG:4490", "39.0", "117.8")).toBeNull(); // turned round: no latitude of 117
        expect(place_from("EPSG:4490", "", "39")).toBeNull();
        expect(place_from("EPSG:4548", "569809.57", "4320145.27")![0]).toBeCloseTo(117.806, 6);
    });
    it("measure a kilometre and a hectare", () => {
        expect(length_of([[117, 39], [117, 39.0089932]])).toBeCloseTo(1000, -1);
        const [w, h] = [100 / (111_195 * Math.cos((39 * Math.PI) / 180)), 100 / 111_195];
        expect(area_of([[117, 39], [117 + w, 39], [117 + w, 39 + h], [117, 39 + h]]) / 10_000).toBeCloseTo(1, 2);
    });
    it("become a geometry, and back", () => {
        const area = geometry_from("area", [[0, 0], [1, 0], [1, 1]])!;
        expect(area).toEqual({ type: "Polygon", coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] });
        expect(drawn_from(area)).toEqual({ shape: "area", vertices: [[0, 0], [1, 0], [1, 1]] });
        expect(geometry_from("area", [[0, 0], [1, 0]])).toBeNull();
        expect(drawn_from({ type: "MultiPoint", coordinates: [[0, 0]] })).toBeNull();
    });
});
