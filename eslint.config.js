// Lints the page's scripts, which browsers load as they are.

import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["local_stt/web/static/vendor/**"] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: { eqeqeq: "error", "no-var": "error", "prefer-const": "error" },
  },
  { files: ["local_stt/web/static/**"], languageOptions: { globals: globals.browser } },
  {
    files: ["local_stt/web/static/phone/phone-worklet.js"],
    languageOptions: { globals: globals.audioWorklet },
  },
  { files: ["tests/web/**"], languageOptions: { globals: globals.node } },
];
