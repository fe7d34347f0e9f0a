import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "@spectrai/core";
import { expect, it } from "vitest";

const here = fileURLToPath(new URL(".", import.meta.url));
const packages = join(here, "../..");
const tests = readdirSync(here)
  .filter((name) => /^onnx-.*\.test\.ts$/.test(name) && name !== "onnx-coverage.test.ts")
  .map((name) => readFileSync(join(here, name), "utf8"))
  .join("\n");
const camelCase = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

for (const folder of readdirSync(packages).filter((name) => name.startsWith("models-")))
  it(`every architecture of ${folder} is exported by a test here`, async () => {
    const { default: plugin } = (await import(join(packages, folder, "src/index.ts"))) as { default: Plugin };
    const models = plugin.components.filter((c) => c.kind === "model").map((c) => camelCase(c.name));
    for (const name of models)
      expect(tests, `add ${name} to one of the tests of this folder`).toMatch(
        new RegExp(`import \\{[^}]*\\b${name}\\b[^}]*\\} from "@spectrai/${folder}"`),
      );
  });
