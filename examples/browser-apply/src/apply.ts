import {
  applyModel,
  type AppliedFile,
  type AxisUnit,
  chooseBackend,
  type InputOptions,
  type LoadedModel,
  loadModel,
  openWorkbench,
  type Workbench,
  withoutCompanions,
} from "@spectrai/core";
import ioFormats from "@spectrai/io-formats";
import { backends } from "spectrai-example-common/backends.ts";
import { timeLeft } from "spectrai-example-common/numbers.ts";
import { entryOf, pickedFiles } from "spectrai-example-common/picked-files.ts";
import { type ResultFolder, resultFolder } from "spectrai-example-common/result-folder.ts";
import type { Reply, Settings } from "./messages.ts";
import type { OpenModel } from "./model.ts";
import { pluginsOf } from "./plugins.ts";

/** A model that was applied: what its results are looked at with. */
export interface Run {
  readonly bench: Workbench;
  readonly loaded: LoadedModel;
  readonly options: InputOptions;
  readonly output: ResultFolder;
  readonly applied: readonly AppliedFile[];
  readonly seconds: number;
}

/** Applies a model as `spectrai apply` does: the same preprocessing, network and writers, by the same function of core. */
export async function apply(
  { name, bytes, card }: OpenModel,
  inputs: readonly File[],
  settings: Settings,
  tell: (reply: Reply) => void,
): Promise<Run> {
  const start = performance.now();
  const note = (text: string): void => tell({ kind: "note", text });
  const bench = await openWorkbench({
    plugins: [backends, ioFormats, ...(await pluginsOf(card))],
    files: pickedFiles(inputs),
    logger: { debug: () => undefined, info: () => undefined, warn: note },
    seed: 0,
  });
  const chosen = await chooseBackend(bench.registry, { name: settings.backend, options: {} }, bench.services);
  tell({ kind: "chosen", text: `Computing on ${chosen.name} (${chosen.device}): ${chosen.why}.` });
  const loaded = await loadModel(bench, bytes, name);
  const options = optionsOf(settings);
  const output = resultFolder();
  const began = performance.now();
  const entries = withoutCompanions(inputs.map(entryOf));
  let at = { done: 0, name: "" };
  const report = (part: number): void => {
    const share = (at.done + part) / entries.length;
    const left = timeLeft((performance.now() - began) / 1000, share);
    tell({ kind: "progress", share, text: [at.name, left].filter(Boolean).join(" · ") });
  };
  const applied = await applyModel(bench, loaded, {
    ...options,
    inputs: entries,
    output,
    extension: settings.extension,
    normalized: false,
    blend: "gaussian",
    tta: "none",
    probabilities: false,
    batchSize: 64,
    spectra: (done, total) => report(done / total),
    progress: (done, _total, file, tile = 0, tiles = 1) => {
      at = { done, name: file };
      report(tile / tiles);
    },
  });
  return { bench, loaded, options, output, applied, seconds: (performance.now() - start) / 1000 };
}

const optionsOf = ({ variable, axis }: Settings): InputOptions => ({
  ...(variable === undefined ? {} : { variable }),
  ...(axis ? { axis: { ...axis, unit: axis.unit as AxisUnit } } : {}),
});
