// Tries a wind without keeping it: at most ten questions a second, one in the air, the last one wins.
import { onScopeDispose, ref, shallowRef } from "vue";
import type { Preview } from "@/data/types";

export interface Trial { from_deg: number; speed_m_s: number }
export const k_preview_gap_ms = 100;

export function use_preview(ask: (trial: Trial, signal: AbortSignal) => Promise<Preview>, failed: (cause: unknown) => void) {
    const trial = shallowRef<Trial | null>(null);
    const answer = shallowRef<Preview | null>(null);
    const took_ms = ref<number | null>(null);
    let asked: Trial | null = null;
    let flying: AbortController | null = null;
    let last_at = -Infinity;
    let timer: ReturnType<typeof setTimeout> | undefined;

    async function send(): Promise<void> {
        timer = undefined;
        const wanted = trial.value;
        if (!wanted || flying || wanted === asked) return;
        asked = wanted;
        last_at = performance.now();
        const mine = (flying = new AbortController());
        try {
            const got = await ask(wanted, mine.signal);
            if (flying === mine && trial.value) { answer.value = got; took_ms.value = Math.round(performance.now() - last_at); }
        } catch (cause) {
            if (flying === mine && !mine.signal.aborted) { failed(cause); trial.value = null; answer.value = null; }
        } finally {
            if (flying === mine) flying = null;
            plan();
        }
    }
    function plan(): void {
        if (timer || flying || !trial.value || trial.value === asked) return;
        timer = setTimeout(() => void send(), Math.max(0, k_preview_gap_ms - (performance.now() - last_at)));
    }
    function attempt(next: Trial): void {
        trial.value = next;
        plan();
    }
    function drop(): void {
        clearTimeout(timer);
        timer = undefined;
        flying?.abort();
        flying = null;
        trial.value = answer.value = asked = null;
        took_ms.value = null;
    }
    onScopeDispose(drop, true);
    return { trial, answer, took_ms, attempt, drop };
}
