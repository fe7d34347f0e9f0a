import type { Loss } from "../contracts/loss.ts";
import type { OutputSpec } from "../contracts/model.ts";
import { createComponent, type ResolvedRef } from "../options.ts";
import type { Services } from "../services.ts";
import type { Part } from "./batches.ts";

/** The config's loss, fitted to a training part where it depends on one. */
export async function createLoss(
  ref: ResolvedRef<"loss">,
  services: Services,
  training: Part,
  output: OutputSpec,
): Promise<Loss> {
  const loss = await createComponent(ref, services);
  return loss.forTraining?.({ classCounts: await countClasses(training, output) }) ?? loss;
}

/** How many samples, or pixels, of a part each class has. Labels that name no class are not counted. */
export async function countClasses(part: Part, output: OutputSpec): Promise<number[]> {
  if (output.kind !== "class" && output.kind !== "mask") return [];
  const counts = Array.from({ length: output.classes }, () => 0);
  const count = (label: number, ignored?: number): void => {
    if (label !== ignored && label >= 0 && label < counts.length) counts[label]!++;
  };
  for (let i = 0; i < part.size; i++) {
    const { target } = await part.read(i);
    if (target.kind === "class") count(target.value);
    if (target.kind === "mask") for (const label of target.value.data) count(label, target.value.ignored);
  }
  return counts;
}
