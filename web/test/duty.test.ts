// The order of the duty list, the timeline's choice, marks and movers on the map.
import { describe, expect, it } from "vitest";
import type { Alarm, Entry, Incident, Stored } from "../src/data/types";
import { bounds_of, incidents_of, k_mover_limit_ms, marks_of, movers_of, place_of } from "../src/map/sources/scene";
import { belongs, timeline_of } from "../src/panels/command/timeline";
import { duty_rows, row_of } from "../src/stores/duty_list";

const stored = (kind: string, id: string, state: string, fields: Record<string, unknown>): Stored => ({ id, kind, zone: "z", space: "live", revision: 1, state, sequence: 1, created_at: "", updated_at: "", geometry: { type: "Point", coordinates: [117.8, 39] }, fields });
const alarm = (id: string, level: number, more: Record<string, unknown> = {}, state = "active") => stored("alarm", id, state, { level, raised_at: "2026-01-01T00:00:00Z", ...more }) as Alarm;
const incident = (id: string, level: number, state = "draft") => stored("incident", id, state, { level, started_at: "2026-01-01T00:00:05Z" }) as Incident;

describe("duty list", () => {
    it("sorts by level, then incidents, then by the clock that runs out first", () => {
        const rows = duty_rows([
            alarm("blue", 4), alarm("late", 2, { answer_by: "2026-01-01T00:09:00Z" }), alarm("soon", 2, { answer_by: "2026-01-01T00:01:00Z" }), alarm("red", 1),
        ], [incident("fire", 1)]);
        expect(rows.map((row) => row.id)).toEqual(["fire", "red", "soon", "late", "blue"]);
    });
    it("lets a head stand for its group and an incident for its alarms", () => {
        const rows = duty_rows([alarm("head", 2), alarm("follower", 2, { group: "head" }), alarm("inside", 1, { incident: "leak" })], [incident("leak", 1)]);
        expect(rows.map((row) => [row.id, row.members])).toEqual([["leak", 1], ["head", 2]]);
        expect(row_of(rows, "alarm", "inside", alarm("inside", 1, { incident: "leak" }))?.id).toBe("leak");
        expect(row_of(rows, "alarm", "follower", alarm("follower", 2, { group: "head" }))?.id).toBe("head");
    });
    it("shows a follower whose head is gone, and an alarm whose incident is closed", () => {
        const rows = duty_rows([alarm("follower", 2, { group: "head" }), alarm("head", 2, {}, "closed"), alarm("left", 1, { incident: "leak" })], [incident("leak", 1, "closed")]);
        expect(rows.map((row) => row.id)).toEqual(["left", "follower"]);
    });
    it("counts what is answered as in hand, and leaves out what is over", () => {
        const rows = duty_rows([alarm("mine", 3), alarm("answered", 3, {}, "active_acknowledged"), alarm("back", 3, {}, "cleared"), alarm("false", 1, {}, "false_alarm")], [incident("run", 2, "running")]);
        expect(rows.filter((row) => row.mine).map((row) => row.id).sort()).toEqual(["back", "mine"]);
        expect(rows.filter((row) => !row.mine).map((row) => row.id).sort()).toEqual(["answered", "run"]);
    });
});

describe("timeline", () => {
    const entry = (sequence: number, action: Entry["action"], record: Stored, move?: string) => ({ sequence, at: "", action, move, record }) as Entry;
    it("holds what belongs to the incident, once, newest first", () => {
        const task = stored("task", "t", "done", { incident: "leak" });
        const entries = [entry(1, "create", incident("leak", 1)), entry(2, "move", task, "done"), entry(2, "move", task, "done"), entry(3, "create", stored("task", "x", "", { incident: "other" }))];
        expect(timeline_of(entries, "leak").map((line) => line.sequence)).toEqual([2, 1]);
        expect(belongs(entries[3]!, "leak")).toBe(false);
    });
});

describe("map features", () => {
    it("draws the red alarm of an open incident once, as the incident", () => {
        const marks = marks_of([alarm("inside", 1, { incident: "leak" }), alarm("free", 2)], [incident("leak", 1)]);
        expect(marks.features.map((one) => one.properties?.["id"])).toEqual(["free"]);
        expect(incidents_of([incident("leak", 1)], () => "title").features[0]?.properties?.["image"]).toBe("mark:1:ring");
        expect(marks.features[0]?.properties?.["image"]).toBe("mark:2:ring");
    });
    it("lets old positions fade and then go", () => {
        const now = 1_000_000_000;
        const at = (age: number) => ({ device: `d${age}`, name: "", longitude: 1, latitude: 2, at: now - age });
        const looks = movers_of([at(0), at(k_mover_limit_ms + 1), at(2 * k_mover_limit_ms + 1)], now, () => false).features.map((one) => one.properties?.["image"]);
        expect(looks).toEqual(["mover:other", "mover:stale"]);
    });
    it("finds the box and the middle of an area", () => {
        const area = { type: "Polygon" as const, coordinates: [[[0, 0], [4, 0], [4, 2], [0, 2], [0, 0]]] };
        expect(bounds_of(area, null)).toEqual([0, 0, 4, 2]);
        expect(place_of(area)).toEqual([2, 1]);
        expect(place_of(null)).toBeNull();
    });
});
