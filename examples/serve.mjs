/** `npm run page:apply`, `npm run page:train`: installs and builds what is not there yet, then serves an example page. */
import { join } from "node:path";
import { bin, build, install, root, run } from "../scripts/setup.mjs";

install();
build();
const [example, ...options] = process.argv.slice(2);
process.exit(run(bin("vite"), [join(root, "examples", example), ...options]) ? 0 : 1);
