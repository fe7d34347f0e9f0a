import type { StartConfig } from "../config/start-schema.ts";
import type { Model, Parameter } from "../contracts/model.ts";
import { SpectraiError } from "../errors.ts";
import { isUnder, layerOf, layersInOrder } from "./layers.ts";
import { matchNames } from "./name-pattern.ts";

/** Factor on a parameter's learning rate in a step, counted from 0 over the whole run. */
export type RateScale = (name: string, step: number) => number;

export interface RateQuestion {
  readonly settings: Pick<StartConfig, "rates" | "discriminative" | "warmUp">;
  readonly model: Model;
  /** Parameters that are trained, in the model's order. */
  readonly trained: readonly Parameter[];
  readonly newHead: boolean;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
}

const invalid = (why: string): SpectraiError => new SpectraiError("SPECTRAI_CONFIG_INVALID", why);

/**
 * The product of three factors: that of the parameter's group (`rates`), that of its layer's depth (`discriminative`) and,
 * outside a new head, that of the warm-up.
 *
 * @throws SPECTRAI_CONFIG_INVALID where a setting would have no effect
 */
export function rateScales(q: RateQuestion): RateScale {
  const group = groupFactors(q);
  const depth = depthFactors(q);
  const warmUp = warmUpFactor(q);
  return (name, step) => (group.get(name) ?? 1) * (depth.get(layerOf(name)) ?? 1) * warmUp(name, step);
}

function groupFactors({ settings, model, trained }: RateQuestion): ReadonlyMap<string, number> {
  const factors = new Map<string, number>();
  const names = model.parameters.map((p) => p.name);
  const learning = new Set(trained.map((p) => p.name));
  for (const [i, { match, scale }] of settings.rates.entries()) {
    const found = matchNames(match, names, `start.rates[${i}].match`).filter((n) => learning.has(n) && !factors.has(n));
    if (found.length === 0)
      throw invalid(
        `start.rates[${i}]: every parameter that "${match}" matches is frozen, or has its rate from an entry before; leave the entry out.`,
      );
    for (const name of found) factors.set(name, scale);
  }
  return factors;
}

const bodyLayers = ({ model, trained }: RateQuestion): readonly string[] =>
  layersInOrder(trained.map((p) => p.name).filter((n) => !isUnder(n, model.head ?? [])));

/** The first layer at the given share, the head at 1, in geometric progression between (ULMFiT, arXiv:1801.06146, section 3.2). */
function depthFactors(q: RateQuestion): ReadonlyMap<string, number> {
  const { discriminative } = q.settings;
  if (discriminative === null) return new Map();
  if (q.model.outputs)
    throw invalid(
      "start.discriminative: this network trains several outputs side by side, so its layers have no one order; use start.rates.",
    );
  const layers = bodyLayers(q);
  const hasHead = q.trained.some((p) => isUnder(p.name, q.model.head ?? []));
  const last = hasHead ? layers.length : layers.length - 1;
  if (layers.length === 0 || last === 0)
    throw invalid("start.discriminative has no effect, as only one layer is trained; leave it out.");
  return new Map(layers.map((layer, i) => [layer, discriminative ** (1 - i / last)]));
}

function warmUpFactor(q: RateQuestion): RateScale {
  const { warmUp } = q.settings;
  if (warmUp === null) return () => 1;
  const { epochs, rise, unfreeze } = warmUp;
  if (!q.newHead)
    throw invalid(
      "start.warmUp lets a new head learn first, but the head is kept here; leave it out, or set start.head to new.",
    );
  const layers = bodyLayers(q);
  if (layers.length === 0) throw invalid("start.warmUp has no effect, as all but the head is frozen; leave it out.");
  if (epochs >= q.epochs || epochs + rise > q.epochs)
    throw invalid(
      `start.warmUp takes ${epochs + rise} epochs, but the run has ${q.epochs}; shorten it, raise train.epochs, or freeze what is not to learn.`,
    );
  const place = new Map(layers.map((layer, i) => [layer, i]));
  const steps = rise * q.stepsPerEpoch;
  return (name, step) => {
    const at = place.get(layerOf(name));
    if (at === undefined || isUnder(name, q.model.head ?? [])) return 1;
    const since = step - epochs * q.stepsPerEpoch;
    if (since < 0) return 0;
    if (steps === 0) return 1;
    if (unfreeze === "together") return Math.min(1, (since + 1) / steps);
    return since >= (steps * (layers.length - 1 - at)) / layers.length ? 1 : 0;
  };
}
