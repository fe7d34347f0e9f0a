import { type ChildResult, runNode } from "./child.ts";
import type { Figure } from "./figure.ts";
import { cli, denoisingConfig } from "./paths.ts";

const REPETITIONS = 15;
const referenceImport = 1900;

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

interface Start {
  readonly args: readonly string[];
  /** Whether it ended as it should. */
  readonly ended: (run: ChildResult) => boolean;
}

const bare: Start = { args: ["--eval", "0"], ended: ({ status }) => status === 0 };
const help: Start = {
  args: [cli, "--help"],
  ended: ({ status, stdout }) => status === 0 && stdout.includes("Usage"),
};
const training: Start = {
  args: [cli, "train", "--config", denoisingConfig, "--set", "data={name: spectra, input: not-there.npy}"],
  ended: ({ status, stderr }) => status === 1 && stderr.includes("SPECTRAI_FILE_NOT_FOUND"),
};

async function milliseconds({ args, ended }: Start): Promise<number> {
  const run = await runNode(args);
  if (!ended(run)) throw new Error(`${args.join(" ")} ended with status ${run.status}: ${run.stderr}`);
  return run.seconds * 1000;
}

/** Wall-clock time from the start of a process to its end: of `spectrai --help`, and of a training that finds no data. */
export async function startup(): Promise<Figure[]> {
  const times = { bare: [] as number[], help: [] as number[], training: [] as number[] };
  for (let i = 0; i <= REPETITIONS; i++) {
    const each = {
      bare: await milliseconds(bare),
      help: await milliseconds(help),
      training: await milliseconds(training),
    };
    if (i === 0) continue; // fills the disk cache
    for (const name of ["bare", "help", "training"] as const) times[name].push(each[name]);
  }
  const method = `median of ${REPETITIONS} processes, in turn; Node itself takes ${median(times.bare).toFixed(0)} ms of it; the reference's figure is its import`;
  return [
    { name: "spectrai --help", unit: "ms", ours: median(times.help), limit: 150, reference: referenceImport, method },
    {
      name: "spectrai train, up to its data",
      unit: "ms",
      ours: median(times.training),
      limit: 750,
      reference: referenceImport,
      method: `${method}; the plugins are loaded, the config is checked, and the file it names is not there`,
    },
  ];
}
