import js from "@eslint/js";
import vue from "eslint-plugin-vue";
import tseslint from "typescript-eslint";

export default tseslint.config(
    { ignores: ["dist/", "node_modules/", "src/data/api.generated.d.ts"] },
    js.configs.recommended,
    ...tseslint.configs.recommended,
    ...vue.configs["flat/recommended"],
    {
        files: ["**/*.vue"],
        languageOptions: { parserOptions: { parser: tseslint.parser } },
    },
    {
        files: ["**/*.{ts,vue}"],
        rules: {
            "no-undef": "off", // the compiler knows better
            "vue/html-indent": ["error", 4],
            "vue/max-attributes-per-line": "off",
            "vue/singleline-html-element-content-newline": "off",
            "vue/html-self-closing": "off",
            "vue/multi-word-component-names": "off",
            "vue/html-closing-bracket-newline": "off",
            "vue/multiline-html-element-content-newline": "off",
            "vue/first-attribute-linebreak": "off",
            "vue/attributes-order": "off",
            "vue/prop-name-casing": "off", // snake_case, as everywhere in the house
            "vue/require-default-prop": "off",
            "max-lines": ["error", { max: 500, skipBlankLines: true, skipComments: true }],
        },
    },
    { files: ["tools/**", "test/**/*.mjs"], languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly", Buffer: "readonly", setInterval: "readonly", setTimeout: "readonly", clearInterval: "readonly", fetch: "readonly" } } },
    // The API is called from data/ alone.
    {
        files: ["src/**/*.{ts,vue}"],
        ignores: ["src/data/**", "src/map/**"],
        rules: { "no-restricted-globals": ["error", { name: "fetch", message: "Call the API through src/data/." }] },
    },
);
