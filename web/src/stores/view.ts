// What is switched on on the map, what is selected, and which place another page asks to be shown.
import { defineStore } from "pinia";
import { computed, ref, watch } from "vue";
import { k_first_shown, record_layers_of, type LayerGroup } from "@/map/layers/records";
import { use_session } from "./session";

export interface Selection { kind: string; id: string }

function kept<T>(key: string, otherwise: T): T {
    try {
        const text = localStorage.getItem(key);
        return text ? (JSON.parse(text) as T) : otherwise;
    } catch { return otherwise; }
}
function keep(key: string, value: unknown): void {
    try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* private mode: as long as the page lives */ }
}
export const use_view = defineStore("view", () => {
    const session = use_session();
    /** Every kind with a place that the reader may see, in drawing order. */
    const layers = computed(() => record_layers_of(session.catalog.kinds.filter((one) => session.may(`${one.name}.read`)), session.catalog.tables));
    const shown = ref(new Set(kept("anlan.layers", ["mover", "alarm", ...k_first_shown])));
    const folded = ref(new Set(kept<LayerGroup[]>("anlan.folded", ["forces", "sensing", "ground"])));
    const selection = ref<Selection | null>(null);
    const layers_open = ref(!matchMedia("(max-width: 720px)").matches);
    const toggle = (layer: string): void => {
        const next = new Set(shown.value);
        if (!next.delete(layer)) next.add(layer);
        shown.value = next;
    };
    const fold = (group: LayerGroup): void => {
        const next = new Set(folded.value);
        if (!next.delete(group)) next.add(group);
        folded.value = next;
    };
    /** Selects a record and makes sure that its layer can be seen. */
    function show(record: Selection): void {
        selection.value = record;
        if (layers.value.some((one) => one.kind === record.kind) && !shown.value.has(record.kind)) toggle(record.kind);
    }
    watch(shown, (value) => keep("anlan.layers", [...value]));
    watch(folded, (value) => keep("anlan.folded", [...value]));
    return { layers, shown, folded, selection, layers_open, toggle, fold, show };
});
