// Compiles assembly/ with AssemblyScript and writes src/kernel-binary.ts. The result is committed, so that building the
// workspace needs no compiler (100 MB); a test compares the recorded hash of the sources. Run: node scripts/build-kernels.mjs
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hashOfSources } from "./kernel-sources.mjs";

const version = "0.28.20";
const root = fileURLToPath(new URL("..", import.meta.url));
const out = mkdtempSync(join(tmpdir(), "kernels-"));
// AssemblyScript is TypeScript to no other tool, so it has a file extension of its own here.
for (const name of readdirSync(join(root, "assembly")))
  copyFileSync(join(root, "assembly", name), join(out, name.replace(/as$/, "ts")));
const common = "-O3 --noAssert --runtime stub --importMemory --noExportMemory --enable simd".split(" ");
// Memory that threads share must be declared so.
const variants = {
  plain: [],
  shared: ["--enable", "threads", "--sharedMemory", "--maximumMemory", "65536"],
};

const lines = [
  "// Made by scripts/build-kernels.mjs from assembly/; do not edit.",
  `export const sourceHash = "${hashOfSources(root)}";`,
];
const asc = process.env.ASC ? [process.env.ASC] : ["npx", "--yes", "-p", `assemblyscript@${version}`, "asc"];
for (const [name, extra] of Object.entries(variants)) {
  const file = join(out, `${name}.wasm`);
  execFileSync(asc[0], [...asc.slice(1), join(out, "index.ts"), "-o", file, ...common, ...extra], {
    stdio: "inherit",
  });
  lines.push(`export const ${name} =`, `  "${readFileSync(file).toString("base64")}";`);
}
writeFileSync(join(root, "src/kernel-binary.ts"), lines.join("\n") + "\n");
rmSync(out, { recursive: true });
