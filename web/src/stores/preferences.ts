// Language, theme, density and whether the welcome was read: of this browser, not of the account.
import { defineStore } from "pinia";
import { ref, watch } from "vue";
import { speak_as } from "@/data/http";
import { i18n, type Language } from "@/messages";

export type Theme = "dark" | "light";
export type Density = "desk" | "compact";
function kept(key: string): string | null {
    try { return localStorage.getItem(key); } catch { return null; }
}
function keep(key: string, value: string): void {
    try { localStorage.setItem(key, value); } catch { /* private mode: the choice lives as long as the page */ }
}

export const use_preferences = defineStore("preferences", () => {
    const language = ref<Language>((kept("anlan.language") as Language | null) ?? (navigator.language.startsWith("en") ? "en" : "zh"));
    const theme = ref<Theme>((kept("anlan.theme") as Theme | null) ?? "dark");
    const density = ref<Density>(kept("anlan.density") === "compact" ? "compact" : "desk");
    const welcomed = ref(kept("anlan.welcomed") === "1");
    const muted_until = ref(0);
    // A phone has its own size, whatever was chosen at the desk.
    const phone = matchMedia("(max-width: 720px)");
    const size = () => (document.documentElement.dataset["density"] = phone.matches ? "phone" : density.value);
    phone.addEventListener?.("change", size);

    watch(language, (value) => {
        i18n.global.locale.value = value;
        document.documentElement.lang = value === "zh" ? "zh-CN" : "en";
        speak_as({ language: value });
        keep("anlan.language", value);
    }, { immediate: true });
    watch(theme, (value) => {
        document.documentElement.dataset["theme"] = value;
        keep("anlan.theme", value);
    }, { immediate: true });

    watch(density, (value) => { size(); keep("anlan.density", value); }, { immediate: true });
    watch(welcomed, (value) => keep("anlan.welcomed", value ? "1" : ""));

    return { language, theme, density, welcomed, muted_until, toggle_theme: () => (theme.value = theme.value === "dark" ? "light" : "dark") };
});
