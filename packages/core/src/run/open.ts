import type { Dataset } from "../contracts/dataset.ts";
import { makeAxis } from "../axes.ts";
import type { Task } from "../contracts/task.ts";
import { SpectraiError } from "../errors.ts";
import type { ModelCard } from "../model-file.ts";
import { createComponent, resolveRef } from "../options.ts";
import { services as tokens } from "../tokens.ts";
import { readStart, type Start, startOfCard } from "../transfer/read-start.ts";
import { completeConfig, type GivenConfig, resolveData, resolveDegrade, type RunConfig } from "./config.ts";
import { openDataset } from "./data.ts";
import { degradedDataset } from "./degrade.ts";
import { describeResampling, needsResampling, onModelAxis } from "./on-axis.ts";
import type { Workbench } from "./workbench.ts";

export interface OpenRun {
  readonly task: Task;
  /** On the axis of the model that the run starts from, or that is evaluated. */
  readonly dataset: Dataset;
  readonly config: RunConfig;
  /** The trained model that the run starts from, where the config names one. */
  readonly start?: Start;
  /** How spectra are brought to that model's axis; absent where they are on it. */
  readonly resampled?: string;
}

/**
 * The task, the opened data set, and with both the config completed: how every command begins.
 *
 * @param known - the model that is evaluated, or the checkpoint of a run that is resumed: what there is to know of the model
 * that it started from is taken from there, and no other file is read
 */
export async function openRun(bench: Workbench, given: GivenConfig, known?: ModelCard): Promise<OpenRun> {
  const { registry, services, logger } = bench;
  const name = given.raw.task;
  const task = await createComponent(resolveRef(registry, "task", { name, options: {} }, "task"), services);
  const data = resolveData(given, registry);
  let degrade: RunConfig["degrade"] = [];
  const opened = await openDataset(
    bench,
    data,
    async (dataset) => {
      degrade = resolveDegrade(given, registry, task, dataset);
      return degrade.length > 0 ? degradedDataset(dataset, degrade, services, given.raw.seed) : dataset;
    },
    { name, task },
  );
  const section = given.raw.start;
  const start =
    section && (known ? startOfCard(section.from, known) : await readStart(services.get(tokens.files), section));
  const model = known ?? (section?.resample ? start?.card : undefined);
  const moved = model ? onAxisOf(opened, model, start?.name ?? "The model") : { dataset: opened };
  if (moved.resampled !== undefined) logger.warn(`The spectra are ${moved.resampled}.`);
  const config = await completeConfig(given, registry, task, moved.dataset, { data, degrade }, logger, start);
  return { task, config, ...moved, ...(start ? { start } : {}) };
}

/** @throws SPECTRAI_MODEL_MISMATCH for a model of spectra where there are cubes, or the other way round */
function onAxisOf(dataset: Dataset, card: ModelCard, name: string): { dataset: Dataset; resampled?: string } {
  const { data } = card.model.spec;
  if (data !== dataset.spec.data)
    throw new SpectraiError(
      "SPECTRAI_MODEL_MISMATCH",
      `${name} is for ${data === "cube" ? "cubes" : "spectra"}, but ${dataset.source} holds ${data === "cube" ? "spectra" : "cubes"}.`,
    );
  const axis = makeAxis(Float64Array.from(card.inputAxis.values), card.inputAxis.unit, card.inputAxis.name);
  const from = dataset.spec.axis;
  if (!needsResampling(from, axis)) return { dataset };
  return { dataset: onModelAxis(dataset, axis), resampled: describeResampling(from, axis) };
}
