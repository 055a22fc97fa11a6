// One datastream with all that its pages need: record, device, rules about it, last value.
import { computed, ref, watch } from "vue";
import { useI18n } from "vue-i18n";
import type { Id } from "@/data/types";
import { use_observations } from "@/stores/observations";
import { use_records } from "@/stores/records";
import { use_session } from "@/stores/session";
import { reading, unit_text, worded } from "@/ui/format";
import { bit_names, limits_for, state_words, type StreamFacts } from "./limits";

let rules_asked: Promise<unknown> | undefined;
/** Rules are few and every chart needs them: read once, kept by the feed. */
export function use_rules() {
    const records = use_records();
    const session = use_session();
    if (session.may("rule.read") && !records.of("rule").size) rules_asked ??= records.load("rule").catch(() => undefined).finally(() => (rules_asked = undefined));
    return computed(() => records.all("rule"));
}
/** Properties whose value is a set of bits, not a quantity. */
export const k_state_properties = new Set(["fire_state", "unit_state"]);

export function use_stream(id: () => Id) {
    const { t } = useI18n();
    const records = use_records();
    const observations = use_observations();
    const rules = use_rules();
    const missing = ref(false);
    const record = computed(() => records.get("datastream", id()));
    const device = computed(() => records.get("device", record.value?.fields["device"] as Id | undefined));
    watch(id, async (one) => {
        missing.value = false;
        const found = await records.need("datastream", one);
        if (one !== id()) return;
        missing.value = !found;
        await records.need("device", found?.fields["device"] as Id | undefined);
    }, { immediate: true });
    const facts = computed<StreamFacts>(() => ({ datastream: id(), device: String(record.value?.fields["device"] ?? ""), property: String(record.value?.fields["property"] ?? ""), device_type: String(device.value?.fields["type"] ?? "") }));
    const unit = computed(() => unit_text(record.value?.fields["unit"] as string | undefined));
    const interval_ms = computed(() => 1000 * Number(record.value?.fields["expected_interval_s"] ?? device.value?.fields["expected_interval_s"] ?? 0));
    const is_state = computed(() => k_state_properties.has(facts.value.property));
    const bits = computed(() => (is_state.value ? bit_names(rules.value, facts.value, (one) => worded(one, "name")) : new Map<number, string>()));
    const value_text = (value: number) => (is_state.value ? state_words(value, bits.value, t("mark.list"), t("stream.state_normal")) : `${reading(value)}${unit.value ? ` ${unit.value}` : ""}`);
    return { record, device, facts, unit, interval_ms, is_state, value_text, missing, limits: computed(() => limits_for(rules.value, facts.value)), latest: computed(() => observations.latest.get(id())) };
}
