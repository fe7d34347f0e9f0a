/** Writes packages/core/src/directory-table.ts: which package provides which component. Run after adding one. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./setup.mjs";

const entries = [];
for (const folder of readdirSync(join(root, "packages")).sort()) {
  const manifest = JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8"));
  if (!manifest.keywords?.includes("spectrai-plugin")) continue;
  const { default: plugin } = await import(pathToFileURL(join(root, "packages", folder, "dist", "index.js")).href);
  for (const { kind, name } of plugin?.components ?? []) entries.push([`${kind}/${name}`, manifest.name]);
}
const lines = entries
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([key, name]) => `  ${JSON.stringify(key)}: ${JSON.stringify(name)},`);
writeFileSync(
  join(root, "packages", "core", "src", "directory-table.ts"),
  `/** Written by \`node scripts/directory.mjs\`. */\nconst table: Readonly<Record<string, string>> = {\n${lines.join("\n")}\n};\nexport default table;\n`,
);
process.stderr.write(`${lines.length} components\n`);
