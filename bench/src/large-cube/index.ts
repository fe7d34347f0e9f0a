import { parseLargeCube, usage } from "./options.ts";
import { measureLargeCube } from "./steps.ts";
import { largeCubeTable, sharesOf, withinLimits } from "./table.ts";

export { agreement } from "./agreement.ts";
export { parseLargeCube } from "./options.ts";
export { makeScene, sceneFiles } from "./scene.ts";
export type { LargeCubeFigures } from "./steps.ts";
export { largeCubeTable, sharesOf, withinLimits };

/** Runs the benchmark and prints what it measured. @returns the exit status */
export async function largeCube(args: readonly string[]): Promise<number> {
  const options = parseLargeCube(args);
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const figures = await measureLargeCube(options, (line) => process.stderr.write(`${line}\n`));
  process.stdout.write(
    options.json ? `${JSON.stringify({ ...figures, shares: sharesOf(figures) })}\n` : `${largeCubeTable(figures)}\n`,
  );
  return options.check && !withinLimits(figures) ? 1 : 0;
}
