/**
 * Writes the generated parts of the pages: what stands between `<!-- generated: NAME -->` and `<!-- end -->` in README.md
 * and docs/*.md. A test fails while a page differs from what this script would write.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import prettier from "prettier";
import { components } from "./pages/components.mjs";
import { configKeys, startKeys, taskDefaults, trainKeys } from "./pages/config.mjs";
import { contract, kinds, packages } from "./pages/contracts.mjs";
import { results } from "./pages/results.mjs";
import { root } from "./setup.mjs";

const fence = { ts: "ts", json: "json", yml: "yaml" };

/** A file of the repository, as it is. */
const file = (path) =>
  `<!-- prettier-ignore -->\n\`\`\`${fence[path.split(".").at(-1)]}\n${readFileSync(join(root, path), "utf8").trimEnd()}\n\`\`\``;

const generators = {
  components,
  "config-keys": configKeys,
  "start-keys": startKeys,
  "train-keys": trainKeys,
  "task-defaults": taskDefaults,
  kinds,
  contract,
  packages,
  results,
  file,
};

/** The pages that have generated parts, from the root. */
export const pages = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)].filter(
  (path) => path.endsWith(".md") && readFileSync(join(root, path), "utf8").includes("<!-- generated: "),
);

/** A page as it should be. */
export async function upToDate(path) {
  let text = readFileSync(join(root, path), "utf8");
  for (const [whole, name, argument] of text.matchAll(/<!-- generated: (\S+)(?: (.+?))? -->[\s\S]*?<!-- end -->/g)) {
    const generate = generators[name];
    if (!generate) throw new Error(`${path}: there is no generator "${name}"`);
    const head = `<!-- generated: ${name}${argument ? ` ${argument}` : ""} -->`;
    const content = await generate(argument);
    text = text.replace(whole, () => `${head}\n\n${content}\n\n<!-- end -->`);
  }
  const options = await prettier.resolveConfig(join(root, path));
  return prettier.format(text, { ...options, parser: "markdown" });
}

if (process.argv[1] === import.meta.filename)
  for (const path of pages) writeFileSync(join(root, path), await upToDate(path));
