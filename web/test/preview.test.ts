// Trying a wind: never more than ten questions a second, never two in the air, and the last one is answered.
import { effectScope } from "vue";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Preview } from "../src/data/types";
import { use_preview, type Trial } from "../src/panels/command/preview";

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

function bench(takes_ms: number) {
    const asked: { trial: Trial; at: number }[] = [];
    let air = 0, air_max = 0;
    const scope = effectScope();
    const tried = scope.run(() => use_preview(async (trial) => {
        asked.push({ trial, at: performance.now() });
        air_max = Math.max(air_max, ++air);
        await new Promise((resolve) => setTimeout(resolve, takes_ms));
        air--;
        return { wind: trial } as unknown as Preview;
    }, () => undefined))!;
    return { asked, tried, scope, air_max: () => air_max };
}
it.each([5, 250])("asks at most ten times a second while dragging (answers in %i ms), and for the last wind", async (takes_ms) => {
    const { asked, tried, air_max } = bench(takes_ms);
    for (let n = 0; n < 100; n++) {
        tried.attempt({ from_deg: n, speed_m_s: 4 });
        await vi.advanceTimersByTimeAsync(10);
    }
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked.length).toBeGreaterThan(2);
    expect(asked.length).toBeLessThanOrEqual(12);
    for (let n = 1; n < asked.length; n++) expect(asked[n]!.at - asked[n - 1]!.at).toBeGreaterThanOrEqual(99);
    expect(air_max()).toBe(1);
    expect((tried.answer.value as unknown as { wind: Trial }).wind.from_deg).toBe(99);
});
it("forgets an answer that comes after the trial was let go", async () => {
    const { tried } = bench(200);
    tried.attempt({ from_deg: 10, speed_m_s: 4 });
    await vi.advanceTimersByTimeAsync(50);
    tried.drop();
    await vi.advanceTimersByTimeAsync(1000);
    expect(tried.answer.value).toBeNull();
    expect(tried.trial.value).toBeNull();
});
