// What is on screen as a file: UTF-8 with a mark, so that spreadsheets read Chinese; no cell begins a formula.
import type { Point } from "@/ui/chart/points";

export interface SeriesHeads { at: string; min: string; mean: string; max: string; last: string; count: string }
const cell = (text: string): string => {
    const harmless = /^[=+\-@\t\r]/.test(text) && !/^-?[\d.]+(e[-+]?\d+)?$/i.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
};
export const csv_line = (cells: readonly (string | number)[]): string => `${cells.map((one) => cell(String(one))).join(",")}\r\n`;
/** Times in UTC after RFC 3339, values with all their digits: for machines as well as for people. */
export function csv_of(points: readonly Point[], heads: SeriesHeads, unit: string): string {
    const with_unit = (head: string) => (unit ? `${head} (${unit})` : head);
    return `\ufeff${csv_line([heads.at, with_unit(heads.min), with_unit(heads.mean), with_unit(heads.max), with_unit(heads.last), heads.count])}${points.map((one) => csv_line([new Date(one.at).toISOString(), one.min, one.mean, one.max, one.last, one.count])).join("")}`;
}
export function save_text(name: string, text: string): void {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
    link.download = name.replace(/[\\/:*?"<>|]/g, "_");
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
