/** The script of our children; in a folder made by `--pack`, of the benchmark as well. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { child } from "./child.ts";
import { gpu } from "./index.ts";
import type { ChildSetting } from "./setting.ts";

const script = fileURLToPath(import.meta.url);
const args = process.argv.slice(2);
if (args[0] === "child") await child(JSON.parse(args[1]!) as ChildSetting);
// CUDA needs packages that find their parts around them, which a bundle has not.
process.exitCode = await gpu(args, {
  child: script,
  peer: join(dirname(script), "peer_gpu.py"),
  backends: ["webgpu"],
});
