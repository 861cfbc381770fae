// What scripts and styles use that the oldest browsers we promise do not have, as JSON: {file: [{line, rule, message}]}.
// Syntax, built-ins and regular expressions are eslint-plugin-es-x's, globals eslint-plugin-compat's, CSS doiuse's; the
// members of the browser's own objects (element.replaceChildren …), which none of them knows, are looked up in MDN's data.
// Arguments are files; one with es5: in front has to be a script that any browser of fifteen years can read.
"use strict";

const { readFileSync } = require("node:fs");
const { ESLint } = require("eslint");
const compat = require("eslint-plugin-compat");
const esX = require("eslint-plugin-es-x");
const doiuse = require("doiuse");
const postcss = require("postcss");
const mdn = require("@mdn/browser-compat-data");

const FLOOR = { chrome: 80, safari: 14, safari_ios: 14 };
const QUERY = ["chrome 80", "safari 14", "ios_saf 14.0-14.4"];

// Whether one entry of MDN's data holds for the whole floor.
const supported = ({ support }) =>
  Object.entries(FLOOR).every(([browser, oldest]) =>
    [].concat(support[browser]).some(({ version_added: since, flags, prefix, alternative_name: other }) =>
      !flags && !prefix && !other && since && since !== "preview" && parseFloat(String(since).replace("≤", "")) <= oldest));

// Members by name: an interface of the floor that has it makes the name good, since a script does not tell which it means.
const members = new Map();
const gather = (tree) => {
  for (const [owner, entries] of Object.entries(tree)) {
    for (const [name, entry] of Object.entries(entries)) {
      if (!entry.__compat || !/^[a-z]\w+$/i.test(name)) continue;
      const plain = name.replace(/_(?:static|event)$/, "");
      if (!members.has(plain)) members.set(plain, { owners: [], good: false });
      members.get(plain).owners.push(owner);
      members.get(plain).good ||= supported(entry.__compat);
    }
  }
};
gather(mdn.api);
gather(mdn.javascript.builtins);

const known = {
  meta: { type: "problem", schema: [] },
  create(context) {
    const own = new Set(), asked = [];
    const define = ({ key, computed }) => { if (!computed && key.type === "Identifier") own.add(key.name); };
    const ours = new Set(["window", "document", "navigator", "crypto", "history", "location", "performance", "globalThis"]);
    return {
      MemberExpression(node) {
        if (node.computed || node.property.type !== "Identifier") return;
        const called = node.parent.type === "CallExpression" && node.parent.callee === node;
        if (called || ours.has(node.object.name)) asked.push(node.property);
      },
      // What a script calls by a name that it gave itself is its own.
      MethodDefinition: define,
      Property: define,
      "AssignmentExpression > MemberExpression.left"({ property, computed }) { define({ key: property, computed }); },
      "Program:exit"() {
        for (const node of asked) {
          const found = members.get(node.name);
          if (!found || found.good || own.has(node.name)) continue;
          context.report({ node, message: `${node.name} (${found.owners.slice(0, 3).join(", ")}) is younger than the floor` });
        }
      },
    };
  },
};

// Helpers of iterators are called like an array's methods: told apart by type only.
const younger = Object.fromEntries(Object.entries(esX.configs["flat/restrict-to-es2020"].rules).map(([name, level]) =>
  [name, name.includes("iterator-prototype") ? ["error", { aggressive: false }] : level]));
const config = [{
  languageOptions: { ecmaVersion: "latest", sourceType: "script" },
  linterOptions: { noInlineConfig: true },
  plugins: { "es-x": esX, compat, floor: { rules: { known } } },
  settings: { browsers: QUERY, "es-x": { aggressive: true } },
  rules: {
    ...younger,
    "es-x/no-regexp-lookbehind-assertions": "error",
    "es-x/no-export-ns-from": "error",
    "es-x/no-numeric-separators": "off", // ES2021, but in Chromium 75 and Safari 13
    "compat/compat": "error",
    "floor/known": "error",
  },
}];

const scripts = async (files, overrideConfig) => {
  const linter = new ESLint({ overrideConfigFile: true, overrideConfig, ignore: false, cwd: "/" });
  const found = {};
  for (const file of files) {
    const [{ messages }] = await linter.lintText(readFileSync(file, "utf8"), { filePath: "/script.js" });
    found[file] = messages.map(({ line, ruleId, message }) => ({ line, rule: ruleId ?? "syntax", message }));
  }
  return found;
};

const styles = async (files) => {
  const found = {};
  for (const file of files) {
    found[file] = [];
    const tell = ({ usage, feature, message }) => found[file].push({ line: usage.source.start.line, rule: feature, message: message.replace(/^.*?: /, "").split("\n")[0] });
    await postcss([doiuse({ browsers: QUERY, onFeatureUsage: tell })]).process(readFileSync(file, "utf8"), { from: file });
  }
  return found;
};

const ancient = [{ languageOptions: { ecmaVersion: 5, sourceType: "script" }, linterOptions: { noInlineConfig: true } }];

(async () => {
  const files = process.argv.slice(2);
  const oldest = files.filter((each) => each.startsWith("es5:")).map((each) => each.slice(4));
  const plain = files.filter((each) => each.endsWith(".js") && !each.startsWith("es5:"));
  const sheets = files.filter((each) => each.endsWith(".css"));
  console.log(JSON.stringify({ ...await scripts(plain, config), ...await scripts(oldest, ancient), ...await styles(sheets) }));
})();
