/**
 * Services by typed token. tsyringe is the engine: values and factories live in one container per scope, and
 * lookup goes up through the parents. What tsyringe lacks is added here: types, duplicate and cycle errors, factories
 * that belong to the scope they were registered in, and asynchronous disposal in reverse order.
 */
import "./reflect.ts";
import { container as root, type DependencyContainer, instanceCachingFactory } from "tsyringe";
import { SpectraiError } from "./errors.ts";

/** A service's name with its type. */
export interface Token<T> {
  readonly name: string;
  readonly symbol: symbol;
  /** Never set: it carries the type. */
  readonly type?: T;
}

/** Services asked for, by the name they are received under. */
export type Deps = Readonly<Record<string, Token<unknown>>>;
export type Resolved<D extends Deps> = { readonly [K in keyof D]: D[K] extends Token<infer T> ? T : never };

/** Name tokens `package/thing`: it is what an error says. */
export const token = <T>(name: string): Token<T> => Object.freeze({ name, symbol: Symbol(name) });

export interface Services {
  /** @throws SPECTRAI_SERVICE_UNKNOWN, SPECTRAI_SERVICE_CYCLE, SPECTRAI_SERVICE_DISPOSED */
  get<T>(wanted: Token<T>): T;
  has(wanted: Token<unknown>): boolean;
  /** Resolves a record of tokens, as a component's `deps`. */
  resolve<D extends Deps>(deps: D): Resolved<D>;
  /** @throws SPECTRAI_SERVICE_DUPLICATE when this scope already provides the token. */
  provide<T>(wanted: Token<T>, value: T, dispose?: (value: T) => void | Promise<void>): void;
  /** Like `provide`, made on first use and once; its deps come from this scope, whoever asks. */
  factory<T, D extends Deps>(
    wanted: Token<T>,
    deps: D,
    create: (deps: Resolved<D>) => T,
    dispose?: (value: T) => void | Promise<void>,
  ): void;
  /** Has something that no token names, such as open files, disposed with this scope. */
  own(dispose: () => void | Promise<void>): void;
  /** A child scope: it sees this one's services and may shadow them; nothing of its own is seen here. */
  scope(name: string): Services;
  /** Disposes child scopes, then what was made here, last made first. All are tried; the first failure is thrown. */
  dispose(): Promise<void>;
}

class Scope implements Services {
  readonly #name: string;
  readonly #container: DependencyContainer;
  readonly #parent: Scope | undefined;
  readonly #children: Scope[] = [];
  readonly #owned = new Set<symbol>();
  readonly #disposals: (() => void | Promise<void>)[] = [];
  /** Tokens being made, over all scopes of one tree: the path of a cycle. */
  readonly #making: string[];
  #disposed = false;

  constructor(name: string, container: DependencyContainer, parent?: Scope) {
    this.#name = name;
    this.#container = container;
    this.#parent = parent;
    this.#making = parent ? parent.#making : [];
  }

  #alive(): void {
    if (this.#disposed)
      throw new SpectraiError("SPECTRAI_SERVICE_DISPOSED", `The scope "${this.#name}" was already disposed.`);
  }

  #claim(wanted: Token<unknown>): void {
    this.#alive();
    if (this.#owned.has(wanted.symbol))
      throw new SpectraiError(
        "SPECTRAI_SERVICE_DUPLICATE",
        `The service ${wanted.name} is already provided in the scope "${this.#name}"; provide it once, or in a child scope.`,
      );
    this.#owned.add(wanted.symbol);
  }

  has(wanted: Token<unknown>): boolean {
    return this.#owned.has(wanted.symbol) || (this.#parent?.has(wanted) ?? false);
  }

  get<T>(wanted: Token<T>): T {
    this.#alive();
    if (!this.has(wanted))
      throw new SpectraiError(
        "SPECTRAI_SERVICE_UNKNOWN",
        `Nothing provides the service ${wanted.name}; add the plugin that does to the config's plugins.`,
      );
    return this.#container.resolve<T>(wanted.symbol);
  }

  resolve<D extends Deps>(deps: D): Resolved<D> {
    return Object.fromEntries(Object.entries(deps).map(([name, wanted]) => [name, this.get(wanted)])) as Resolved<D>;
  }

  provide<T>(wanted: Token<T>, value: T, dispose?: (value: T) => void | Promise<void>): void {
    this.#claim(wanted);
    this.#container.register(wanted.symbol, { useValue: value });
    if (dispose) this.#disposals.push(() => dispose(value));
  }

  factory<T, D extends Deps>(
    wanted: Token<T>,
    deps: D,
    create: (deps: Resolved<D>) => T,
    dispose?: (value: T) => void | Promise<void>,
  ): void {
    this.#claim(wanted);
    const make = (): T => {
      const path = this.#making;
      if (path.includes(wanted.name)) {
        const circle = [...path.slice(path.indexOf(wanted.name)), wanted.name].join(" → ");
        throw new SpectraiError("SPECTRAI_SERVICE_CYCLE", `Services need each other in a circle: ${circle}.`);
      }
      path.push(wanted.name);
      try {
        const value = create(this.resolve(deps));
        if (dispose) this.#disposals.push(() => dispose(value));
        return value;
      } finally {
        path.pop();
      }
    };
    this.#container.register(wanted.symbol, { useFactory: instanceCachingFactory(make) });
  }

  own(dispose: () => void | Promise<void>): void {
    this.#alive();
    this.#disposals.push(dispose);
  }

  scope(name: string): Services {
    this.#alive();
    const child = new Scope(name, this.#container.createChildContainer(), this);
    this.#children.push(child);
    return child;
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    const failures: unknown[] = [];
    for (const child of this.#children.toReversed()) await child.dispose().catch((e: unknown) => failures.push(e));
    this.#disposed = true;
    for (const dispose of this.#disposals.toReversed()) {
      try {
        await dispose();
      } catch (e) {
        failures.push(e);
      }
    }
    await this.#container.dispose();
    if (failures.length > 0) throw failures[0];
  }
}

/** A root scope of its own; nothing is shared between two of them. */
export const createServices = (name = "spectrai"): Services => new Scope(name, root.createChildContainer());
