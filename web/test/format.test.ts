import { beforeEach, describe, expect, it } from "vitest";
import { createPinia, setActivePinia } from "pinia";
import { mount } from "./mount";
import { i18n } from "../src/messages";
import { use_clock } from "../src/stores/clock";
import Countdown from "../src/ui/Countdown.vue";
import { ago, clockwork, distance, hour_of, mass, moment_of, reading, span, time_of, wind_name, worded } from "../src/ui/format";

beforeEach(() => { setActivePinia(createPinia()); i18n.global.locale.value = "zh"; });

describe("format", () => {
    it("writes clocks as m:ss and, from an hour on, h:mm:ss", () => {
        expect([0, 19_000, 59_999, 60_000, 3_599_000, 3_600_000, 36_061_000].map(clockwork)).toEqual(["0:00", "0:19", "0:59", "1:00", "59:59", "1:00:00", "10:01:01"]);
    });
    it("writes distances in metres under a kilometre", () => {
        expect([430, 999.4, 1000, 2690].map(distance)).toEqual(["430\u2009m", "999\u2009m", "1.00\u2009km", "2.69\u2009km"]);
        expect(distance(undefined)).toBe("–");
    });
    it("keeps three figures of a reading and says nothing where nothing is known", () => {
        expect([412.4, 87.26, 4.035, 0].map(reading)).toEqual(["412", "87.3", "4.04", "0"]);
        expect(reading(Number.NaN)).toBe("–");
        expect(mass(9600)).toBe("9.6\u2009t");
    });
    it("writes spans by their size", () => expect([12, 999, 1500, 42_000, 200_000].map(span)).toEqual(["12\u2009ms", "999\u2009ms", "1.50\u2009s", "42.0\u2009s", "3:20"]));
    it("lives by Beijing time wherever it runs", () => {
        expect(time_of("2026-11-19T06:29:37Z")).toBe("14:29:37");
        expect(hour_of(Date.parse("2026-11-19T17:00:00Z"))).toBe(1);
    });
    it("adds the date after a day", () => {
        const at = Date.parse("2026-11-19T06:29:37Z");
        expect(moment_of(at, at + 3_600_000)).toBe("14:29:37");
        expect(moment_of(at, at + 90_000_000)).toBe("2026-11-19 14:29");
    });
    it("says how long ago in both languages", () => {
        expect(ago(0, 161_000)).toBe("2 分 41 秒前");
        i18n.global.locale.value = "en";
        expect(ago(0, 161_000)).toBe("2 min 41 s ago");
    });
    it("names the wind it comes from", () => expect([0, 312, 359, 180, -45].map(wind_name)).toEqual(["北", "西北", "北", "南", "西北"]));
    it("prefers the English twin only for English readers", () => {
        const fields = { name: "听涛公寓", name_en: "Tingtao Dwellings", room: "机房" };
        expect(worded(fields, "name")).toBe("听涛公寓");
        i18n.global.locale.value = "en";
        expect(worded(fields, "name")).toBe("Tingtao Dwellings");
        expect(worded(fields, "room")).toBe("机房");
    });
});

describe("countdown", () => {
    it("counts by the server's clock and turns over when it is late", () => {
        const clock = use_clock();
        const server = Date.now() + 60_000;
        clock.learn(new Date(server).toISOString());
        const left = mount(Countdown, { to: new Date(server + 19_500).toISOString() });
        expect(left.textContent).toMatch(/^剩 0:(18|19)$/);
        const late = mount(Countdown, { to: new Date(server - 160_500).toISOString() });
        expect(late.textContent).toMatch(/^超 2:40$/);
        expect(late.querySelector(".overdue")).not.toBeNull();
    });
    it("is nothing without a clock", () => expect(mount(Countdown, { to: undefined }).textContent).toBe(""));
});
