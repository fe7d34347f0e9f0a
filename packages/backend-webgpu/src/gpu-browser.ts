import type { FoundGpu } from "./gpu.ts";

/** The browser's own WebGPU. An adapter cannot be named here: a page is shown one at most. */
export function findGpu(): Promise<FoundGpu> {
  if ("gpu" in navigator && navigator.gpu) return Promise.resolve({ gpu: navigator.gpu });
  const reason = isSecureContext
    ? "this browser has no WebGPU, or has it switched off"
    : "browsers offer WebGPU only to pages from https:// or localhost";
  return Promise.resolve({ reason });
}

/** A page's device ends with the page. */
export const endWithProcess = (): void => undefined;
