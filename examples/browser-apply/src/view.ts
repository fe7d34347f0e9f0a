import {
  type Axis,
  chooseVariable,
  type DataFile,
  indexAxis,
  type NdArray,
  readSamples,
  type SpectralArray,
  services as tokens,
} from "@spectrai/core";
import { pickedFiles } from "spectrai-example-common/picked-files.ts";
import type { Run } from "./apply.ts";
import type { Curve, Place, Reply, ShownFile } from "./messages.ts";

/** What is looked at: the inputs and results of a run, of which one file's spectra are held at a time. */
export interface View {
  readonly files: readonly ShownFile[];
  show(place: Place): Promise<Reply>;
}

export async function viewOf(run: Run): Promise<View> {
  const files: ShownFile[] = [];
  for (const { input, samples } of run.applied)
    files.push({ name: input, ...(isCube(run) ? await imageSize(run, input) : { rows: samples, columns: 0 }) });
  let held: { readonly file: number; readonly spectra: Promise<Spectra> } | undefined;
  return {
    files,
    async show(place) {
      if (isCube(run)) return replyOf(run, await pixelOf(run, place));
      if (held?.file !== place.file) held = { file: place.file, spectra: spectraOf(run, place.file) };
      const { inputs, results } = await held.spectra;
      const input = inputs[place.row]!;
      const [count = 0, width = 0] = results?.shape ?? [];
      const output = place.row < count ? results!.data.subarray(place.row * width, (place.row + 1) * width) : undefined;
      return replyOf(run, { input, ...(output ? { output } : {}) });
    },
  };
}

const isCube = ({ loaded }: Run): boolean => loaded.card.model.spec.data === "cube";
const givesSpectra = ({ loaded }: Run): boolean => loaded.card.model.spec.output.kind === "spectral";

interface Pair {
  readonly input: Pick<SpectralArray, "data" | "axis">;
  readonly output?: NdArray["data"];
}

function replyOf({ loaded }: Run, { input, output }: Pair): Reply {
  const curves: Curve[] = [{ name: "Input", x: input.axis.values, y: input.data }];
  const axis = output?.length === loaded.axis.values.length ? loaded.axis : input.axis;
  if (output) curves.push({ name: "Output", x: axis.values, y: output as Float32Array });
  return { kind: "shown", unit: input.axis.unit, curves };
}

interface Spectra {
  readonly inputs: readonly SpectralArray[];
  readonly results?: NdArray;
}

async function spectraOf(run: Run, index: number): Promise<Spectra> {
  const { input } = run.applied[index]!;
  const inputs = await withFile(run, input, (file) => readSamples(file, input, run.loaded, run.options));
  if (!givesSpectra(run)) return { inputs };
  return { inputs, results: await withResult(run, index, (file, name) => file.read(name)) };
}

async function imageSize(run: Run, path: string): Promise<{ rows: number; columns: number }> {
  const { shape } = await withFile(run, path, async (file) =>
    chooseVariable(file, path, run.options.variable, run.loaded),
  );
  return shape.length === 3 ? { rows: shape[0]!, columns: shape[1]! } : { rows: 0, columns: 1 };
}

async function pixelOf(run: Run, { file: index, row, column }: Place): Promise<Pair> {
  const { input: path } = run.applied[index]!;
  const input = await withFile(run, path, async (file) => {
    const { name, shape } = chooseVariable(file, path, run.options.variable, run.loaded);
    const { data } = await file.read(name, regionOf(row, column, shape.at(-1)!));
    return { data: Float64Array.from(data as Float32Array), axis: axisOf(file, shape.at(-1)!, run) };
  });
  if (!givesSpectra(run)) return { input };
  const scale = run.loaded.card.model.spec.scale ?? 1;
  const output = await withResult(run, index, async (file, name, bands) => {
    return (await file.read(name, regionOf(row * scale, column * scale, bands))).data;
  });
  return { input, output };
}

const regionOf = (row: number, column: number, bands: number): [number, number][] => [
  [row, row + 1],
  [column, column + 1],
  [0, bands],
];

const axisOf = (file: DataFile, bands: number, { loaded }: Run): Axis =>
  [file.axis, loaded.inputAxis].find((axis) => axis?.values.length === bands) ?? indexAxis(bands);

/** The array of a result, which was written by one of the formats' writers, is read by its reader. */
async function withResult<T>(
  run: Run,
  index: number,
  use: (file: DataFile, name: string, points: number) => Promise<T>,
): Promise<T> {
  const files = run.output.files();
  const name = run.applied[index]!.output.slice(run.output.location.length + 1);
  const source = await pickedFiles(files).open(name);
  const file = await run.bench.services.get(tokens.formats).open(source);
  try {
    const array = file.variables.find((v) => v.kind === "numeric" && v.name !== "axis")!;
    return await use(file, array.name, array.shape.at(-1)!);
  } finally {
    await file.close();
  }
}

async function withFile<T>({ bench }: Run, path: string, use: (file: DataFile) => Promise<T>): Promise<T> {
  const source = await bench.services.get(tokens.files).open(path);
  const file = await bench.services.get(tokens.formats).open(source);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}
