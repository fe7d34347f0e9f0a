/** After `changeset version`: the version a plugin states in its source is that of its package.json. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./setup.mjs";

for (const folder of readdirSync(join(root, "packages"))) {
  const path = join(root, "packages", folder);
  const { version } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  for (const [file, pattern] of [
    ["src/index.ts", /(definePlugin\(\{[\s\S]*?version: ")[^"]+/],
    ["src/version.ts", /(Version = ")[^"]+/],
  ]) {
    const source = join(path, file);
    if (existsSync(source)) writeFileSync(source, readFileSync(source, "utf8").replace(pattern, `$1${version}`));
  }
}
