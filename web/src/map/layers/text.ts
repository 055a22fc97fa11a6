import type { ExpressionSpecification } from "maplibre-gl";

export type Language = "zh" | "en";
// No glyph server: the browser draws every character with the system's fonts.
export const k_fonts = ["Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "sans-serif"];
// The weight is read from the first name, the family from the first that the system has.
export const k_fonts_bold = ["Noto Sans CJK SC Bold", ...k_fonts];

/** A feature's name in the reader's language. */
export const named = (language: Language): ExpressionSpecification =>
    language === "en"
        ? ["coalesce", ["get", "title_en"], ["get", "name_en"], ["get", "title"], ["get", "name"], ""]
        : ["coalesce", ["get", "title"], ["get", "name"], ""];
