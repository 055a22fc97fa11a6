import vue from "@vitejs/plugin-vue";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

// The server sends the .br file beside a text where the browser takes it: made here, because the best
// compression takes seconds.
function brotli(): Plugin {
    let folder = "dist";
    return {
        name: "brotli",
        apply: "build",
        configResolved(config) { folder = config.build.outDir; },
        closeBundle() {
            for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
                if (!/\.(js|css|html|svg|json|webmanifest)$/.test(name)) continue;
                const bytes = readFileSync(join(folder, name));
                if (bytes.length > 1024) writeFileSync(join(folder, name + ".br"), brotliCompressSync(bytes));
            }
        },
    };
}

// The development server hands the API on to a running `anlan serve` (or the mock in test/).
const api = process.env.ANLAN_API ?? "http://127.0.0.1:8080";

export default defineConfig({
    plugins: [vue(), brotli()],
    resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
    define: { __VUE_I18N_FULL_INSTALL__: false, __VUE_I18N_LEGACY_API__: false, __INTLIFY_PROD_DEVTOOLS__: false },
    server: { proxy: { "/api": { target: api, ws: true }, "/healthz": api } },
    build: { target: "es2022", chunkSizeWarningLimit: 1200 },
    test: { environment: "happy-dom", include: ["test/**/*.test.ts"] },
});
