// Devices, coverage, positions and tracks; long lists that draw only what is in sight; the desk's list under a flood.
import { createPinia, setActivePinia } from "pinia";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { nextTick } from "vue";
import type { QualityRow, TrackPoint } from "../src/data/sensing";
import type { Alarm, Stored } from "../src/data/types";
import { mover_limit_ms, movers_of } from "../src/map/sources/scene";
import { bearing, fences_of, moment_on, stamps_of, track_length_m, track_of, track_pieces } from "../src/map/sources/track";
import { sorted_rows } from "../src/panels/monitoring/coverage/rows";
import { desk_items, passes } from "../src/panels/monitoring/desk_items";
import { delay_text, faults_of, share_text } from "../src/panels/monitoring/devices/quality";
import { course_text, metres_per_second, speed_text } from "../src/panels/monitoring/positions/motion";
import { freshness_of, mover_rows } from "../src/panels/monitoring/positions/movers";
import { use_duty } from "../src/stores/duty";
import { duty_rows } from "../src/stores/duty_list";
import { use_records } from "../src/stores/records";
import { row_at, tops_of } from "../src/ui/virtual";

describe("health", () => {
    it("is told without rounding what is not whole to whole", () => expect([1, 0.9999, 0.954, 0.002, 0, null, NaN].map(share_text)).toEqual(["100%", "99.9%", "95%", "0.2%", "0%", "–", "–"]));
    it("tells faults worst first, and delays as spans", () => {
        expect(faults_of({ stuck: 2, jumps: 0, out_of_range: 1 })).toEqual([{ what: "out_of_range", n: 1 }, { what: "stuck", n: 2 }]);
        expect([delay_text(0.42), delay_text(null)]).toEqual(["420\u2009ms", "–"]);
    });
});

describe("coverage", () => {
    const row = (name: string, more: Partial<QualityRow> = {}): QualityRow => ({ key: name, name, devices: 1, online: 1, received: 0, stuck: 0, jumps: 0, out_of_range: 0, ...more });
    it("shows the worst first, nobody watching before all, and what is unknown last", () => {
        const rows = [row("good", { completeness: 1 }), row("unknown"), row("bad", { completeness: 0.2, online: 0 }), row("bare", { devices: 0, online: 0 })];
        expect(sorted_rows(rows, "completeness").map((one) => one.name)).toEqual(["bad", "good", "bare", "unknown"]);
        expect(sorted_rows(rows, "online")[0]!.name).toBe("bare");
    });
});

describe("positions", () => {
    const device = (fields: Record<string, unknown>): Stored => ({ id: "d", kind: "device", zone: "", space: "live", revision: 1, state: "", sequence: 1, created_at: "", updated_at: "", fields });
    const mover = (id: string, at: number) => ({ device: id, name: id, longitude: 117.8, latitude: 39, at });
    it("fade after their limit and go after twice of it; who reports seldom is given longer", () => {
        expect([1, 120_000, 120_001, 240_001].map((age) => freshness_of(age, mover_limit_ms(30)))).toEqual(["fresh", "fresh", "stale", "gone"]);
        expect(mover_limit_ms(180)).toBe(540_000);
        const drawn = movers_of([mover("often", 0), mover("seldom", 0)], 300_000, () => false, (id) => mover_limit_ms(id === "seldom" ? 180 : 30));
        expect(drawn.features.map((one) => one.properties?.["image"])).toEqual(["mover:other"]);
    });
    it("are listed by name as people count, found by name or address, the gone last", () => {
        const records: Record<string, Stored> = { a: device({ name: "车 10", type: "vehicle", address: "B1" }), b: device({ name: "车 2", type: "vehicle" }), c: device({ name: "船 1", type: "ship" }) };
        const list = (text = "", type = "") => mover_rows([mover("a", 1e6), mover("b", 1e6), mover("c", 0)], (id) => records[id], (record) => String(record?.fields["name"]), 1e6, text, type).map((one) => one.title);
        expect(list()).toEqual(["车 2", "车 10", "船 1"]);
        expect([list("b1"), list("", "ship"), list("nothing")]).toEqual([["车 10"], ["船 1"], []]);
    });
});

describe("motion", () => {
    it("is told in knots at sea and km/h on land, from whatever unit it came in", () => {
        expect([speed_text(10, "vehicle"), speed_text(1852 / 3600, "ship"), speed_text(null, "ship")]).toEqual(["36\u2009km/h", "1\u2009kn", ""]);
        expect([metres_per_second(36, "km/h"), metres_per_second(5, "m/s"), metres_per_second(5, "ppm"), metres_per_second(undefined, "m/s")]).toEqual([10, 5, null, null]);
        expect(metres_per_second(3600, "kn")).toBeCloseTo(1852, 9);
        expect([course_text(359.7), course_text(7), course_text(null)]).toEqual(["000°", "007°", ""]);
    });
});

