// Every address that data/ calls is one that the server offers. Needs the server's OpenAPI text
// (`anlan openapi > file`) in the file that ANLAN_OPENAPI names; without it, this part is passed over.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const file = process.env["ANLAN_OPENAPI"];
const text = file ? readFileSync(file, "utf8") : "";

/** `/records/${kind}/${id}` → `/api/v1/records/{}/{}`; a query does not count. */
const shape = (path: string) => `/api/v1${path}`.replace(/\?.*$/, "").replace(/\$\{[^}]*\}|\{\w+\}/g, "{}");

export function calls(): { method: string; path: string; where: string }[] {
    const folder = join(__dirname, "../src/data");
    return readdirSync(folder).filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts") && name !== "http.ts").flatMap((name) => {
        const source = readFileSync(join(folder, name), "utf8");
        return [...source.matchAll(/\bcall<[^(]*>\((?:`|")([^`"]+)(?:`|")(?:,\s*\{\s*(?:method: "(\w+)")?)?/g)].map(([, path, method]) => ({ method: (method ?? "GET").toLowerCase(), path: shape(path!), where: name }));
    });
}
it("finds the calls in data/", () => expect(calls().length).toBeGreaterThan(15));

describe.skipIf(!text)("the server", () => {
    const offered = new Map<string, Set<string>>();
    if (text) for (const [path, methods] of Object.entries((JSON.parse(text) as { paths: Record<string, object> }).paths)) {
        // Routes of one kind ("/records/alarm") and of any ("/records/{kind}") answer the same call.
        const key = path.replace(/\{\w+\}/g, "{}").replace(/^\/api\/v1\/records\/[^/]+/, "/api/v1/records/{}").replace(/\/moves\/[^/]+$/, "/moves/{}");
        offered.set(key, new Set([...(offered.get(key) ?? []), ...Object.keys(methods)]));
    }
    it.each(calls())("offers $method $path ($where)", ({ method, path }) => expect([...(offered.get(path) ?? [])]).toContain(method));
});
