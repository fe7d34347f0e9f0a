import { parseArgs } from "node:util";
import { type WorkloadName, workloadNames } from "../networks/workloads.ts";
import { type Mode, modes } from "./setting.ts";

export const usage = `npm run bench -- onednn [options]

Times training steps and inference of four networks, and the same in PyTorch, in turn in one sitting.
SPECTRAI_PEER_PYTHON names a Python that has PyTorch; without it only our own figures are printed.

  --workload a,b       ${workloadNames.join(", ")} (default: all)
  --mode a,b           train and infer in f32, bf16 a training step in bf16 (default: all)
  --threads n          on either side (default: 2)
  --repeat n           timed steps, of which the median counts (default: 7)
  --backend name       what is timed (default: onednn)
  --against name       a backend in place of PyTorch, such as wasm
  --profile            time by kernel of our side alone
  --json               one JSON object a line
`;

export interface OnednnOptions {
  readonly workloads: readonly WorkloadName[];
  readonly modes: readonly Mode[];
  readonly threads: number;
  readonly repeat: number;
  readonly backend: string;
  /** Absent = PyTorch. */
  readonly against: string | undefined;
  readonly profile: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** The names of a list that are among the known ones; all of them where there is no list. */
export function choose<T extends string>(what: string, known: readonly T[], list: string | undefined): readonly T[] {
  if (list === undefined) return known;
  return list.split(",").map((word) => {
    const found = known.find((name) => name === word.trim());
    if (found === undefined)
      throw new Error(
        `There is no ${what} "${word.trim()}"; there are ${known.slice(0, -1).join(", ")} and ${known.at(-1)}.`,
      );
    return found;
  });
}

export function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`--${name} is a whole number of at least 1, not "${text}".`);
  return value;
}

/** @throws Error with one sentence about what cannot be understood */
export function parseOnednn(args: readonly string[]): OnednnOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      workload: { type: "string" },
      mode: { type: "string" },
      threads: { type: "string", default: "2" },
      repeat: { type: "string", default: "7" },
      backend: { type: "string", default: "onednn" },
      against: { type: "string" },
      profile: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const { backend, against, profile, json, help } = values;
  return {
    workloads: choose("workload", workloadNames, values.workload),
    modes: choose("mode", modes, values.mode),
    threads: count("threads", values.threads),
    repeat: count("repeat", values.repeat),
    backend,
    against,
    profile,
    json,
    help,
  };
}
