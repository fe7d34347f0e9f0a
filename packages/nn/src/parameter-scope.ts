import * as tf from "@tensorflow/tfjs-core";
import { type Parameter, registerGradients, type Rng, sizeOf, SpectraiError } from "@spectrai/core";
import type { Initializer } from "./initializers.ts";

export interface ParameterOptions {
  /** False leaves the parameter out of weight decay: biases, slopes and the scales of norms. */
  readonly decay?: boolean;
}

/**
 * A place in a network's tree of names, where layers make their parameters: what is made in `scope.at("stem", 0)` is
 * called `stem.0.…`.
 */
export interface ParameterScope {
  /** Dotted; empty at the root. */
  readonly path: string;
  /** Everything made under the same root, in the order it was made. */
  readonly parameters: readonly Parameter[];
  /** The scope of a part. */
  at(...names: readonly (string | number)[]): ParameterScope;
  /** A trainable variable. @throws SPECTRAI_INTERNAL where the name is taken. */
  parameter(name: string, shape: readonly number[], first: Initializer, options?: ParameterOptions): tf.Variable;
  /** A variable the optimizer does not touch, such as a running mean. */
  buffer(name: string, shape: readonly number[], first: Initializer): tf.Variable;
  /** Frees every variable made under the root. */
  dispose(): void;
}

/**
 * The root scope of a network. First values depend on the stream and on a parameter's name only, so that adding a layer
 * leaves the others as they were.
 *
 * @param init - what `Architecture.build` receives
 */
export function parameterScope(init: Rng): ParameterScope {
  registerGradients();
  const parameters: Parameter[] = [];
  const names = new Set<string>();

  const make = (
    path: string,
    shape: readonly number[],
    first: Initializer,
    trainable: boolean,
    decay: boolean,
  ): tf.Variable => {
    if (names.has(path))
      throw new SpectraiError(
        "SPECTRAI_INTERNAL",
        `The network has two parameters named "${path}"; give each layer a scope of its own.`,
      );
    const values = first(shape, init.child(path));
    if (values.length !== sizeOf(shape))
      throw new SpectraiError(
        "SPECTRAI_INTERNAL",
        `The initializer of "${path}" made ${values.length} values for the shape [${shape.join(", ")}].`,
      );
    // No name for tfjs: its names are global, and two networks of one process would clash.
    const variable = tf.tidy(() => tf.variable(tf.tensor(values, [...shape], "float32"), trainable));
    names.add(path);
    parameters.push({ name: path, variable, trainable, decay });
    return variable;
  };

  const scope = (path: string): ParameterScope => {
    const full = (name: string): string => (path === "" ? name : `${path}.${name}`);
    return {
      path,
      parameters,
      at: (...parts) => scope(parts.reduce<string>((p, part) => (p === "" ? `${part}` : `${p}.${part}`), path)),
      parameter: (name, shape, first, { decay = true } = {}) => make(full(name), shape, first, true, decay),
      buffer: (name, shape, first) => make(full(name), shape, first, false, false),
      dispose: () => {
        for (const { variable } of parameters) variable.dispose();
      },
    };
  };
  return scope("");
}
