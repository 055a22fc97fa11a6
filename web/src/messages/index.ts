// Every word on screen comes from here or from the server's labels.
import { createI18n } from "vue-i18n";
import en from "./en";
import zh from "./zh";

export { en, zh };
export type Language = "zh" | "en";
export const i18n = createI18n({ legacy: false, locale: "zh" as Language, fallbackLocale: "zh", messages: { zh, en }, missingWarn: false, fallbackWarn: false });
