// Replaced below by the tsyringe façade; types are final.
export interface Token<T> {
  readonly name: string;
  readonly symbol: symbol;
  /** Never set: carries the type. */
  readonly type?: T;
}
export type Deps = Readonly<Record<string, Token<unknown>>>;
export type Resolved<D extends Deps> = { readonly [K in keyof D]: D[K] extends Token<infer T> ? T : never };
export interface Services {
  get<T>(token: Token<T>): T;
  has(token: Token<unknown>): boolean;
  provide<T>(token: Token<T>, value: T, dispose?: (value: T) => void | Promise<void>): void;
  factory<T, D extends Deps>(token: Token<T>, deps: D, create: (deps: Resolved<D>) => T, dispose?: (value: T) => void | Promise<void>): void;
  /** A child scope: sees this one's services, its own shadow nothing. */
  scope(name: string): Services;
  dispose(): Promise<void>;
}
export const token = <T>(name: string): Token<T> => Object.freeze({ name, symbol: Symbol(name) });
