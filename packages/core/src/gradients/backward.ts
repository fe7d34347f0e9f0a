import * as tf from "@tensorflow/tfjs-core";
import { SpectraiError } from "../errors.ts";

/** What tfjs records of one kernel, or of one `tf.customGrad`. */
interface TapeNode {
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, tf.Tensor | undefined>>;
  readonly outputs: readonly tf.Tensor[];
  /** Handles of the tape's own, for `gradient` to use. */
  readonly saved?: readonly tf.Tensor[];
  /** From the outputs' gradients (null = the value does not depend on it) to a function for each input's. */
  readonly gradient?: (dys: readonly (tf.Tensor | null)[]) => Readonly<Record<string, (() => tf.Tensor) | undefined>>;
}

/** The parts of tfjs's engine used here. They are not public: the catalog pins tfjs to one release. */
interface TapeEngine {
  startTape(): void;
  endTape(): void;
  readonly state: {
    activeTape: TapeNode[] | null;
    /** How many gradients are being recorded, one inside another, onto the same tape. */
    readonly gradientDepth: number;
    readonly activeScope: { readonly id: number };
  };
}

function tapeEngine(): TapeEngine {
  const engine = tf.engine() as unknown as TapeEngine;
  if (
    typeof engine.startTape !== "function" ||
    typeof engine.endTape !== "function" ||
    typeof engine.state?.gradientDepth !== "number"
  )
    throw new SpectraiError(
      "SPECTRAI_INTERNAL",
      `@tensorflow/tfjs-core ${tf.version_core} does not record gradients as expected; install the release that @spectrai/core names as its peer dependency.`,
    );
  return engine;
}

/**
 * The value of `f` and its gradients, as `tf.variableGrads` gives them to the last bit, in less memory. tfjs keeps whatever
 * the forward pass saved, and each gradient in between, until the backward pass is over. Here a tensor saved for a
 * kernel's gradient is freed once that gradient is known, and a gradient once it was passed on.
 *
 * Inside `f`, and around this call, gradients may be taken as usual (`tf.grad`). Where an outer gradient is being recorded,
 * saved tensors stay for it. As everywhere in tfjs, second derivatives take an output that a kernel saved for its own
 * gradient, such as that of `tf.exp`, for a constant.
 *
 * Results are new tensors of the surrounding `tf.tidy`, or the caller's to dispose where there is none. If anything throws,
 * nothing is left behind but what `f` kept with `tf.keep`.
 *
 * @param f - computes a scalar, in synchronous operations
 * @param variables - what to differentiate by, whether marked as trainable or not
 * @returns `gradients` in the order of `variables` and of their shapes; zeros where `f` does not depend on a variable
 * @throws SPECTRAI_TENSOR_SHAPE where `f` does not return a scalar; SPECTRAI_TASK_UNSUITABLE where its value depends on none
 *   of the variables; whatever `f` or a gradient function throws
 */
export function valueAndGradients(
  f: () => tf.Scalar,
  variables: readonly tf.Variable[],
): { value: tf.Scalar; gradients: tf.Tensor[] } {
  const engine = tapeEngine();
  const outermost = engine.state.gradientDepth === 0;
  return tf.tidy(() => {
    let tape: readonly TapeNode[] = [];
    try {
      let value: tf.Scalar;
      engine.startTape();
      try {
        tape = engine.state.activeTape!;
        value = tf.tidy(f);
      } finally {
        engine.endTape();
        if (outermost) engine.state.activeTape = null;
      }
      if (!(value instanceof tf.Tensor) || value.rank !== 0)
        throw new SpectraiError(
          "SPECTRAI_TENSOR_SHAPE",
          `Gradients are taken of a scalar, not of ${value instanceof tf.Tensor ? `a tensor of shape [${value.shape.join(", ")}]` : String(value)}.`,
        );
      const gradients = backpropagate(engine, tape, value, variables, outermost);
      // A variable is not the caller's to dispose.
      return { value: value instanceof tf.Variable ? tf.clone(value) : value, gradients };
    } catch (error) {
      if (outermost) discard(tape);
      throw error;
    }
  });
}

