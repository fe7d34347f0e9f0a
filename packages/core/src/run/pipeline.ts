import type { Tensor } from "@tensorflow/tfjs-core";
import type { Axis, SpectralArray } from "../axes.ts";
import type { Sample, SampleSpec, Target, TargetSpec } from "../contracts/sample.ts";
import type { Transform } from "../contracts/transform.ts";
import { SpectraiError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { createComponent, refToJson, type ResolvedRef } from "../options.ts";
import type { Services } from "../services.ts";

interface Step {
  readonly name: string;
  readonly transform: Transform;
  state: JsonObject | undefined;
}

/** A transform with what it learned, as it is kept in the model file. */
export interface SavedStep {
  readonly ref: JsonObject;
  readonly state?: JsonObject;
}

/** A batch of tensors and the spectral axis it is on. */
export interface TensorOnAxis {
  readonly x: Tensor;
  readonly axis: Axis;
}

/** The preprocessing of a run: its transforms in order, with what they learned from the training part. */
export class Pipeline {
  readonly #refs: readonly ResolvedRef<"transform">[];
  readonly #steps: readonly Step[];

  private constructor(refs: readonly ResolvedRef<"transform">[], steps: readonly Step[]) {
    this.#refs = refs;
    this.#steps = steps;
  }

  static async create(
    refs: readonly ResolvedRef<"transform">[],
    services: Services,
    states: readonly (JsonObject | undefined)[] = [],
  ): Promise<Pipeline> {
    const steps: Step[] = [];
    for (const [i, ref] of refs.entries())
      steps.push({ name: ref.name, transform: await createComponent(ref, services), state: states[i] });
    return new Pipeline(refs, steps);
  }

  /**
   * Transforms all samples, step by step; where `isTraining` is given, each step first learns from the inputs of those.
   * Samples are replaced in the array, so that two copies of the data are never held.
   */
  applyToAll(samples: Sample[], isTraining?: (index: number) => boolean): void {
    for (const step of this.#steps) {
      if (isTraining && step.transform.fit) step.state = step.transform.fit(inputsOf(samples, isTraining));
      for (let i = 0; i < samples.length; i++) samples[i] = applyStep(step, samples[i]!);
    }
  }

  /** One sample, with what the steps have learned. */
  applyToSample(sample: Sample): Sample {
    return this.#steps.reduce((s, step) => applyStep(step, s), sample);
  }

  /** An input alone, with the array each step was given, for `inverse`. */
  applyToInput(x: SpectralArray): { readonly x: SpectralArray; readonly before: readonly SpectralArray[] } {
    const before: SpectralArray[] = [];
    for (const { transform, state } of this.#steps) {
      before.push(x);
      x = transform.apply(x, state);
    }
    return { x, before };
  }

  /** The name of the first step that moves pixels; undefined where none does. */
  get spatial(): string | undefined {
    return this.#steps.find(({ transform }) => transform.affects === "spatial")?.name;
  }

  /** The axis of what comes out for inputs on an axis. */
  axisAfter(axis: Axis): Axis {
    return this.#steps.reduce((at, { transform }) => transform.axis?.(at) ?? at, axis);
  }

  /**
   * A batch of inputs as tensors, `[N, L]` or `[N, H, W, L]`, with what each step was given: what a file that is to hold the
   * preprocessing is written from. Call it in a `tf.tidy`.
   *
   * @throws SPECTRAI_EXPORT_UNSUPPORTED where a step has no such form
   */
  applyToTensor(x: Tensor, axis: Axis): { readonly x: Tensor; readonly before: readonly TensorOnAxis[] } {
    const before: TensorOnAxis[] = [];
    for (const { name, transform, state } of this.#steps) {
      if (!transform.tensor)
        throw new SpectraiError(
          "SPECTRAI_EXPORT_UNSUPPORTED",
          `The preprocessing step ${name} has no form as tensor operations, so that it cannot be part of an exported file; export without the preprocessing and do it before, or train with another step.`,
          { details: { step: name } },
        );
      before.push({ x, axis });
      x = transform.tensor(x, axis, state);
      axis = transform.axis?.(axis) ?? axis;
    }
    return { x, before };
  }

  /** As {@link Pipeline.inverse}, of a batch of outputs. */
  inverseTensor(output: Tensor, before: readonly TensorOnAxis[]): Tensor {
    for (let i = this.#steps.length - 1; i >= 0; i--) {
      const { transform, state } = this.#steps[i]!;
      output = transform.inverseTensor?.(output, before[i]!.x, before[i]!.axis, state) ?? output;
    }
    return output;
  }

  /** An output on the scale of the input before preprocessing, as far as the steps can be undone. */
  inverse(output: SpectralArray, before: readonly SpectralArray[]): SpectralArray {
    for (let i = this.#steps.length - 1; i >= 0; i--) {
      const { transform, state } = this.#steps[i]!;
      output = transform.inverse?.(output, before[i]!, state) ?? output;
    }
    return output;
  }

  /** What comes out for samples of a data set's spec. Height and width after a spatial step are known from a sample only. */
  spec(spec: SampleSpec, first: Sample): SampleSpec {
    const shape = (known: readonly number[], now: readonly number[]): number[] =>
      now.map((d, i) => (known[i] === 0 ? 0 : d));
    const target: TargetSpec =
      spec.target.kind === "spectral" && first.target.kind === "spectral"
        ? { ...spec.target, shape: shape(spec.target.shape, first.target.value.shape), axis: first.target.value.axis }
        : spec.target;
    return { data: spec.data, shape: shape(spec.shape, first.input.shape), axis: first.input.axis, target };
  }

  save(): SavedStep[] {
    return this.#refs.map((ref, i) => {
      const { state } = this.#steps[i]!;
      return state === undefined ? { ref: refToJson(ref) } : { ref: refToJson(ref), state };
    });
  }
}

function* inputsOf(samples: readonly Sample[], wanted: (index: number) => boolean): Iterable<SpectralArray> {
  for (const [i, sample] of samples.entries()) if (wanted(i)) yield sample.input;
}

function applyStep({ name, transform, state }: Step, sample: Sample): Sample {
  try {
    return {
      ...sample,
      input: transform.apply(sample.input, state),
      target: targetStep(transform, state, sample.target),
    };
  } catch (e) {
    if (e instanceof SpectraiError)
      throw new SpectraiError(e.code, `Sample ${sample.id}, step ${name}: ${e.message}`, {
        cause: e,
        details: { ...e.details, sample: sample.id, step: name },
      });
    throw e;
  }
}

function targetStep(transform: Transform, state: JsonObject | undefined, target: Target): Target {
  if (target.kind === "spectral") return { kind: "spectral", value: transform.apply(target.value, state) };
  if (target.kind === "mask" && transform.affects === "spatial" && transform.applyMask)
    return { kind: "mask", value: transform.applyMask(target.value) };
  return target;
}
