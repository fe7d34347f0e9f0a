import {
  type Dataset,
  type FileEntry,
  type FileSystem,
  type Formats,
  type Logger,
  type Sample,
  type SampleInfo,
  SpectraiError,
} from "@spectrai/core";
import type { SpectraOptions } from "../spectra.ts";
import { axesDiffer, resolveAxis } from "./axis.ts";
import { groupsOf } from "./groups.ts";
import { listDataFiles, pairFiles } from "./listing.ts";
import { filePool } from "./pool.ts";
import { describeSpectra, matrixCache, readSpectrum, type RowOptions, type SpectraFile } from "./rows.ts";
import { spectraTarget, type TargetFile } from "./spectra-target.ts";

export interface Deps {
  readonly files: FileSystem;
  readonly formats: Formats;
  readonly logger: Logger;
}

/** With more files than this only the first is opened at the start, and every file is taken to hold as many spectra. */
const mostLookedAt = 4096;

export async function openSpectra(options: SpectraOptions, deps: Deps): Promise<Dataset> {
  const pool = filePool(deps.files, deps.formats);
  try {
    return await open(options, deps, pool);
  } catch (e) {
    await pool.dispose();
    throw e;
  }
}

async function open(options: SpectraOptions, deps: Deps, pool: ReturnType<typeof filePool>): Promise<Dataset> {
  const cache = matrixCache();
  const describe = (path: string, o: RowOptions): Promise<SpectraFile> => describeSpectra(pool, cache, path, o);
  const inputs = await listDataFiles(deps.files, deps.formats, options.input);
  const spectra = await describeAll(
    inputs,
    { variable: options.variable, orientation: options.orientation, option: "variable", length: undefined },
    describe,
  );
  const first = spectra[0]!;
  const axis = await resolveAxis(options.axis, first.length, first.path, pool, deps.logger);
  if (!options.axis) spectra.forEach((f) => checkSameAxis(first, f));

  let targets: TargetFile | undefined;
  if (options.target !== undefined || options.targetVariable !== undefined) {
    const found = options.target === undefined ? inputs : await listDataFiles(deps.files, deps.formats, options.target);
    const { pairs, unused } = pairFiles(inputs, found, options.target ?? options.input);
    if (unused.length > 0)
      deps.logger.warn(
        `${unused.length} target files have no input and are not used: ${unused
          .slice(0, 3)
          .map((f) => f.path)
          .join(", ")}${unused.length > 3 ? ", …" : ""}.`,
      );
    const paired = await describeAll(
      pairs,
      {
        variable: options.targetVariable,
        orientation: options.orientation,
        option: "targetVariable",
        length: pairs.length === 1 ? undefined : first.length,
      },
      describe,
    );
    spectra.forEach((input, i) => checkRows(input, paired[i]!));
    const own = paired[0]!;
    const same = own.length === first.length && (!own.axis || !axesDiffer(own.axis, axis));
    const targetAxis =
      !options.targetAxis && same
        ? axis
        : await resolveAxis(options.targetAxis, own.length, own.path, pool, deps.logger);
    targets = { files: paired, axis: targetAxis };
  }

  const index = spectra.flatMap((file, f) => Array.from({ length: file.rows }, (_, row) => ({ file: f, row })));
  const target = await spectraTarget(options, { pool, inputs, spectra, index, targets });
  const groups = await groupsOf(options, { pool, inputs, spectra, index, byClass: target.classFrom === "file" });
  const samples: SampleInfo[] = index.map(({ file, row }, i) => {
    const { relative } = inputs[file]!;
    const id = spectra[file]!.rows > 1 ? `${relative}#${row}` : relative;
    const k = target.classOf?.[i];
    return { id, group: groups?.[i] ?? id, ...(k === undefined ? {} : { class: k }) };
  });

  return {
    spec: { data: "spectrum", shape: [first.length], axis, target: target.spec },
    samples,
    source: [options.input, options.target, options.table].filter((s) => s !== undefined).join(", "),
    async read(i): Promise<Sample> {
      const info = samples[i];
      const place = index[i];
      if (!info || !place)
        throw new SpectraiError("SPECTRAI_INTERNAL", `There is no sample ${i} of ${samples.length}.`);
      const input = await readSpectrum(spectra[place.file]!, place.row, axis);
      return { ...info, input, target: await target.read(i, place) };
    },
    async dispose() {
      cache.clear();
      await pool.dispose();
    },
  };
}

/** @throws SPECTRAI_DATA_LENGTH when files differ in the number of points */
async function describeAll(
  entries: readonly FileEntry[],
  options: RowOptions,
  describe: (path: string, o: RowOptions) => Promise<SpectraFile>,
): Promise<SpectraFile[]> {
  const first = await describe(entries[0]!.path, options);
  const rest = { ...options, length: options.length ?? first.length };
  const files = [first];
  const all = entries.length <= mostLookedAt;
  for (const { path } of entries.slice(1)) {
    const file = all ? await describe(path, rest) : later(path, first, () => describe(path, rest));
    checkLength(first, file);
    files.push(file);
  }
  return files;
}

/** A file that is taken to be like the first, and looked at when it is read. */
function later(path: string, first: SpectraFile, describe: () => Promise<SpectraFile>): SpectraFile {
  return {
    path,
    variable: first.variable,
    rows: first.rows,
    length: first.length,
    row: async (i) => {
      const file = await describe();
      checkLength(first, file);
      checkSameAxis(first, file);
      checkRows(first, file);
      return file.row(i);
    },
  };
}

function checkLength(a: SpectraFile, b: SpectraFile): void {
  if (a.length !== b.length)
    throw new SpectraiError(
      "SPECTRAI_DATA_LENGTH",
      `${a.path} has spectra of ${a.length} points, ${b.path} of ${b.length}. All must have one length: crop or resample them to one axis, or remove the file.`,
      {
        details: { file: b.path, length: b.length, other: a.path, otherLength: a.length },
      },
    );
}

function checkSameAxis(a: SpectraFile, b: SpectraFile): void {
  if (a.axis && b.axis && axesDiffer(a.axis, b.axis))
    throw new SpectraiError(
      "SPECTRAI_DATA_AXIS",
      `${a.path} and ${b.path} have different spectral axes. Resample them to one axis, or set the option axis if the difference does not matter.`,
      {
        details: { file: b.path, other: a.path },
      },
    );
}

function checkRows(a: SpectraFile, b: SpectraFile): void {
  if (a.rows !== b.rows)
    throw new SpectraiError(
      "SPECTRAI_DATA_LENGTH",
      `${a.path} has ${a.rows} spectra, ${b.path} has ${b.rows}. There must be as many in both.`,
      { details: { file: b.path, rows: b.rows, other: a.path, otherRows: a.rows } },
    );
}
