// Who is signed in, in which space; and the order in which a space is opened: head of the journal
// first, then the lists, then the live feed from that head, so that nothing falls between.
import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import { read_catalog } from "@/data/catalog";
import { read_duty } from "@/data/duty";
import { speak_as, watch_http } from "@/data/http";
import { read_head } from "@/data/journal";
import { change_password, read_session, sign_in, sign_in_by_link, sign_out } from "@/data/session";
import type { Catalog, DutyNow, Session } from "@/data/types";
import { use_clock } from "./clock";
import { use_live } from "./live";
import { use_observations } from "./observations";
import { k_followed_kinds, use_records } from "./records";

export const k_live_space = "live";
const k_duty_ms = 10_000;

/** Rights that no "*" opens: they belong to the administrators. */
const k_offices = ["account", "role", "session", "audit", "system", "backup", "journal"];
function covers(held: string, right: string): boolean {
    const [kind = "", action = ""] = right.split(".");
    return held === right || held === `${kind}.*` || (held === `*.${action}` && !k_offices.includes(kind));
}

export const use_session = defineStore("session", () => {
    const session = ref<Session | null>(null);
    const catalog = shallowRef<Catalog>({ kinds: [], tables: [], roles: [] });
    const duty = ref<DutyNow | null>(null);
    const space = ref(k_live_space);
    const ready = ref(false);
    const latency_ms = ref<number | null>(null);
    const problem = shallowRef<unknown>(null);
    let duty_timer: ReturnType<typeof setInterval> | undefined;
    let asked = false;

    const in_exercise = computed(() => space.value !== k_live_space);
    const space_info = computed(() => session.value?.spaces.find((one) => one.id === space.value));

    /** Whether any of the caller's rights covers `right` ("alarm.acknowledge"). The server decides; this only greys out. */
    function may(right: string): boolean {
        return session.value?.rights.some((one) => covers(one, right)) ?? false;
    }
    function accept(answer: Session): void {
        session.value = answer;
        speak_as({ csrf: answer.csrf });
    }
    async function resume(): Promise<boolean> {
        if (session.value) return true;
        if (asked) return false;
        asked = true;
        try {
            accept(await read_session());
            return true;
        } catch {
            return false;
        }
    }
    async function enter(account: string, password: string): Promise<void> { accept(await sign_in(account, password)); }
    async function renew_password(current: string, password: string): Promise<void> { accept(await change_password(current, password)); }
    async function enter_by_link(token: string): Promise<void> { accept(await sign_in_by_link(token)); }

    async function refresh_duty(): Promise<void> {
        const started = performance.now();
        try {
            const answer = await read_duty();
            const took = performance.now() - started;
            latency_ms.value = Math.round(took);
            use_clock().learn(answer.time, took / 2);
            duty.value = answer;
        } catch { /* the connection mark says so; old values stay with their age */ }
    }
    async function open_space(id: string): Promise<void> {
        const records = use_records();
        const observations = use_observations();
        const live = use_live();
        ready.value = false;
        problem.value = null;
        live.stop();
        records.forget();
        observations.forget();
        duty.value = null;
        space.value = id;
        speak_as({ space: id });
        try { sessionStorage.setItem("anlan.space", id); } catch { /* private mode */ }
        try {
            if (!catalog.value.kinds.length) catalog.value = await read_catalog();
            const head = await read_head();
            await Promise.all([
                ...k_followed_kinds.filter((kind) => may(`${kind}.read`)).map((kind) => load_open(kind)),
                observations.load().catch(() => undefined),
                refresh_duty(),
            ]);
            live.start(id, head.sequence);
            ready.value = true;
        } catch (cause) {
            problem.value = cause;
        }
        clearInterval(duty_timer);
        duty_timer = setInterval(() => void refresh_duty(), k_duty_ms);
    }
    /** At the desk only open work is loaded; what an incident needs comes with its board. */
    async function load_open(kind: string): Promise<void> {
        const records = use_records();
        if (kind === "alarm") await records.load(kind, { where: "state:in:active|active_acknowledged|cleared" });
        else if (kind === "incident") await records.load(kind, { where: "state:in:draft|running|stand_down" });
        else if (kind === "exercise") await records.load(kind, { where: "state:eq:running" });
    }
    async function refresh_spaces(): Promise<void> {
        accept(await read_session());
    }
    async function leave(): Promise<void> {
        try { await sign_out(); } finally { forget(); }
    }
    function forget(): void {
        session.value = null;
        ready.value = false;
        clearInterval(duty_timer);
        use_live().stop();
        use_records().forget();
        use_observations().forget();
        try { sessionStorage.removeItem("anlan.space"); } catch { /* private mode */ }
    }
    function kept_space(): string {
        try { return sessionStorage.getItem("anlan.space") ?? k_live_space; } catch { return k_live_space; }
    }
    watch_http({ latency: (ms) => (latency_ms.value = Math.round(ms)) });
    return {
        session, catalog, duty, space, ready, latency_ms, problem, in_exercise, space_info, may, resume, enter, enter_by_link, renew_password,
        open_space, refresh_duty, refresh_spaces, leave, forget, kept_space,
    };
});
