import * as tf from "@tensorflow/tfjs-core";
import { describe } from "vitest";
import type { WebGpu } from "../../src/backend.ts";
import { webgpuBackend } from "../../src/index.ts";

export const backendOf = (options: { readonly cache?: number } = {}) =>
  webgpuBackend.create({ power: "high-performance", cache: 1024, ...options }, {});

const probe = await (await backendOf()).probe();
if (!probe.available) console.info(`tests of the webgpu backend are left out: ${probe.reason}`);

/** As `describe`, where there is an adapter, be it a software one. */
export const describeWebGpu = describe.skipIf(!probe.available);

export const webgpu = (): WebGpu => tf.backend() as WebGpu;
