// The server's time as the browser knows it, and one tick a second for everything that counts.
import { defineStore } from "pinia";
import { computed, ref } from "vue";

export const use_clock = defineStore("clock", () => {
    const offset_ms = ref(0);
    const browser_now = ref(Date.now());
    let timer: ReturnType<typeof setInterval> | undefined;

    const now = computed(() => browser_now.value + offset_ms.value);
    /** The server's time this very moment, not of the last tick. */
    const exact = () => Date.now() + offset_ms.value;

    /** Learns the offset from a time that the server wrote `age_ms` ago (half the round trip). */
    function learn(server_time: string, age_ms = 0): void {
        const server = Date.parse(server_time);
        if (!Number.isFinite(server)) return;
        const offset = server + age_ms - Date.now();
        // Small differences are the network's; a jump is the clock's.
        offset_ms.value = Math.abs(offset - offset_ms.value) > 2000 || offset_ms.value === 0 ? offset : offset_ms.value * 0.8 + offset * 0.2;
    }
    function start(): void {
        timer ??= setInterval(() => (browser_now.value = Date.now()), 1000);
    }
    function stop(): void {
        clearInterval(timer);
        timer = undefined;
    }
    return { now, exact, offset_ms, learn, start, stop };
});