describe("a track", () => {
    const k_minute = 60_000;
    const points: TrackPoint[] = [[117.8, 39, 0, 10, 90], [117.81, 39, 10 * k_minute, 20, null], [117.9, 39.1, 60 * k_minute, 5, 0], [117.9, 39.11, 65 * k_minute, null, null]];
    it("is not drawn through a hole as if it were known", () => {
        expect(track_pieces(points).map((one) => one.length)).toEqual([2, 2]);
        expect(track_of(points).features.map((one) => one.properties?.["role"])).toEqual(["line", "line", "gap", "start"]);
        expect(track_of([]).features).toEqual([]);
    });
    it("gives the place at any moment, none in a hole or beyond its ends", () => {
        expect(moment_on(points, 5 * k_minute)).toEqual({ at: [117.805, 39], time: 5 * k_minute, speed: 10, course: 90 });
        expect([moment_on(points, 30 * k_minute), moment_on(points, -1), moment_on(points, 66 * k_minute), moment_on([], 0)]).toEqual([null, null, null, null]);
        expect(moment_on(points, 62 * k_minute)?.course).toBe(0);
        expect(moment_on(points, 65 * k_minute)).toMatchObject({ at: [117.9, 39.11], speed: null });
    });
    it("has a heading from where it went, a length without its holes, and times along it", () => {
        expect([bearing([117, 39], [117, 40]), Math.round(bearing([117, 39], [118, 39])), bearing([117, 40], [117, 39])]).toEqual([0, 90, 180]);
        expect(track_length_m(points)).toBeCloseTo(864 + 1112, -1);
        expect(stamps_of(points, [{ at: 5 * k_minute, text: "a" }, { at: 30 * k_minute, text: "hole" }]).features.map((one) => one.properties?.["text"])).toEqual(["a"]);
    });
    it("has fences drawn with their names", () => {
        const area = { type: "Polygon" as const, coordinates: [[[0, 0], [2, 0], [2, 2], [0, 0]]] };
        expect(fences_of([{ id: "f", area, text: "yard", off: false }]).features.map((one) => one.properties?.["role"])).toEqual(["area", "name"]);
    });
});

describe("a long list", () => {
    it("knows which row stands at a height", () => {
        const tops = tops_of([10, 20, 30], (one) => one);
        expect([...tops]).toEqual([0, 10, 30, 60]);
        expect([-5, 0, 9, 10, 29, 30, 59, 900].map((px) => row_at(tops, px))).toEqual([0, 0, 0, 1, 1, 2, 2, 2]);
        expect(row_at(tops_of([], () => 1), 5)).toBe(0);
    });
});

const alarm = (id: string, level: number, more: Record<string, unknown> = {}, state = "active") => ({ id, kind: "alarm", zone: "z", space: "live", revision: 1, state, sequence: 1, created_at: "", updated_at: "", fields: { title: id, level, raised_at: "2026-01-01T00:00:00Z", ...more } }) as unknown as Alarm;

describe("the desk", () => {
    it("puts members under their unfolded head and a line before what is in hand", () => {
        const all = [alarm("head", 2), alarm("one", 3, { group: "head" }), alarm("taken", 1, {}, "active_acknowledged")];
        const rows = duty_rows(all, []);
        const by_key = new Map(rows.map((row) => [row.key, row]));
        const order = rows.map((row) => row.key);
        const items = (unfolded: string[], level = 0) => desk_items(order, by_key, "now", level, new Set(unfolded), (row) => all.filter((one) => one.id === row.id || one.fields.group === row.id)).map((one) => one.key);
        expect(items([])).toEqual(["alarm/head", "divider", "alarm/taken"]);
        expect(items(["alarm/head"])).toEqual(["alarm/head", "alarm/head/one", "divider", "alarm/taken"]);
        expect(items([], 1)).toEqual(["divider", "alarm/taken"]);
    });
    it("keeps what is shelved apart, silent and without a clock, until it comes back", () => {
        const [row] = duty_rows([alarm("a", 1, { shelved_until: "2026-01-02T00:00:00Z", answer_by: "2026-01-01T00:01:00Z" })], []);
        expect([row!.shelved, row!.mine, row!.due]).toEqual([true, false, undefined]);
        expect([passes(row!, "now", 0), passes(row!, "shelved", 0), passes(row!, "alarms", 0)]).toEqual([false, true, true]);
        expect(duty_rows([alarm("b", 1, { shelved_until: null })], [])[0]!.shelved).toBe(false);
    });
    it("sorts ten thousand alarms of a thousand groups without looking at each pair", () => {
        const all = Array.from({ length: 10_000 }, (_, n) => alarm(`a${n}`, 1 + (n % 4), n % 10 ? { group: `a${n - (n % 10)}` } : {}));
        const rows = duty_rows(all, []);
        expect(rows.length).toBe(1000);
        expect(rows.every((row) => row.members === 10)).toBe(true);
        expect(rows.map((row) => row.level)).toEqual([...rows.map((row) => row.level)].sort());
    });
});

describe("a flood of alarms", () => {
    beforeEach(() => { setActivePinia(createPinia()); vi.useFakeTimers(); });
    it("shows the first at once and the rest together a moment later", async () => {
        const records = use_records();
        const duty = use_duty();
        const made: number[] = [];
        records.put(alarm("first", 3));
        await nextTick();
        made.push(duty.rows.length);
        for (let n = 0; n < 500; n++) { records.put(alarm(`a${n}`, 2)); if (n % 100 === 0) await nextTick(); }
        made.push(duty.rows.length);
        vi.advanceTimersByTime(150);
        made.push(duty.rows.length);
        expect(made).toEqual([1, 1, 501]);
        expect([duty.waiting, duty.worst]).toEqual([501, 2]);
        vi.useRealTimers();
    });
    it("does not sound for what is shelved, answered, or behind a head", async () => {
        const records = use_records();
        const duty = use_duty();
        for (const one of [alarm("shelved", 1, { shelved_until: "2026-01-02T00:00:00Z" }), alarm("answered", 1, {}, "active_acknowledged"), alarm("member", 1, { group: "head" }), alarm("head", 3)]) records.put(one);
        await nextTick();
        vi.advanceTimersByTime(150);
        expect(duty.worst).toBe(3);
        vi.useRealTimers();
    });
});
