interface HostProcess {
  getBuiltinModule?(name: string): unknown;
  listeners?(event: string): readonly unknown[];
  removeListener?(event: string, listener: unknown): void;
}

/** Node's `process`, undefined in a browser. */
export const hostProcess = (): HostProcess | undefined => (globalThis as { process?: HostProcess }).process;

/** One of Node's built-in modules, without an import that a bundler for the browser would stumble over. */
export const builtin = <T>(name: string): T | undefined => hostProcess()?.getBuiltinModule?.(name) as T | undefined;

/** Processor cores that may be used. */
export const cores = (): number =>
  builtin<{ availableParallelism(): number }>("os")?.availableParallelism() ??
  globalThis.navigator?.hardwareConcurrency ??
  1;
