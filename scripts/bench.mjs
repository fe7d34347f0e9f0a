/** `npm run bench -- [names] [--json]`: installs and builds what is out of date, then measures. */
import { build, install, root } from "./setup.mjs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

install();
build();
const { main } = await import(pathToFileURL(join(root, "bench", "dist", "index.js")).href);
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