/** Walks the tape backwards. With `free`, tensors it saved are freed on the way. */
function backpropagate(
  engine: TapeEngine,
  tape: readonly TapeNode[],
  value: tf.Scalar,
  variables: readonly tf.Variable[],
  free: boolean,
): tf.Tensor[] {
  const dependent = new Set<number>(variables.map((v) => v.id));
  const nodes = tape.filter((node) => {
    const depends = inputsAmong(dependent, node).length > 0;
    if (depends) for (const output of node.outputs) dependent.add(output.id);
    else if (free) disposeAll(node.saved);
    return depends;
  });

  const gradients = new Map<number, tf.Tensor>([[value.id, tf.scalar(1)]]);
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i]!;
    // Whatever uses these outputs comes later on the tape: their gradients are complete.
    const dys = node.outputs.map((output) => gradients.get(output.id) ?? null);
    if (dys.some((dy) => dy !== null)) {
      const names = inputsAmong(dependent, node);
      const dxs = tf.tidy(() => inputGradients(engine, node, names, dys));
      for (const [o, dy] of dys.entries()) {
        gradients.delete(node.outputs[o]!.id);
        dy?.dispose();
      }
      if (free) disposeAll(node.saved);
      for (const [n, name] of names.entries()) add(gradients, node.inputs[name]!.id, dxs[n]!);
    } else if (free) disposeAll(node.saved);
  }

  if (!variables.some((v) => gradients.has(v.id)))
    throw new SpectraiError(
      "SPECTRAI_TASK_UNSUITABLE",
      "The value to be differentiated does not depend on any of the variables; compute it from them with tfjs operations, inside the function.",
    );
  return variables.map((v) => gradients.get(v.id) ?? tf.zerosLike(v));
}

/** The names of the node's inputs that are among these tensors. */
function inputsAmong(ids: ReadonlySet<number>, { inputs }: TapeNode): string[] {
  const names: string[] = [];
  for (const name in inputs) if (inputs[name] && ids.has(inputs[name].id)) names.push(name);
  return names;
}

/** The gradients of the named inputs: new tensors of the current scope, each a handle of its own. */
function inputGradients(
  engine: TapeEngine,
  node: TapeNode,
  names: readonly string[],
  dys: readonly (tf.Tensor | null)[],
): tf.Tensor[] {
  if (!node.gradient) throw new Error(`${node.kernelName} has no gradient`);
  const functions = node.gradient(dys);
  const dxs: tf.Tensor[] = [];
  for (const name of names) {
    const derive = functions[name];
    if (!derive) throw new Error(`${node.kernelName} has no gradient for its input "${name}"`);
    // One tidy is around already; with several inputs, what each leaves over goes at once.
    const dx = names.length > 1 ? tf.tidy(derive) : derive();
    const shape = node.inputs[name]!.shape;
    if (dx.dtype !== "float32" || !tf.util.arraysEqual(dx.shape, shape))
      throw new Error(
        `The gradient of ${node.kernelName} for its input "${name}" must be float32 of shape [${shape.join(", ")}], but is ${dx.dtype} of shape [${dx.shape.join(", ")}]`,
      );
    // A gradient function may hand out a tensor that is not ours to dispose: its dy, a saved one, one from outside.
    const own = dx.scopeId === engine.state.activeScope.id && !dx.kept && !dxs.includes(dx);
    dxs.push(own ? dx : tf.clone(dx));
  }
  return dxs;
}

/** Adds a gradient to what its tensor has already, in tfjs's order of summands, and frees both. */
function add(gradients: Map<number, tf.Tensor>, id: number, dx: tf.Tensor): void {
  const sum = gradients.get(id);
  gradients.set(id, sum ? tf.add(sum, dx) : dx);
  if (sum) tf.dispose([sum, dx]);
}

/**
 * Frees all that a tape saved. Saving is recorded as well: where a `tf.customGrad` failed after it had saved tensors, only
 * that record leads to them. It bears the name of a scope, not of a kernel, and its input is called `x`, where that of a
 * `tf.customGrad` has a number.
 */
function discard(tape: readonly TapeNode[]): void {
  const backend = tf.getBackend();
  for (const node of tape) {
    disposeAll(node.saved);
    if (node.inputs["x"] && !tf.getKernel(node.kernelName, backend)) disposeAll(node.outputs);
  }
}

function disposeAll(tensors: readonly tf.Tensor[] | undefined): void {
  if (tensors) for (const tensor of tensors) tensor.dispose();
}
