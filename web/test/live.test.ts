// The live feed: order, repeats, reconnecting with `since`, and how entries merge with answers.
import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Entry, Stored } from "../src/data/types";
import { use_live } from "../src/stores/live";
import { use_observations } from "../src/stores/observations";
import { use_records } from "../src/stores/records";

class FakeSocket {
    static all: FakeSocket[] = [];
    onopen?: () => void;
    onmessage?: (event: { data: string }) => void;
    onclose?: () => void;
    sent: string[] = [];
    constructor(readonly url: string) { FakeSocket.all.push(this); }
    send(text: string) { this.sent.push(text); }
    close() { this.onclose?.(); }
    say(parcel: unknown) { this.onmessage?.({ data: JSON.stringify(parcel) }); }
}
const record = (revision: number, more: Partial<Stored> = {}): Stored => ({
    id: "a1", kind: "alarm", zone: "z", space: "live", revision, state: "active", sequence: revision, created_at: "", updated_at: "", fields: { value: revision }, ...more,
});
const entry = (sequence: number, of: Stored, action: Entry["action"] = "update") => ({ type: "entry", sequence, at: "2026-01-01T00:00:00Z", action, record: of });
const last = () => FakeSocket.all.at(-1)!;

beforeEach(() => {
    setActivePinia(createPinia());
    FakeSocket.all = [];
    vi.stubGlobal("WebSocket", FakeSocket);
    vi.useFakeTimers();
});
afterEach(() => { use_live().stop(); vi.useRealTimers(); vi.unstubAllGlobals(); });

describe("live feed", () => {
    it("asks for what follows the caches and says so again after a cut", () => {
        const live = use_live();
        live.start("live", 40);
        expect(last().url).toContain("since=40");
        last().onopen?.();
        expect(live.connection).toBe("live");
        last().say(entry(41, record(1), "create"));
        last().say(entry(45, record(2)));
        last().close();
        expect(live.connection).toBe("offline");
        vi.advanceTimersByTime(2000);
        expect(FakeSocket.all).toHaveLength(2);
        expect(last().url).toContain("since=45");
        last().onopen?.();
        expect(live.connection).toBe("live");
    });
    it("applies each entry once, though a reconnect repeats it", () => {
        const live = use_live();
        const heard: number[] = [];
        live.listen((one) => heard.push(one.sequence));
        live.start("live", 0);
        for (const n of [1, 2, 2, 1, 3]) last().say(entry(n, record(n)));
        expect(heard).toEqual([1, 2, 3]);
        expect(use_records().get("alarm", "a1")?.revision).toBe(3);
    });
    it("waits longer after each failed attempt, but not for ever", () => {
        const live = use_live();
        live.start("live", 0);
        for (let n = 0; n < 12; n++) { last().close(); vi.advanceTimersByTime(20_000); }
        expect(FakeSocket.all.length).toBeGreaterThan(10);
        expect(FakeSocket.all.length).toBeLessThanOrEqual(13);
    });
    it("gives up a socket that has gone silent", () => {
        const live = use_live();
        live.start("live", 0);
        last().onopen?.();
        vi.advanceTimersByTime(45_000);
        expect(live.connection).toBe("offline");
    });
    it("leaves a space for good: what an old socket still says is not heard", () => {
        const live = use_live();
        live.start("live", 0);
        const old = last();
        live.start("exercise-1", 7);
        expect(last().url).toContain("space=exercise-1");
        old.say(entry(9, record(9)));
        expect(live.sequence).toBe(7);
        expect(use_records().get("alarm", "a1")).toBeUndefined();
    });
    it("signs out when the session is revoked and does not come back", () => {
        const live = use_live();
        const revoked = vi.fn();
        live.when_revoked(revoked);
        live.start("live", 0);
        last().say({ type: "bye", reason: "revoked" });
        vi.advanceTimersByTime(60_000);
        expect(revoked).toHaveBeenCalledOnce();
        expect(FakeSocket.all).toHaveLength(1);
    });
    it("keeps a real alarm that breaks through", () => {
        const live = use_live();
        live.start("exercise-1", 0);
        last().say({ type: "alarm_elsewhere", level: 1, space: "live" });
        expect(live.elsewhere?.level).toBe(1);
    });
});

describe("record cache", () => {
    it("lets the higher revision win, whichever way it came", () => {
        const records = use_records();
        records.apply(entry(5, record(5), "create") as unknown as Entry);
        expect(records.put(record(4))).toBe(false);
        expect(records.get("alarm", "a1")?.fields["value"]).toBe(5);
        expect(records.put(record(6))).toBe(true);
        expect(records.get("alarm", "a1")?.fields["value"]).toBe(6);
    });
    it("does not gather kinds that nobody reads, but notes that their tiles are old", () => {
        const records = use_records();
        records.apply(entry(5, record(1, { kind: "hydrant", id: "h1" }), "create") as unknown as Entry);
        expect(records.get("hydrant", "h1")).toBeUndefined();
        expect(records.versions.get("hydrant")).toBe(5);
    });
    it("drops what was removed", () => {
        const records = use_records();
        records.put(record(1));
        records.apply(entry(6, record(2, { deleted: true }), "remove") as unknown as Entry);
        expect(records.all("alarm")).toHaveLength(0);
    });
});

describe("observations", () => {
    it("joins longitude, latitude and course of one device and ignores older values", () => {
        const observations = use_observations();
        const item = (property: string, value: number, at: string) => ({ datastream: `s-${property}`, device: "truck", property, value, at });
        observations.hear([item("longitude", 117.8, "2026-01-01T00:00:01Z"), item("latitude", 39, "2026-01-01T00:00:01Z"), item("course", 90, "2026-01-01T00:00:01Z")]);
        observations.hear([item("longitude", 1, "2026-01-01T00:00:00Z")]);
        expect(observations.movers.get("truck")).toMatchObject({ longitude: 117.8, latitude: 39, course: 90 });
    });
});
