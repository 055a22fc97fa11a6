// How many records of each kind the caller sees: asked a few at a time, kept for the page's life, asked again
// for a kind that has changed.
import { reactive } from "vue";
import { list_records } from "@/data/records";
import { number } from "@/ui/format";

const k_at_once = 4;
export function use_kind_counts() {
    const counts = reactive<Record<string, string>>({});
    const waiting = new Set<string>();
    let running = 0;
    async function work(): Promise<void> {
        running++;
        for (;;) {
            const [kind] = waiting;
            if (!kind) break;
            waiting.delete(kind);
            try {
                const page = await list_records(kind, { limit: 1 });
                if (page.count) counts[kind] = `${number(page.count.value)}${page.count.more ? "+" : ""}`;
            } catch { delete counts[kind]; }
        }
        running--;
    }
    function ask(...kinds: string[]): void {
        for (const kind of kinds) waiting.add(kind);
        while (running < Math.min(k_at_once, waiting.size)) void work();
    }
    return { counts, ask };
}
