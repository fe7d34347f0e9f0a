/** What is asked of the host. */
export interface GpuRequest {
  /** Part of the adapter's name; absent = the one that the host prefers. */
  readonly adapter?: string | undefined;
}

/** WebGPU's entry, or why there is none. */
export type FoundGpu = { readonly gpu: GPU } | { readonly reason: string };
