import { execFile } from "node:child_process";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { at, fences, root } from "./support/fences.ts";
import { userFolder } from "./support/folder.ts";

it("the code of the pages compiles, and so does the example plugin, as strictly as the packages", async () => {
  const folder = userFolder({ "package.json": '{ "type": "module" }' });
  const blocks = fences.filter((f) => f.language === "ts" && f.generated === undefined);
  expect(blocks.length).toBeGreaterThan(5);
  const names = new Map<string, string>();
  for (const [i, fence] of blocks.entries()) {
    names.set(`block-${i}.ts`, at(fence));
    writeFileSync(join(folder, `block-${i}.ts`), `${fence.code}\n`);
  }
  cpSync(join(root, "examples", "plugin-spectral-mlp"), join(folder, "plugin"), {
    recursive: true,
    filter: (path) => !path.includes("node_modules") && !path.endsWith("dist"),
  });
  const tsconfig = {
    extends: join(root, "tsconfig.test.json"),
    compilerOptions: { types: ["node"], typeRoots: [join(root, "node_modules", "@types")] },
    include: ["*.ts", "plugin/**/*.ts"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
  const output = await promisify(execFile)(join(root, "node_modules", ".bin", "tsc"), ["-p", folder], { cwd: folder })
    .then(({ stdout }) => stdout)
    .catch((e: { stdout: string }) => e.stdout);
  expect(output.replace(/block-\d+\.ts/g, (name) => `${name} (${names.get(name)})`)).toBe("");
}, 60_000);
