import type { Figure } from "./figure.ts";
import { runNode } from "./child.ts";
import { cli } from "./paths.ts";

const REPETITIONS = 15;

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Wall-clock time of `spectrai --help`, from the start of the process to its end. */
export async function startup(): Promise<Figure[]> {
  const help: number[] = [];
  const bare: number[] = [];
  for (let i = 0; i <= REPETITIONS; i++) {
    const run = await runNode([cli, "--help"]);
    if (run.status !== 0 || !run.stdout.includes("Usage"))
      throw new Error(`spectrai --help failed with status ${run.status}: ${run.stderr}`);
    const empty = await runNode(["--eval", "0"]);
    if (i === 0) continue; // fills the disk cache
    help.push(run.seconds * 1000);
    bare.push(empty.seconds * 1000);
  }
  return [
    {
      name: "spectrai --help",
      unit: "ms",
      ours: median(help),
      limit: 150,
      reference: 1900,
      method: `median of ${REPETITIONS} processes; Node itself takes ${median(bare).toFixed(0)} ms of it; the reference's figure is its import`,
    },
  ];
}
