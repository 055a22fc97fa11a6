// Short notices and announcements for those who listen instead of look.
import { defineStore } from "pinia";
import { ref } from "vue";
import { k_unreachable, Problem } from "@/data/http";
import { i18n } from "@/messages";

export interface Notice { id: number; text: string; error: boolean }

export const use_notices = defineStore("notices", () => {
    const notices = ref<Notice[]>([]);
    const polite = ref("");
    const assertive = ref("");
    let last = 0;

    function say(text: string, error = false, lasts_ms = error ? 12_000 : 5_000): void {
        const id = ++last;
        notices.value = [...notices.value.slice(-3), { id, text, error }];
        setTimeout(() => drop(id), lasts_ms);
    }
    function drop(id: number): void { notices.value = notices.value.filter((one) => one.id !== id); }
    const sentence = (cause: unknown): string => {
        const t = i18n.global.t;
        if (cause instanceof Problem) return cause.id === k_unreachable ? t("error.unreachable") : cause.sentence || t("error.unknown", { id: cause.id });
        return t("error.unknown", { id: cause instanceof Error ? cause.message : String(cause) });
    };
    const fail = (cause: unknown): void => say(sentence(cause), true);
    function announce(text: string, urgent: boolean): void { (urgent ? assertive : polite).value = text; }
    return { notices, polite, assertive, say, drop, fail, sentence, announce };
});
