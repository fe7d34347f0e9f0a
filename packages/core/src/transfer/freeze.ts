import type { StartConfig } from "../config/start-schema.ts";
import type { Parameter } from "../contracts/model.ts";
import { SpectraiError } from "../errors.ts";
import { layerOf } from "./layers.ts";
import { matchNames } from "./name-pattern.ts";

export interface Frozen {
  /** Names of parameters that are not trained. */
  readonly parameters: ReadonlySet<string>;
  /** Names of buffers that stay as they are, with the layers they belong to. */
  readonly buffers: ReadonlySet<string>;
}

/**
 * What the config's `freeze` patterns leave untrained. A buffer (running mean or variance) belongs to them where a pattern
 * matches it, or where every parameter of its layer is frozen; `statistics: updated` lets buffers go on all the same.
 *
 * @throws SPECTRAI_CONFIG_INVALID where a pattern matches nothing, nothing is left to train, or `statistics` has no effect
 */
export function frozenOf(
  { freeze, statistics }: Pick<StartConfig, "freeze" | "statistics">,
  all: readonly Parameter[],
): Frozen {
  const names = all.map((p) => p.name);
  const matched = new Set(freeze.flatMap((pattern, i) => matchNames(pattern, names, `start.freeze[${i}]`)));
  const trainable = all.filter((p) => p.trainable);
  const parameters = new Set(trainable.filter((p) => matched.has(p.name)).map((p) => p.name));
  if (parameters.size === trainable.length)
    throw new SpectraiError(
      "SPECTRAI_CONFIG_INVALID",
      "start.freeze covers every parameter, so nothing is left to train; freeze fewer, or score the model with spectrai evaluate.",
    );
  const touched = new Set([...parameters].map(layerOf));
  const learning = new Set(trainable.filter((p) => !parameters.has(p.name)).map((p) => layerOf(p.name)));
  const wholeLayer = (layer: string): boolean => touched.has(layer) && !learning.has(layer);
  const buffers = new Set(
    all.filter((p) => !p.trainable && (matched.has(p.name) || wholeLayer(layerOf(p.name)))).map((p) => p.name),
  );
  if (statistics === "frozen") return { parameters, buffers };
  if (buffers.size === 0)
    throw new SpectraiError(
      "SPECTRAI_CONFIG_INVALID",
      "start.statistics: updated has no effect, as no frozen layer has running statistics; leave it out, or freeze layers with batch norm.",
    );
  return { parameters, buffers: new Set() };
}
