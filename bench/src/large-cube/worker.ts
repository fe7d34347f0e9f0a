/** One step of the benchmark in a process of its own: `node worker.js STEP OPTIONS`, whose result is printed as JSON. */
import { agreement } from "./agreement.ts";
import { firstUnseen } from "./config.ts";
import type { LargeCubeOptions } from "./options.ts";
import { readPatches, readPlainly } from "./read.ts";
import { makeScene, sceneFiles } from "./scene.ts";

const [step, text, predicted] = process.argv.slice(2) as [string, string, string | undefined];
const options = JSON.parse(text) as LargeCubeOptions;
const steps: Readonly<Record<string, () => Promise<unknown>>> = {
  scene: () => makeScene(options),
  plain: () => readPlainly(options),
  patches: () => readPatches(options),
  agreement: () => agreement(sceneFiles(options).labels, predicted!, firstUnseen(options)),
};
process.stdout.write(JSON.stringify(await steps[step]!()));
