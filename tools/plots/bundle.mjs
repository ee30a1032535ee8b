// Writes the minified bundles of Vega and the notices of everything inside them to src/DiffuSharp/Reports/Assets.
// Run: npm ci && npm run bundle
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const modules = new URL("node_modules/", import.meta.url);
const assets = new URL("../../src/DiffuSharp/Reports/Assets/", import.meta.url);
const bundles = ["vega", "vega-lite", "vega-embed"];
// Used under Node only, by command-line programs and to fetch data: in no bundle.
const unbundled = new Set(["yargs", "commander", "iconv-lite", "node-fetch", "rw"]);

for (const name of bundles) {
  const script = readFileSync(new URL(`${name}/build/${name}.min.js`, modules), "utf8");
  writeFileSync(new URL(`${name}.min.js.gz`, assets), gzipSync(script.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"), { level: 9 }));
}

const packages = new Map();
function collect(name, from = "") {
  const folder = existsSync(new URL(`${from}node_modules/${name}/package.json`, modules)) ? `${from}node_modules/${name}/` : `${name}/`;
  if (packages.has(folder) || unbundled.has(name) || name.startsWith("@types/")) return;
  const { version, license, dependencies = {} } = JSON.parse(readFileSync(new URL(`${folder}package.json`, modules), "utf8"));
  const file = readdirSync(new URL(folder, modules)).find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
  const text = file ? readFileSync(new URL(folder + file, modules), "utf8").replace(/\r/g, "").trim() : `Licence: ${license}`;
  packages.set(folder, { title: `${bundles.includes(name) ? `${name} ${version}` : name} (${license})`, text });
  for (const dependency of Object.keys(dependencies)) collect(dependency, folder);
}
bundles.forEach((name) => collect(name));

// Packages with the same text share it.
const texts = new Map();
for (const { title, text } of packages.values()) texts.set(text, new Set([...(texts.get(text) ?? []), title].sort()));
const notices = [...texts].map(([text, titles]) => `${[...titles].join("\n")}\n\n${text}\n`).sort();
writeFileSync(new URL("THIRD-PARTY-NOTICES.txt", assets), notices.join(`\n${"-".repeat(80)}\n\n`));
