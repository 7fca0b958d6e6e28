/* The scripts of the pages and their tests. `make lint-js` runs it with ESLint from _build/npm. */
import { createRequire } from "node:module";

// Its recommended rules are installed beside ESLint, not beside this file.
const js = createRequire(process.argv[1])("@eslint/js");

const names = (list) => Object.fromEntries(list.split(" ").map((name) => [name, "readonly"]));
const EVERYWHERE = names("Blob URL fetch setTimeout clearTimeout setInterval clearInterval performance TextDecoder");
const PAGE = {
  ...EVERYWHERE,
  ...names("window document location localStorage confirm createImageBitmap Worker MutationObserver IntersectionObserver"),
};

const rules = {
  ...js.configs.recommended.rules,
  "arrow-body-style": "error",
  "consistent-return": "error",
  "default-case-last": "error",
  eqeqeq: "error",
  "max-len": ["error", { code: 130 }],
  "no-implicit-globals": "error",
  "no-shadow": "error",
  "no-unused-expressions": "error",
  "no-use-before-define": ["error", { functions: false }],
  "no-useless-return": "error",
  "no-var": "error",
  "object-shorthand": "error",
  "prefer-const": "error",
  "prefer-template": "error",
  "require-await": "error",
};

export default [
  { ignores: ["_build/**", "book/_static/vendor/**", "book/_static/made/**", ".venv/**"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["book/_static/*.js"],
    languageOptions: { sourceType: "module", globals: PAGE },
    rules,
  },
  {
    files: ["book/_static/course.js"],
    // Not a module: pages that were opened as files load no modules.
    languageOptions: { sourceType: "script" },
    rules: { "no-implicit-globals": "off" },
  },
  {
    files: ["book/_static/practice-worker.js"],
    languageOptions: { globals: { ...EVERYWHERE, ...names("postMessage"), onmessage: "writable" } },
  },
  {
    files: ["**/*.mjs"],
    languageOptions: { sourceType: "module", globals: { ...EVERYWHERE, ...names("process") } },
    rules,
  },
];
