// A long list of which only the rows in sight, and a few beside them, are in the page. Heights are measured as rows
// appear; a row that was never seen counts as `estimate_px`. Ten thousand rows cost what thirty cost.
import { computed, onUnmounted, ref, shallowReactive, shallowRef, type ComponentPublicInstance } from "vue";

const k_beside = 6;
/** Before the scroller is measured, and where nothing can be (in a test): room for a screenful. */
const k_first_room_px = 1200;

/** The last row whose top is not below `px`; tops[n] is where row n begins, the last entry where the list ends. */
export function row_at(tops: ArrayLike<number>, px: number): number {
    let low = 0;
    let high = Math.max(0, tops.length - 2);
    while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (tops[middle]! <= px) low = middle; else high = middle - 1;
    }
    return low;
}
export function tops_of<T>(items: readonly T[], height_of: (item: T) => number): Float64Array {
    const tops = new Float64Array(items.length + 1);
    for (let n = 0; n < items.length; n++) tops[n + 1] = tops[n]! + height_of(items[n]!);
    return tops;
}

export function use_virtual<T>(items: () => readonly T[], key_of: (item: T) => string, estimate_px: (item: T) => number) {
    const scroller = shallowRef<HTMLElement>();
    const top_px = ref(0);
    const room_px = ref(0);
    const heights = shallowReactive(new Map<string, number>());
    const height_of = (item: T) => heights.get(key_of(item)) ?? estimate_px(item);
    const tops = computed(() => tops_of(items(), height_of));
    const first = computed(() => Math.max(0, row_at(tops.value, top_px.value) - k_beside));
    const end = computed(() => Math.min(items().length, row_at(tops.value, top_px.value + (room_px.value || k_first_room_px)) + 1 + k_beside));
    const rows = computed(() => items().slice(first.value, end.value).map((item, n) => ({ item, key: key_of(item), index: first.value + n })));
    const before_px = computed(() => tops.value[first.value] ?? 0);
    const after_px = computed(() => (tops.value.at(-1) ?? 0) - (tops.value[end.value] ?? tops.value.at(-1) ?? 0));

    const keys = new WeakMap<Element, string>();
    const sizes = typeof ResizeObserver === "undefined" ? undefined : new ResizeObserver((entries) => {
        for (const { target } of entries) {
            const height = (target as HTMLElement).offsetHeight;
            const key = keys.get(target);
            if (key !== undefined && height && heights.get(key) !== height) heights.set(key, height);
        }
    });
    /** For `:ref`: watches how high the row is. */
    function measure(element: Element | ComponentPublicInstance | null, key: string): void {
        const row = element && "$el" in element ? (element.$el as Element) : element;
        if (!row || keys.get(row) === key) return;
        keys.set(row, key);
        sizes?.observe(row);
    }
    const look = () => { top_px.value = scroller.value?.scrollTop ?? 0; };
    const room = typeof ResizeObserver === "undefined" ? undefined : new ResizeObserver(() => { room_px.value = scroller.value?.clientHeight ?? 0; look(); });
    /** For `:ref` of what scrolls; it may come and go. */
    function attach(element: Element | ComponentPublicInstance | null): void {
        const box = (element as HTMLElement | null) ?? undefined;
        if (box === scroller.value) return;
        scroller.value?.removeEventListener("scroll", look);
        room?.disconnect();
        scroller.value = box;
        if (!box) return;
        room_px.value = box.clientHeight;
        look();
        box.addEventListener("scroll", look, { passive: true });
        room?.observe(box);
    }
    onUnmounted(() => { sizes?.disconnect(); room?.disconnect(); scroller.value?.removeEventListener("scroll", look); });

    /** Scrolls no more than it takes to have the row in sight. */
    function reveal(index: number): void {
        const box = scroller.value;
        if (!box || index < 0 || index >= items().length) return;
        const [top, bottom] = [tops.value[index]!, tops.value[index + 1]!];
        if (top < box.scrollTop) box.scrollTop = top; else if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight;
    }
    return { attach, rows, before_px, after_px, measure, reveal, at_end: computed(() => end.value >= items().length) };
}
