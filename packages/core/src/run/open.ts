import type { Dataset } from "../contracts/dataset.ts";
import type { Task } from "../contracts/task.ts";
import { createComponent, resolveRef } from "../options.ts";
import { completeConfig, type GivenConfig, resolveData, type RunConfig } from "./config.ts";
import { openDataset } from "./data.ts";
import type { Workbench } from "./workbench.ts";

export interface OpenRun {
  readonly task: Task;
  readonly dataset: Dataset;
  readonly config: RunConfig;
}

/** The task, the opened data set, and with both the config completed: how every command begins. */
export async function openRun(bench: Workbench, given: GivenConfig): Promise<OpenRun> {
  const { registry, services, logger } = bench;
  const name = given.raw.task;
  const task = await createComponent(resolveRef(registry, "task", { name, options: {} }, "task"), services);
  const data = resolveData(given, registry);
  const dataset = await openDataset(bench, data, { name, task });
  return { task, dataset, config: await completeConfig(given, registry, task, dataset.spec, data, logger) };
}
