import vue from "@vitejs/plugin-vue";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// The development server hands the API on to a running `anlan serve` (or the mock in test/).
const api = process.env.ANLAN_API ?? "http://127.0.0.1:8080";

export default defineConfig({
    plugins: [vue()],
    resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
    define: { __VUE_I18N_FULL_INSTALL__: false, __VUE_I18N_LEGACY_API__: false, __INTLIFY_PROD_DEVTOOLS__: false },
    server: { proxy: { "/api": { target: api, ws: true }, "/healthz": api } },
    build: { target: "es2022", chunkSizeWarningLimit: 1200 },
    test: { environment: "happy-dom", include: ["test/**/*.test.ts"] },
});
