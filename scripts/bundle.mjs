/**
 * Joins a package's files for Node.js into one for each public path (and each part that is loaded on demand), in the package's
 * folder `bundle`: Node takes about a millisecond for each file, and a training would load 500. Bundlers for browsers find
 * the separate files in `dist`, and leave out those that are not used. Run in a package's folder, or with `--all`.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const packages = join(dirname(dirname(fileURLToPath(import.meta.url))), "packages");

/** The source that Node.js finds at a path of `exports` or `imports`. */
const sourceOf = (target) => (target.node?.["@spectrai/source"] ? target.node : target)["@spectrai/source"];

async function bundle(folder) {
  const { exports = {}, imports = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const sources = [...Object.values(exports), ...Object.values(imports)].map(sourceOf).filter(Boolean);
  const input = Object.fromEntries(
    sources.map((source) => [relative("src", source).replace(/\.ts$/, ""), join(folder, source)]),
  );
  const build = await rolldown({
    input,
    external: (id) => !id.startsWith(".") && !isAbsolute(id),
    platform: "node",
    // Every file is wanted, with what it does when it is loaded.
    treeshake: false,
    tsconfig: false,
  });
  const { output } = await build.generate({ format: "esm", chunkFileNames: "[name]-[hash].js" });
  await build.close();
  write(join(folder, "bundle"), new Map(output.map(({ fileName, code }) => [fileName, code])));
}

/** Writes what has changed, and removes what is no longer there: a command may be reading the rest. */
function write(folder, files) {
  for (const [name, content] of files) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path) || readFileSync(path, "utf8") !== content) writeFileSync(path, content);
  }
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !files.has(relative(folder, path).replaceAll("\\", "/"))) rmSync(path);
  }
}

export const bundleAll = () => Promise.all(readdirSync(packages).map((name) => bundle(join(packages, name))));

if (process.argv[1] === fileURLToPath(import.meta.url))
  await (process.argv.includes("--all") ? bundleAll() : bundle(process.cwd()));
