// Runs under Node.js, after a line that defines `job`: { bundles: gzipped scripts in base64, spec: Vega-Lite }. Prints the SVG.
import { runInThisContext } from "node:vm";
import { gunzipSync } from "node:zlib";

for (const bundle of job.bundles) {
  runInThisContext(gunzipSync(Buffer.from(bundle, "base64")).toString());
}

// A warning means that the specification says something that would be ignored.
const fail = (...words) => {
  process.stderr.write(words.join(" ") + "\n");
  process.exit(1);
};
const logger = { level: () => logger, error: fail, warn: fail, info: () => logger, debug: () => logger };

const view = new vega.View(vega.parse(vegaLite.compile(job.spec, { logger }).spec), { renderer: "none", logger });
view.toSVG().then((svg) => process.stdout.write(svg + "\n"), (error) => fail(error.message));
