// Charts: round axes, buckets and fresh readings, holes, periods in the address, the file that is saved.
import { describe, expect, it } from "vitest";
import { csv_line, csv_of } from "../src/panels/monitoring/stream/csv";
import { bounds_of_period, clamped, k_span_ms_min, moved, period_of, query_of, wider } from "../src/panels/monitoring/stream/period";
import { time_ticks, value_range, value_ticks } from "../src/ui/chart/axes";
import { nearest, pieces_of, points_of, with_fresh, type Point } from "../src/ui/chart/points";

const point = (at: number, value: number, more: Partial<Point> = {}): Point => ({ at, min: value, max: value, mean: value, last: value, count: 1, ...more });
const k_hour = 3_600_000;

describe("axes", () => {
    it("hold every peak and what is never negative stays at zero", () => {
        const range = value_range([{ min: 1, max: 3 }, { min: 0.5, max: 97 }]);
        expect(range.low).toBe(0);
        expect(range.high).toBeGreaterThan(97);
        expect(value_range([{ min: -5, max: 2 }]).low).toBeLessThan(-5);
    });
    it("give a flat series room, and leave out a limit that would flatten the curve", () => {
        const flat = value_range([{ min: 1013, max: 1013 }]);
        expect(flat.high - flat.low).toBeGreaterThan(10);
        expect(value_range([{ min: 0, max: 2 }], [84]).high).toBeLessThan(5);
        expect(value_range([{ min: 0, max: 30 }], [42]).high).toBeGreaterThan(42);
    });
    it("have an empty chart's range from its limits, and never a range of nothing", () => {
        expect(value_range([], [10, 20])).toMatchObject({ low: expect.any(Number), high: expect.any(Number) });
        expect(value_range([]).high).toBeGreaterThan(value_range([]).low);
    });
    it("stand on round values inside the range", () => {
        expect(value_ticks({ low: 0, high: 97 })).toEqual([0, 25, 50, 75]);
        expect(value_ticks({ low: -0.3, high: 0.3 }, 3)).toEqual([-0.2, 0, 0.2]);
        for (const tick of value_ticks({ low: 1012.3, high: 1013.9 })) expect(tick >= 1012.3 && tick <= 1013.9).toBe(true);
    });
    it("stand on round Beijing times, midnight with its date", () => {
        const from = Date.parse("2026-11-19T14:00:00Z"); // 22:00 in Beijing
        const ticks = time_ticks(from, from + 4 * k_hour, 8);
        expect(ticks.map((one) => one.text)).toEqual(["22:00", "22:30", "23:00", "23:30", "11-20", "00:30", "01:00", "01:30", "02:00"].filter((_, n) => ticks.length === 9 || n % 2 === 0));
        expect(ticks.find((one) => one.day)?.at).toBe(Date.parse("2026-11-19T16:00:00Z"));
        expect(time_ticks(from, from + 365 * 24 * k_hour, 8).length).toBeLessThanOrEqual(9);
    });
});

describe("points", () => {
    it("come from buckets that hold something, in order", () => {
        const bucket = (from: string, count: number) => ({ from, min: 1, max: 9, mean: 4, count });
        expect(points_of([bucket("2026-01-01T00:01:00Z", 2), bucket("2026-01-01T00:00:00Z", 1), bucket("2026-01-01T00:02:00Z", 0)]).map((one) => [one.at % 180_000, one.last])).toEqual([[0, 4], [60_000, 4]]);
    });
    it("grow by what is heard: into the last bucket or behind it, never twice, never backwards", () => {
        const points = [point(0, 5, { count: 2, min: 4, max: 6 })];
        const grown = with_fresh(points, [{ at: 70, value: 1 }, { at: 30, value: 9 }, { at: 10, value: 99 }], 60, 20);
        expect(grown).toEqual([{ at: 0, min: 4, max: 9, mean: 19 / 3, last: 9, count: 3 }, point(70, 1)]);
        expect(points[0]!.count).toBe(2);
    });
    it("break where nothing was heard", () => {
        expect(pieces_of([point(0, 1), point(10, 1), point(50, 1)], 20).map((piece) => piece.length)).toEqual([2, 1]);
        expect(pieces_of([], 20)).toEqual([]);
    });
    it("are found by the moment that is nearest", () => {
        const all = [point(0, 1), point(10, 2), point(50, 3)];
        expect([-5, 4, 6, 29, 31, 900].map((at) => nearest(all, at)?.last)).toEqual([1, 1, 2, 2, 3, 3]);
        expect(nearest([], 5)).toBeUndefined();
    });
});

describe("periods", () => {
    const now = Date.parse("2026-11-19T06:00:00Z");
    it("stand in the address and come back out of it", () => {
        for (const period of [{ last: "7d" as const }, { from: now - k_hour, until: now }]) expect(period_of(query_of(period), "1h")).toEqual(period);
    });
    it("that make no sense give the usual one", () => {
        for (const query of [{}, { last: "9x" }, { from: "2026-11-19T07:00:00Z", until: "2026-11-19T06:00:00Z" }, { from: "rubbish", until: "x" }]) expect(period_of(query, "24h")).toEqual({ last: "24h" });
    });
    it("never get closer than there is anything to see", () => {
        const near = clamped(now, now + 3);
        expect(near.until - near.from).toBe(k_span_ms_min);
    });
    it("widen to twice the span, ending no later than now, and find their usual name again", () => {
        const { from, until } = bounds_of_period(wider({ from: now - 2 * k_hour, until: now - k_hour }, now), now);
        expect([until - from, until <= now]).toEqual([2 * k_hour, true]);
        expect(wider({ from: now - 3 * k_hour, until: now }, now)).toEqual({ last: "6h" });
    });
    it("move by their own length, not into the future", () => {
        expect(moved({ last: "1h" }, -1, now)).toEqual({ from: now - 2 * k_hour, until: now - k_hour });
        expect(moved({ from: now - 2 * k_hour, until: now - k_hour / 2 }, 1, now)).toMatchObject({ until: now });
    });
});

describe("the file", () => {
    it("carries no formula, quotes what needs it, and keeps every digit", () => {
        expect(csv_line(["=1+1", "a,b", 'say "x"', -1.25, "-3e5", "+x"])).toBe(`'=1+1,"a,b","say ""x""",-1.25,-3e5,'+x\r\n`);
        const text = csv_of([point(Date.parse("2026-01-01T00:00:00Z"), 0.1 + 0.2)], { at: "At", min: "Min", mean: "Mean", max: "Max", last: "Last", count: "Count" }, "ppm");
        expect(text).toBe("\ufeffAt,Min (ppm),Mean (ppm),Max (ppm),Last (ppm),Count\r\n2026-01-01T00:00:00.000Z,0.30000000000000004,0.30000000000000004,0.30000000000000004,0.30000000000000004,1\r\n");
    });
});
