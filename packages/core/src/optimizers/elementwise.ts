import * as tf from "@tensorflow/tfjs-core";
import type { OptimizerParameter, OptimizerState } from "../contracts/optimizer.ts";
import { SpectraiError } from "../errors.ts";
import { type FusedKernel, hasKernel } from "../fused-kernels.ts";
import { runInPlace } from "./in-place.ts";

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

/** The same rule as a kernel that changes all parameters and slots in place, for backends that have it. */
export interface FusedUpdate {
  /** Takes the parameters' values, their gradients, then each slot of all parameters, in the order of the slots' names. */
  readonly kernel: FusedKernel;
  /** The kernel's numbers for a parameter, in its order. */
  readonly scalars: (context: Omit<UpdateContext, "constant">) => readonly number[];
  /** The kernel's attributes besides `parameters` and `scalars`. */
  readonly attributes?: Readonly<Record<string, boolean>>;
}

/**
 * The bookkeeping that all element-wise optimizers share: for every parameter one zero-initialised variable a slot
 * name (a moment, a momentum buffer …), updated together with the parameter by a pure rule.
 *
 * @param fused - a kernel for the rule, which gives the same up to rounding
 */
export function elementwise(
  parameters: readonly OptimizerParameter[],
  slotNames: readonly string[],
  rule: UpdateRule,
  fused?: FusedUpdate,
): OptimizerState {
  // Not trainable, so that nothing that looks for trainable variables takes them for the model's.
  const slots = parameters.map(({ variable }) =>
    slotNames.map(() => tf.tidy(() => tf.variable(tf.zerosLike(variable), false))),
  );
  const variables = parameters.map((p) => p.variable);
  const changed = [...variables, ...slotNames.flatMap((_, s) => slots.map((own) => own[s]!))];
  // Threads of a kernel must not meet at a tensor.
  const distinct = new Set(variables).size === variables.length;
  let steps = 0;

  const updateInPlace = (
    { kernel, scalars, attributes }: FusedUpdate,
    gradients: readonly tf.Tensor[],
    rate: number,
  ) => {
    const numbers = parameters.flatMap(({ rateScale, decay }) =>
      scalars({ rate: rate * rateScale, step: steps, decay }),
    );
    const inputs = [...variables, ...gradients, ...changed.slice(variables.length)];
    runInPlace(kernel, inputs, changed, {
      parameters: parameters.length,
      scalars: Float32Array.from(numbers),
      ...attributes,
    });
  };

  const updateEach = (gradients: readonly tf.Tensor[], rate: number, constant: UpdateContext["constant"]): void => {
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
      steps++;
      if (fused && distinct && hasKernel(fused.kernel)) return updateInPlace(fused, gradients, rate);
      const constants = new Map<number, tf.Scalar>();
      const constant = (value: number): tf.Scalar => {
        let tensor = constants.get(value);
        if (!tensor) constants.set(value, (tensor = tf.keep(tf.scalar(value, "float32"))));
        return tensor;
      };
      try {
        updateEach(gradients, rate, constant);
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

/** Weight of the L2 penalty of a parameter. */
export const penaltyOf = (weightDecay: number, { decay }: Pick<UpdateContext, "decay">): number =>
  decay ? weightDecay : 0;

/** `gradient + weightDecay · value`: weight decay as an L2 penalty, as all but AdamW have it. */
export const penalized = (
  value: tf.Tensor,
  gradient: tf.Tensor,
  weightDecay: number,
  context: UpdateContext,
): tf.Tensor => {
  const penalty = penaltyOf(weightDecay, context);
  return penalty > 0 ? tf.add(gradient, tf.mul(value, context.constant(penalty))) : gradient;
};
