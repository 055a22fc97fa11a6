// Single keys of a screen. Off inside fields and while a dialog is open.
import { onMounted, onUnmounted } from "vue";

export type Keys = Record<string, (event: KeyboardEvent) => void>;

export function use_keys(keys: Keys): void {
    function pressed(event: KeyboardEvent): void {
        if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
        const target = event.target as HTMLElement | null;
        if (target?.closest("input, textarea, select, [contenteditable], dialog")) return;
        const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
        // Enter and space belong to the button that has the focus.
        if ((name === "Enter" || name === " ") && target?.closest("button, a, [role=slider]")) return;
        const act = keys[name];
        if (!act) return;
        event.preventDefault();
        act(event);
    }
    onMounted(() => window.addEventListener("keydown", pressed));
    onUnmounted(() => window.removeEventListener("keydown", pressed));
}
