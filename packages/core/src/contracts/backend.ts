export type Probe =
  { readonly available: true; readonly device: string } | { readonly available: false; readonly reason: string };

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
  capabilities(): BackendCapabilities;
  dispose?(): void | Promise<void>;
}
