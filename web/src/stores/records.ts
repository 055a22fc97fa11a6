// Records by kind and id, as last heard. Answers and live entries meet here; the higher revision wins.
import { defineStore } from "pinia";
import { ref, shallowReactive } from "vue";
import { list_records, read_record, type Query } from "@/data/records";
import type { Entry, Fields, Id, Stored } from "@/data/types";

/** Kinds whose every record is kept: the duty desk sorts and counts them. Others are kept once read. */
export const k_followed_kinds = ["alarm", "incident", "impact", "task", "dispatch", "message", "log_entry", "exercise"] as const;

const k_page = 1000;

export const use_records = defineStore("records", () => {
    const kinds = shallowReactive(new Map<string, Map<Id, Stored>>());
    /** Grows when a record of the kind changes: tiles of the kind are asked for again. */
    const versions = new Map<string, number>();
    const changes = ref(0);
    /** Grows with every change of a followed record: what is made of them is made again. */
    const followed = ref(0);
    const is_followed = (kind: string) => (k_followed_kinds as readonly string[]).includes(kind);

    function of<F = Fields>(kind: string): Map<Id, Stored<F>> {
        let found = kinds.get(kind);
        if (!found) kinds.set(kind, (found = shallowReactive(new Map())));
        return found as Map<Id, Stored<F>>;
    }
    const get = <F = Fields>(kind: string, id: Id | undefined | null): Stored<F> | undefined => (id ? of<F>(kind).get(id) : undefined);
    const all = <F = Fields>(kind: string): Stored<F>[] => [...of<F>(kind).values()];

    /** Returns whether this was news. */
    function put(record: Stored | null | undefined): boolean {
        if (!record?.id) return false;
        const known = of(record.kind).get(record.id);
        if (known && known.revision >= record.revision) return false;
        of(record.kind).set(record.id, record);
        if (is_followed(record.kind)) followed.value++;
        return true;
    }
    function apply(entry: Entry): boolean {
        const record = entry.record;
        versions.set(record.kind, Math.max(versions.get(record.kind) ?? 0, entry.sequence));
        changes.value++;
        if (entry.action === "remove" || record.deleted) { followed.value++; return of(record.kind).delete(record.id); }
        if (!is_followed(record.kind) && !of(record.kind).has(record.id)) return false;
        return put(record);
    }
    async function load(kind: string, query: Query = {}): Promise<Stored[]> {
        const loaded: Stored[] = [];
        let after: string | undefined;
        do {
            const page = await list_records(kind, { limit: k_page, ...query, ...(after ? { after } : {}) });
            for (const record of page.records) { put(record); loaded.push(record); }
            after = page.next ?? undefined;
        } while (after && !query.limit);
        return loaded;
    }
    const asked = new Map<string, Promise<Stored | undefined>>();
    /** The record, from memory or from the server; undefined where the caller may not see it. */
    function need(kind: string, id: Id | undefined | null): Promise<Stored | undefined> {
        if (!id) return Promise.resolve(undefined);
        const known = get(kind, id);
        if (known) return Promise.resolve(known);
        const key = `${kind}/${id}`;
        let promise = asked.get(key);
        if (!promise) {
            promise = read_record(kind, id).then((record) => { put(record); return record; }).catch(() => undefined).finally(() => asked.delete(key));
            asked.set(key, promise);
        }
        return promise;
    }
    function forget(): void {
        kinds.clear();
        versions.clear();
        asked.clear();
        followed.value++;
    }
    return { kinds, versions, changes, followed, of, get, all, put, apply, load, need, forget };
});
