import * as tf from "@tensorflow/tfjs-core";
import type { OptimizerParameter, OptimizerState } from "../contracts/optimizer.ts";
import { SpectraiError } from "../errors.ts";

/** What an update may look at besides the tensors. */
export interface UpdateContext {
  /** The learning rate of this parameter. */
  readonly rate: number;
  /** The step's number, from 1. */
  readonly step: number;
  /** Whether weight decay applies to this parameter. */
  readonly decay: boolean;
  /** A constant as a tensor. It is made once a step for all parameters and is not the caller's to dispose. */
  readonly constant: (value: number) => tf.Scalar;
}

/** The next value of a parameter and of its slots. Runs inside a tidy, so intermediates need no care. */
export interface Update {
  readonly value: tf.Tensor;
  readonly slots: readonly tf.Tensor[];
}

/** A pure update rule: current value, gradient, slots → next value and slots. */
export type UpdateRule = (
  value: tf.Tensor,
  gradient: tf.Tensor,
  slots: readonly tf.Tensor[],
  context: UpdateContext,
) => Update;

/**
 * The bookkeeping that all element-wise optimizers share: for every parameter one zero-initialised variable a slot
 * name (a moment, a momentum buffer …), updated together with the parameter by a pure rule.
 */
export function elementwise(
  parameters: readonly OptimizerParameter[],
  slotNames: readonly string[],
  rule: UpdateRule,
): OptimizerState {
  // Not trainable, so that nothing that looks for trainable variables takes them for the model's.
  const slots = parameters.map(({ variable }) =>
    slotNames.map(() => tf.tidy(() => tf.variable(tf.zerosLike(variable), false))),
  );
  let steps = 0;

  const update = (gradients: readonly tf.Tensor[], rate: number, constant: (value: number) => tf.Scalar): void => {
    parameters.forEach(({ variable, rateScale, decay }, i) =>
      tf.tidy(() => {
        const own = slots[i]!;
        const next = rule(variable, gradients[i]!, own, { rate: rate * rateScale, step: steps, decay, constant });
        variable.assign(next.value);
        own.forEach((slot, s) => slot.assign(next.slots[s]!));
      }),
    );
  };

  return {
    step(gradients, rate) {
      if (gradients.length !== parameters.length)
        throw new SpectraiError(
          "SPECTRAI_INTERNAL",
          `The optimizer has ${parameters.length} parameters but was given ${gradients.length} gradients.`,
        );
      const constants = new Map<number, tf.Scalar>();
      const constant = (value: number): tf.Scalar => {
        let tensor = constants.get(value);
        if (!tensor) constants.set(value, (tensor = tf.keep(tf.scalar(value, "float32"))));
        return tensor;
      };
      steps++;
      try {
        update(gradients, rate, constant);
      } finally {
        for (const tensor of constants.values()) tensor.dispose();
      }
    },
    tensors: () =>
      Object.fromEntries(
        parameters.flatMap(({ name }, i) => slotNames.map((slot, s) => [`${name}/${slot}`, slots[i]![s]!] as const)),
      ),
    get steps() {
      return steps;
    },
    restore(tensors, done) {
      parameters.forEach(({ name }, i) =>
        slotNames.forEach((slot, s) => assignSaved(slots[i]![s]!, tensors, `${name}/${slot}`)),
      );
      steps = done;
    },
    dispose() {
      for (const own of slots) for (const slot of own) slot.dispose();
    },
  };
}

/**
 * Gives a variable its saved value.
 *
 * @throws SPECTRAI_RESUME_MISMATCH when the value is missing or of another shape.
 */
export function assignSaved(variable: tf.Variable, tensors: Readonly<Record<string, tf.Tensor>>, name: string): void {
  const saved = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
  if (!saved || !tf.util.arraysEqual(saved.shape, variable.shape))
    throw new SpectraiError(
      "SPECTRAI_RESUME_MISMATCH",
      `The saved state ${saved ? `has "${name}" with shape [${saved.shape.join(", ")}] instead of [${variable.shape.join(", ")}]` : `has no "${name}"`}; resume with the config that the run was started with.`,
    );
  variable.assign(saved);
}

/** `gradient + weightDecay · value`: weight decay as an L2 penalty, as all but AdamW have it. */
export const penalized = (
  value: tf.Tensor,
  gradient: tf.Tensor,
  weightDecay: number,
  { decay, constant }: UpdateContext,
): tf.Tensor => (decay && weightDecay > 0 ? tf.add(gradient, tf.mul(value, constant(weightDecay))) : gradient);
