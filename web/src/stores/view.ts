// What is switched on on the map, and what is selected.
import { defineStore } from "pinia";
import { ref, watch } from "vue";
import { k_record_layers } from "@/map/layers/records";

export interface Selection { kind: string; id: string }

function kept(): Set<string> {
    const standard = new Set(["mover", "alarm", ...k_record_layers.filter((one) => one.shown).map((one) => one.kind)]);
    try {
        const text = localStorage.getItem("anlan.layers");
        return text ? new Set(JSON.parse(text) as string[]) : standard;
    } catch { return standard; }
}
export const use_view = defineStore("view", () => {
    const shown = ref(kept());
    const selection = ref<Selection | null>(null);
    const layers_open = ref(!matchMedia("(max-width: 720px)").matches);
    const toggle = (layer: string): void => {
        const next = new Set(shown.value);
        if (!next.delete(layer)) next.add(layer);
        shown.value = next;
    };
    watch(shown, (value) => { try { localStorage.setItem("anlan.layers", JSON.stringify([...value])); } catch { /* private mode */ } });
    return { shown, selection, layers_open, toggle };
});
