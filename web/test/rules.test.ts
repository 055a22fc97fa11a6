// Rules as forms: what the shipped rules say survives the form word for word; faults are those of the server; limits hold
// where src/apps/monitoring/rule.h says; a trial's alarms stand in lanes.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { WouldBeAlarm } from "../src/data/sensing";
import type { Fields, Stored } from "../src/data/types";
import { by_level, lanes_of } from "../src/panels/monitoring/rules/lanes";
import { blank_exception, blank_level, blank_rule, blank_slot, faults_of, fields_of, form_of, k_rule_types, type RuleForm } from "../src/panels/monitoring/rules/rule_form";
import { applies, bit_names, limits_for, state_words } from "../src/panels/monitoring/stream/limits";

const shipped = readFileSync(join(__dirname, "../../data/dongjiang/records/rule.ndjson"), "utf8").trim().split("\n").map((line) => JSON.parse(line) as Stored);
const set = (fields: Fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
const full: Fields = {
    name: "三路组合", type: "combined", enabled: true, hazard: "fire", group_minutes: 10,
    levels: [{ level: 1, k: 2, within_s: 120, area_m: 300, of: [{ property: "nh3_ppm", op: ">=", value: 42, clear: 38 }, { property: "fire_state", bit: 1 }], note: "kept" }, { level: 2, all: true, within_s: 60, of: [{ property: "gas_lel", op: "<", value: 1 }] }],
    schedule: [{ days: [1, 2, 3], from: "08:00", to: "18:00" }, { from: "22:00", to: "06:00" }], exceptions: [{ device: "d1", off: true }], tags: ["x"],
};

describe("a rule in the form", () => {
    it.each(shipped.map((one) => [String(one.fields["name"]), one.fields] as const))("comes out as it went in: %s", (_, fields) => expect(set(fields_of(form_of(fields)))).toEqual(fields));
    it("keeps combinations, timetables, exceptions, and members that it does not know", () => expect(set(fields_of(form_of(full)))).toEqual(full));
    it("keeps other levels of an exception", () => {
        const fields = { ...shipped[0]!.fields, exceptions: [{ datastream: "s1", levels: [{ level: 2, op: ">=", value: 60, clear: 55, for_s: 30 }] }] };
        expect(set(fields_of(form_of(fields)))["exceptions"]).toEqual(fields.exceptions);
    });
    it("says null for what was emptied, so that a change takes it away", () => {
        const form = form_of(full);
        form.hazard = "";
        form.schedule = [];
        expect(fields_of(form)).toMatchObject({ hazard: null, schedule: null });
    });
    it("is off when new, and asks for what its type needs", () => {
        for (const type of k_rule_types) {
            const form = blank_rule(type);
            expect(form.enabled).toBe(false);
            expect(faults_of(form)["name"]).toBe("required");
        }
        expect(faults_of(blank_rule("threshold"))["levels.0.value"]).toBe("no_value");
        expect(blank_level("threshold", [{ ...blank_level("threshold", []), level: 2 }]).level).toBe(3);
    });
    it("of the zone has no faults, but for the one that is not configured", () => {
        for (const one of shipped) expect(faults_of(form_of(one.fields)), String(one.fields["name"])).toEqual((one.fields["levels"] as unknown[]).length ? {} : { levels: "no_levels" });
    });
});

describe("faults", () => {
    const right = (): RuleForm => ({ ...form_of({ name: "n", type: "threshold", property: "nh3_ppm", levels: [{ level: 1, op: ">=", value: 84, clear: 76 }] }) });
    const after = (change: (form: RuleForm) => void): Record<string, string> => { const form = right(); change(form); return faults_of(form); };
    it("are none in a right rule", () => expect(faults_of(right())).toEqual({}));
    it("see a clearing value beyond its limit, upward and downward", () => {
        expect(after((form) => { form.levels[0]!.clear = 90; })).toEqual({ "levels.0.clear": "clear_beyond" });
        expect(after((form) => { form.levels[0]!.op = "<"; })).toEqual({ "levels.0.clear": "clear_beyond" });
        expect(after((form) => { form.levels[0]!.op = "<="; form.levels[0]!.clear = 90; })).toEqual({});
    });
    it("see bits, numbers of datastreams, times and areas out of bounds", () => {
        const form = form_of(full);
        form.levels[0]!.k = 0;
        form.levels[0]!.within_s = 90_000;
        form.levels[0]!.area_m = 200_000;
        form.levels[0]!.of[1]!.bit = 32;
        expect(faults_of(form)).toEqual({ "levels.0.k": "k", "levels.0.within_s": "within_day", "levels.0.area_m": "area", "levels.0.of.1.bit": "bit" });
    });
    it("see a timetable without days or with an hour that is none, and 24:00 only as an end", () => {
        expect(after((form) => { form.schedule = [{ ...blank_slot(), days: [] }, { ...blank_slot(), from: "24:00", to: "24:00" }, { ...blank_slot(), from: "8:00" }]; })).toEqual({ "schedule.0.days": "no_days", "schedule.1.from": "time", "schedule.2.from": "time" });
    });
    it("see a fence that is missing, a speed that is none, and one that clears above itself", () => {
        const fence = (more: Fields, form: Fields = { geofence: "g" }) => faults_of(form_of({ name: "n", type: "geofence", levels: [{ level: 2, event: "speed", ...more }], ...form }));
        expect([fence({ speed: 13.9, clear: 12.5 }), fence({}), fence({ speed: 10, clear: 11 }), fence({ event: "dwell" }), fence({ event: "enter" }, {})]).toEqual([{}, { "levels.0.speed": "above_zero" }, { "levels.0.clear": "clear_beyond" }, { "levels.0.for_s": "above_zero" }, { geofence: "no_fence" }]);
    });
    it("see an exception for nobody, and faults in its own levels", () => {
        expect(after((form) => { form.exceptions = [blank_exception(), { ...blank_exception(), id: "d", off: false, levels: [blank_level("threshold", [])] }]; })).toEqual({ "exceptions.0.id": "who", "exceptions.1.levels.0.value": "no_value" });
    });
});

describe("limits of a datastream", () => {
    const rule = (id: string, fields: Fields): Stored => ({ id, kind: "rule", zone: "", space: "live", revision: 1, state: "", sequence: 1, created_at: "", updated_at: "", fields: { type: "threshold", enabled: true, levels: [{ level: 2, op: ">=", value: 42 }, { level: 1, op: ">=", value: 84 }], ...fields } });
    const facts = { datastream: "s", device: "d", property: "nh3_ppm", device_type: "gas_detector" };
    it("are those of rules about it that are on, worst first", () => {
        const all = [rule("a", { property: "nh3_ppm" }), rule("off", { property: "nh3_ppm", enabled: false }), rule("other", { property: "gas_lel" }), rule("kind", { property: "nh3_ppm", device_type: "ship" }), rule("rate", { type: "rate", property: "nh3_ppm" })];
        expect(limits_for(all, facts).map((one) => [one.rule, one.level, one.value])).toEqual([["a", 1, 84], ["a", 2, 42]]);
    });
    it("follow exceptions, the datastream's before the device's", () => {
        const levels = [{ level: 3, op: ">", value: 7 }];
        expect(limits_for([rule("a", { exceptions: [{ device: "d", off: true }, { datastream: "s", levels }] })], facts).map((one) => one.value)).toEqual([7]);
        expect(limits_for([rule("a", { exceptions: [{ device: "d", off: true }] })], facts)).toEqual([]);
    });
    it("know that a combined rule looks at what its items name", () => {
        expect(applies(rule("c", full), facts)).toBe(true);
        expect(applies(rule("c", full), { ...facts, property: "tide_level" })).toBe(false);
    });
    it("give the bits of a state their names", () => {
        const names = bit_names([rule("b", { type: "state_bits", property: "nh3_ppm", levels: [{ level: 1, bit: 1, name: "fire" }, { level: 3, bit: 2, name: "fault" }] })], facts, (one) => String((one as { name?: string }).name));
        expect([state_words(0, names, ", ", "normal"), state_words(1, names, ", ", "normal"), state_words(6, names, ", ", "normal"), state_words(2 ** 31, names, ", ", "normal"), state_words(-1, names, ", ", "normal")]).toEqual(["normal", "normal", "fire, fault", "#31", "-1"]);
    });
});

describe("a trial", () => {
    const alarm = (datastream: string, level: 1 | 2 | 3 | 4, raised_at: string): WouldBeAlarm => ({ datastream, device: "d", name: datastream, level, raised_at, cleared_at: null, worst: 1 });
    it("stands in lanes, the worst and busiest first, each in order of time", () => {
        const lanes = lanes_of([alarm("quiet", 3, "2026-01-02"), alarm("busy", 3, "2026-01-03"), alarm("busy", 3, "2026-01-01"), alarm("bad", 1, "2026-01-05")]);
        expect(lanes.map((one) => [one.datastream, one.alarms.map((each) => each.raised_at)])).toEqual([["bad", ["2026-01-05"]], ["busy", ["2026-01-01", "2026-01-03"]], ["quiet", ["2026-01-02"]]]);
    });
    it("is counted by level", () => expect(by_level([alarm("a", 1, ""), alarm("b", 3, ""), alarm("c", 3, "")])).toEqual([[1, 1], [3, 2]]));
});
