import * as words from "../reference-config/words.ts";
import type { TorchValue } from "../torch/values.ts";

/** What a checkpoint of the original software says beside the weights. */
export interface Facts {
  readonly model?: string;
  readonly task?: string;
  /** Options of the model. */
  readonly activation?: string;
  readonly norm?: string;
  readonly points?: number;
}

export function factsOf(about: ReadonlyMap<string, TorchValue>): Facts {
  const model = words.lookUp(words.networks, about.get("architecture"));
  const task = words.lookUp(words.tasks, about.get("task"));
  const activation = words.lookUp(words.activations, about.get("activation"));
  const norm = words.lookUp(words.norms, about.get("normalization") === null ? "None" : about.get("normalization"));
  const points = about.get("spectrum_length");
  return {
    ...(model === undefined ? {} : { model }),
    ...(task === undefined ? {} : { task }),
    ...(activation === undefined ? {} : { activation }),
    ...(norm === undefined ? {} : { norm }),
    ...(typeof points === "number" && Number.isInteger(points) && points > 0 ? { points } : {}),
  };
}
