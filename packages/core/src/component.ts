import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import type { Deps, Resolved, Services } from "./services.ts";
import type { DataKind } from "./contracts/sample.ts";
import type { Recipe, Support } from "./contracts/task.ts";
import type { Kinds } from "./contracts/kinds.ts";

/** Validates and describes itself. zod 4 schemas qualify as they are; first-party ones are `z.strictObject`. */
// oxlint-disable-next-line typescript/no-explicit-any -- the variance of a schema's input and output is the caller's
export type Schema<I = any, O = any> = StandardSchemaV1<I, O> & StandardJSONSchemaV1<I, O>;

/** One thing a plugin provides: its metadata, its option schema and how to make it, in one object. */
// oxlint-disable-next-line typescript/no-explicit-any -- a list of components has deps of every type
export interface Component<K extends keyof Kinds = keyof Kinds, S extends Schema = Schema, D extends Deps = any> {
  readonly kind: K;
  /** kebab-case, the name the config uses; unique within its kind. */
  readonly name: string;
  /** One sentence, for `--help`, docs and Studio. */
  readonly summary: string;
  readonly schema: S;
  /** Tasks and data this component makes sense for; absent = all. */
  readonly supports?: Support;
  /** Paper or other source, for the docs. */
  readonly reference?: string;
  /** Models: how this one is best trained; it takes the place of the task's defaults. */
  readonly recipe?: (task: string, data: DataKind) => Recipe;
  /** Services `create` needs, by the name it receives them under. */
  readonly deps?: D;
  /** Method syntax on purpose: bivariant, so a `Component<"model", S, D>` fits in `Component[]`. */
  create(options: StandardSchemaV1.InferOutput<S>, deps: Resolved<D>): Kinds[K] | Promise<Kinds[K]>;
}

// oxlint-disable-next-line typescript/no-empty-object-type -- no services asked for
export const defineComponent = <K extends keyof Kinds, S extends Schema, D extends Deps = {}>(
  component: Component<K, S, D>,
): Component<K, S, D> => Object.freeze(component);

export interface Plugin {
  /** The npm package name. */
  readonly name: string;
  readonly version: string;
  /** Semver range of core it was written for, checked at load. */
  readonly core: string;
  /** Plugins that must be named in the config too. */
  readonly requires?: readonly string[];
  readonly components: readonly Component[];
  /** Async work that must precede construction. Runs in `requires` order, with a time limit. */
  setup?(services: Services): void | Promise<void>;
}

export const definePlugin = (plugin: Plugin): Plugin => Object.freeze(plugin);
