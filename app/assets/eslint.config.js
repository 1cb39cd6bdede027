import js from "@eslint/js";
import globals from "globals";

export default [
    js.configs.recommended,
    {
        files: ["src/**/*.js"],
        languageOptions: { ecmaVersion: 2022, sourceType: "module", globals: globals.browser },
        linterOptions: { reportUnusedDisableDirectives: "error" },
        rules: {
            eqeqeq: "error",
            "no-eval": "error",
            "no-implied-eval": "error",
            "no-new-func": "error",
            "no-var": "error",
            "prefer-const": "error",
            "no-shadow": "error",
            "no-console": "error",
            // Text of incidents goes into the page as text, never as markup.
            "no-restricted-properties": [
                "error",
                { property: "innerHTML", message: "Use textContent." },
                { property: "outerHTML", message: "Use textContent." },
                { property: "insertAdjacentHTML", message: "Use append." },
                { object: "document", property: "write", message: "Use append." },
            ],
        },
    },
];
