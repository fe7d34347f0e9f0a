import * as tf from "@tensorflow/tfjs-core";
import { describe } from "vitest";
import type { WebGpu } from "../../src/backend.ts";
import { webgpuBackend } from "../../src/index.ts";

export const backendOf = (options: { readonly cache?: number } = {}) =>
  webgpuBackend.create({ power: "high-performance", cache: 1024, ...options }, {});

const probe = await (await backendOf()).probe();

/** Tests that need an adapter, be it a software one. Where there is none they are skipped, and their title says why. */
export function describeWebGpu(title: string, body: () => void): void {
  describe.skipIf(!probe.available)(probe.available ? title : `${title} (skipped: ${probe.reason})`, () => {
    body();
  });
}

export const webgpu = (): WebGpu => tf.backend() as WebGpu;
