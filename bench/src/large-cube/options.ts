import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

export const usage = `npm run bench -- large-cube [options]

Writes a simulated scene larger than memory should be, reads training patches from it beside plain reading of the file,
trains a small UNet on it and classifies all of it. Each step is a process of its own, whose peak memory is given.

  --lines n            rows of the scene (default: 2000)
  --samples n          columns (default: 3900)
  --bands n            bands, float32; with these defaults 6.2 GB (default: 200)
  --interleave name    bip, bil or bsq (default: bip)
  --folder path        for the scene, which is used again (default: spectrai-large-cube in the folder for temporary files)
  --patch n            side of the training patches (default: 64)
  --reads n            patches that reading is timed with (default: 256)
  --filters a,b        of the UNet (default: 32,64,64)
  --steps n            training steps of 16 patches (default: 48)
  --memory n           the config's memory, MB (default: 256)
  --tile n             side of the tiles of spectrai apply (default: what it takes itself)
  --json               one JSON object
  --check              exit with 1 if a limit is missed: 1500 MB, 60 % of plain reading
`;

const interleaves = ["bip", "bil", "bsq"] as const;
export type Interleave = (typeof interleaves)[number];

export interface LargeCubeOptions {
  readonly lines: number;
  readonly samples: number;
  readonly bands: number;
  readonly interleave: Interleave;
  readonly folder: string;
  readonly patch: number;
  readonly reads: number;
  readonly filters: readonly number[];
  readonly steps: number;
  readonly memory: number;
  /** Absent = what `spectrai apply` takes itself. */
  readonly tile: number | undefined;
  readonly json: boolean;
  readonly check: boolean;
  readonly help: boolean;
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`--${name} is a whole number of at least 1, not "${text}".`);
  return value;
}

/** @throws Error with one sentence about what cannot be understood */
export function parseLargeCube(args: readonly string[]): LargeCubeOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      lines: { type: "string", default: "2000" },
      samples: { type: "string", default: "3900" },
      bands: { type: "string", default: "200" },
      interleave: { type: "string", default: "bip" },
      folder: { type: "string", default: join(tmpdir(), "spectrai-large-cube") },
      patch: { type: "string", default: "64" },
      reads: { type: "string", default: "256" },
      filters: { type: "string", default: "32,64,64" },
      steps: { type: "string", default: "48" },
      memory: { type: "string", default: "256" },
      tile: { type: "string" },
      json: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const interleave = interleaves.find((name) => name === values.interleave);
  if (!interleave) throw new Error(`--interleave is ${interleaves.join(", ")}, not "${values.interleave}".`);
  return {
    lines: count("lines", values.lines),
    samples: count("samples", values.samples),
    bands: count("bands", values.bands),
    interleave,
    folder: resolve(values.folder),
    patch: count("patch", values.patch),
    reads: count("reads", values.reads),
    filters: values.filters.split(",").map((f) => count("filters", f)),
    steps: count("steps", values.steps),
    memory: count("memory", values.memory),
    tile: values.tile === undefined ? undefined : count("tile", values.tile),
    json: values.json,
    check: values.check,
    help: values.help,
  };
}
