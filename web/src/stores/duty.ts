// The duty list, made once for all who show it, at most every `k_rest_ms`: a flood of alarms is sorted ten times a second,
// not once for each of them. What comes alone is shown at once.
import { defineStore } from "pinia";
import { computed, shallowRef, watch } from "vue";
import type { Alarm, Incident } from "@/data/types";
import { duty_rows, is_open_alarm, is_open_incident, is_shelved, type DutyRow } from "./duty_list";
import { use_records } from "./records";

const k_rest_ms = 100;

export const use_duty = defineStore("duty", () => {
    const records = use_records();
    const rows = shallowRef<DutyRow[]>([]);
    const alarms = shallowRef<Alarm[]>([]);
    const incidents = shallowRef<Incident[]>([]);
    let resting: ReturnType<typeof setTimeout> | undefined;
    let again = false;

    function make(): void {
        alarms.value = (records.all("alarm") as Alarm[]).filter(is_open_alarm);
        incidents.value = (records.all("incident") as Incident[]).filter(is_open_incident);
        rows.value = duty_rows(alarms.value, incidents.value);
    }
    function changed(): void {
        if (resting) { again = true; return; }
        make();
        resting = setTimeout(() => { resting = undefined; if (again) { again = false; changed(); } }, k_rest_ms);
    }
    make();
    watch(() => records.followed, changed);

    const waiting = computed(() => rows.value.reduce((n, row) => n + Number(row.mine), 0));
    /** The worst level that nobody has answered: what sounds. */
    const worst = computed(() => alarms.value.reduce((level, one) => (one.state === "active" && !one.fields.group && !is_shelved(one) && (!level || one.fields.level < level) ? one.fields.level : level), 0));
    const by_key = computed(() => new Map(rows.value.map((row) => [row.key, row])));
    /** Alarms behind a head or an incident, worst first. */
    const members_of = (row: DutyRow): Alarm[] => alarms.value.filter((one) => (row.kind === "incident" ? one.fields.incident === row.id : one.id === row.id || one.fields.group === row.id)).sort((a, b) => a.fields.level - b.fields.level || (a.fields.raised_at < b.fields.raised_at ? -1 : 1));
    return { rows, alarms, incidents, waiting, worst, by_key, members_of };
});
