export type Probe =
  | {
      readonly available: true;
      readonly device: string;
      /** A graphics adapter that the processor imitates: right, but slow, so `auto` passes it over. */
      readonly software?: boolean;
      /** What the device bounds, by name: bytes a tensor may have, for one. */
      readonly limits?: Readonly<Record<string, number>>;
    }
  | { readonly available: false; readonly reason: string };

export interface BackendCapabilities {
  /** tfjs kernels that are missing here. */
  readonly missingKernels: readonly string[];
  readonly bf16: boolean;
  readonly threads: number;
}

/** Where tensors live and operations run: a tfjs backend behind one contract. */
export interface Backend {
  /** The name it registers under in tfjs. */
  readonly name: string;
  /** Whether it can run here, and on what, or why not. Never throws, allocates nothing lasting. */
  probe(): Promise<Probe>;
  /** Makes it tfjs's current backend. */
  init(): Promise<void>;
  /** As known once `init` is done. */
  capabilities(): BackendCapabilities;
  /** Why the device stopped working while it was in use (unplugged, reset, driver renewed); absent or undefined = it has not. */
  lost?(): string | undefined;
  dispose?(): void | Promise<void>;
}
