import { parseArgs } from "node:util";
import { choose, count } from "../onednn/options.ts";
import { type WorkloadName, workloadNames } from "../networks/workloads.ts";
import { type GpuBackend, gpuBackends, type Precision, precisions } from "./setting.ts";

export const usage = `npm run bench -- gpu [options]

Times training steps of four networks on the graphics card, and the same in PyTorch on the same card, in turn in one sitting.
Exit status: 0 measured, 1 failed, 2 not understood, 3 there is no graphics card that can be used.

  --backend a,b        ${gpuBackends.join(", ")} (default: all that work here)
  --workload a,b       ${workloadNames.join(", ")} (default: all)
  --precision a,b      ${precisions.join(", ")}, those of them that a side has (default: all)
  --repeat n           times that each side takes its turn, of which the median counts (default: 7)
  --python path        a Python that has PyTorch (default: SPECTRAI_PEER_PYTHON, else python3); none = only our own
  --software           an adapter that the processor imitates will do, and PyTorch on the processor
  --small              tiny networks, for trying out
  --json               one JSON object in place of the tables
  --output file        writes the JSON to a file as well
  --pack folder        in place of measuring, makes a folder that runs this on a machine without a network
  --node               with --pack: the folder brings this Node.js along
`;

export interface GpuOptions {
  /** Absent = all that work. */
  readonly backends: readonly GpuBackend[] | undefined;
  readonly workloads: readonly WorkloadName[];
  readonly precisions: readonly Precision[];
  readonly repeat: number;
  /** Absent = no PyTorch. */
  readonly python: string | undefined;
  readonly software: boolean;
  readonly small: boolean;
  readonly json: boolean;
  readonly output: string | undefined;
  readonly pack: string | undefined;
  readonly node: boolean;
  readonly help: boolean;
}

/** @throws Error with one sentence about what cannot be understood */
export function parseGpu(args: readonly string[]): GpuOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      backend: { type: "string" },
      workload: { type: "string" },
      precision: { type: "string" },
      repeat: { type: "string", default: "7" },
      python: { type: "string", default: process.env["SPECTRAI_PEER_PYTHON"] || "python3" },
      software: { type: "boolean", default: false },
      small: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      output: { type: "string" },
      pack: { type: "string" },
      node: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const { python, software, small, json, output, pack, node, help } = values;
  if (node && pack === undefined) throw new Error("--node belongs to --pack.");
  return {
    backends: values.backend === undefined ? undefined : choose("backend", gpuBackends, values.backend),
    workloads: choose("workload", workloadNames, values.workload),
    precisions: choose("precision", precisions, values.precision),
    repeat: count("repeat", values.repeat),
    python: python === "none" ? undefined : python,
    software,
    small,
    json,
    output,
    pack,
    node,
    help,
  };
}
