// Every word in both languages, none outside the message files, none asked for that does not exist.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import en from "../src/messages/en";
import zh from "../src/messages/zh";

type Tree = { [key: string]: string | Tree };
const leaves = (tree: Tree, path = ""): [string, string][] => Object.entries(tree).flatMap(([key, value]) => (typeof value === "string" ? [[`${path}${key}`, value] as [string, string]] : leaves(value, `${path}${key}.`)));
const files = (folder: string): string[] => readdirSync(folder).flatMap((name) => { const path = join(folder, name); return statSync(path).isDirectory() ? files(path) : [path]; });
const source = files(join(__dirname, "../src")).filter((path) => /\.(vue|ts)$/.test(path) && !path.includes("/messages/") && !path.endsWith(".d.ts"));
const chinese = new Map(leaves(zh));
const english = new Map(leaves(en));

describe("messages", () => {
    it("exist in both languages", () => expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort()));
    it("are never empty", () => { for (const [key, text] of [...chinese, ...english]) expect(text.trim(), key).not.toBe(""); });
    it("take the same values in both", () => {
        const values = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((one) => one[1]).sort();
        for (const [key, text] of chinese) expect(values(english.get(key) ?? ""), key).toEqual(values(text));
    });
    it("have no Chinese left in the English", () => { for (const [key, text] of english) if (key !== "preferences.zh") expect(text, key).not.toMatch(/\p{Script=Han}/u); });
    it("that are asked for by name exist", () => {
        for (const path of source) for (const [, key] of readFileSync(path, "utf8").matchAll(/\bt\("([\w.]+)"/g)) expect(chinese.has(key!), `${path}: ${key}`).toBe(true);
    });
    it("that are asked for by a part of their name have such a part", () => {
        for (const path of source) for (const [, stem] of readFileSync(path, "utf8").matchAll(/\bt\(`([\w.]+)\$\{/g)) expect([...chinese.keys()].some((key) => key.startsWith(stem!)), `${path}: ${stem}`).toBe(true);
    });
});
describe("source", () => {
    it("holds no Chinese outside comments and message files", () => {
        for (const path of source) {
            const text = readFileSync(path, "utf8").replace(/\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->|(^|\s)\/\/.*$/gm, "");
            expect(text.match(/\p{Script=Han}+/u)?.[0], path).toBeUndefined();
        }
    });
    it("holds no words in a template, neither between tags nor in what is read aloud", () => {
        for (const path of source.filter((one) => one.endsWith(".vue"))) {
            const template = /<template>([\s\S]*)<\/template>/.exec(readFileSync(path, "utf8"))?.[1] ?? "";
            // Keys on their caps and names of units in the metric system are the same in both languages.
            const words = template.replace(/<kbd[^>]*>[^<]*<\/kbd>|\{\{[\s\S]*?\}\}|&#?\w+;|<!--[\s\S]*?-->/g, " ").replace(/="[^"]*"/g, (value) => value.replace(/[<>]/g, " "));
            for (const [, text] of words.matchAll(/>([^<]*)</g)) expect(text!.replace(/\b(m|s|ms|mm|kg|kPa|ppm)\b|m\/s/g, "").match(/[A-Za-z]{2,}/)?.[0], path).toBeUndefined();
            for (const [, name, text] of words.matchAll(/\s(title|placeholder|aria-label|alt)="([^"]*[A-Za-z]{2,}[^"]*)"/g)) expect(`${name}=${text}`, path).toBe("");
        }
    });
});
