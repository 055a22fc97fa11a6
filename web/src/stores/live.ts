// The live feed: one WebSocket that survives. Entries are applied once, in the journal's order; after
// a cut the client says the last sequence it has and loses nothing.
import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { tidy_entry } from "@/data/records";
import { live_address } from "@/data/tiles";
import type { Entry, Latest } from "@/data/types";
import { use_clock } from "./clock";
import { use_observations } from "./observations";
import { use_records } from "./records";

export type Connection = "idle" | "connecting" | "live" | "offline";
type Parcel =
    | { type: "hello"; sequence: number; time: string }
    | ({ type: "entry" } & Entry)
    | { type: "observations"; items: Latest[] }
    | { type: "alarm_elsewhere"; level: number; space: string }
    | { type: "bye"; reason: string }
    | { type: "pong"; time?: string };

const k_wait_ms_min = 500;
const k_wait_ms_max = 15_000;
const k_ping_ms = 10_000;

export const use_live = defineStore("live", () => {
    const records = use_records();
    const observations = use_observations();
    const clock = use_clock();

    const connection = ref<Connection>("idle");
    const sequence = ref(0);
    const heard_at = ref(0);
    const elsewhere = ref<{ level: number; space: string; at: number } | null>(null);
    const latency_ms = ref<number | null>(null);
    /** When a record first appeared on this screen, by record id: server's time in ms. */
    const shown_at = new Map<string, number>();

    let socket: WebSocket | undefined;
    let space = "live";
    let wanted = false;
    let wait_ms = k_wait_ms_min;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let ping: ReturnType<typeof setInterval> | undefined;
    let ping_at = 0;
    const listeners = new Set<(entry: Entry) => void>();
    let on_revoked: () => void = () => {};

    const stale = computed(() => connection.value === "offline");

    function painted(id: string): void {
        if (shown_at.has(id) || typeof requestAnimationFrame === "undefined") return;
        // Two frames: the first lays out what Vue has just changed, the second comes after its paint.
        requestAnimationFrame(() => requestAnimationFrame(() => { if (!shown_at.has(id)) shown_at.set(id, clock.exact()); }));
    }
    function take(parcel: Parcel): void {
        heard_at.value = Date.now();
        switch (parcel.type) {
            case "hello":
                clock.learn(parcel.time);
                break;
            case "entry": {
                if (parcel.sequence <= sequence.value) return; // repeated after a reconnect
                sequence.value = parcel.sequence;
                const entry = tidy_entry(parcel);
                records.apply(entry);
                if (entry.action === "create") painted(entry.record.id);
                for (const listener of listeners) listener(entry);
                break;
            }
            case "observations":
                observations.hear(parcel.items);
                break;
            case "alarm_elsewhere":
                elsewhere.value = { level: parcel.level, space: parcel.space, at: clock.exact() };
                break;
            case "pong":
                latency_ms.value = Math.round(performance.now() - ping_at);
                break;
            case "bye":
                if (parcel.reason === "revoked") { stop(); on_revoked(); }
                break;
        }
    }
    function open(): void {
        clearTimeout(retry);
        connection.value = connection.value === "offline" ? "offline" : "connecting";
        const mine = new WebSocket(live_address(sequence.value, space));
        socket = mine;
        mine.onopen = () => {
            if (socket !== mine) return;
            connection.value = "live";
            wait_ms = k_wait_ms_min;
            heard_at.value = Date.now();
            clearInterval(ping);
            ping = setInterval(() => {
                // A socket that has said nothing for three pings is dead, whatever it claims.
                if (Date.now() - heard_at.value > 3 * k_ping_ms) return mine.close();
                ping_at = performance.now();
                mine.send('{"type":"ping"}');
            }, k_ping_ms);
            ping_at = performance.now();
            mine.send('{"type":"ping"}');
        };
        mine.onmessage = (event: MessageEvent<string>) => {
            if (socket === mine) take(JSON.parse(event.data) as Parcel);
        };
        mine.onclose = () => {
            if (socket !== mine) return;
            clearInterval(ping);
            if (!wanted) return;
            connection.value = "offline";
            retry = setTimeout(open, wait_ms * (0.7 + Math.random() * 0.6));
            wait_ms = Math.min(wait_ms * 2, k_wait_ms_max);
        };
    }
    /** Follows a space from a journal sequence that the caches already contain. */
    function start(in_space: string, since: number): void {
        stop();
        wanted = true;
        space = in_space;
        sequence.value = since;
        elsewhere.value = null;
        wait_ms = k_wait_ms_min;
        open();
    }
    function stop(): void {
        wanted = false;
        clearTimeout(retry);
        clearInterval(ping);
        const old = socket;
        socket = undefined;
        old?.close();
        connection.value = "idle";
    }
    /** Tries at once instead of waiting for the next turn. */
    function again(): void {
        if (!wanted || connection.value !== "offline") return;
        wait_ms = k_wait_ms_min;
        open();
    }
    function listen(listener: (entry: Entry) => void): () => void {
        listeners.add(listener);
        return () => listeners.delete(listener);
    }
    return {
        connection, sequence, heard_at, elsewhere, latency_ms, shown_at, stale, start, stop, again, listen, take,
        when_revoked: (hook: () => void) => (on_revoked = hook),
    };
});
