import { webgpuBackend } from "@spectrai/backend-webgpu";
import type { Component } from "@spectrai/core";
import cube from "@spectrai/models-cube";
import denoiser from "@spectrai/models-denoiser";
import densenetPlugin from "@spectrai/models-densenet";
import efficientnetPlugin from "@spectrai/models-efficientnet";
import rcanPlugin from "@spectrai/models-rcan";
import resnetPlugin from "@spectrai/models-resnet";
import segnetPlugin from "@spectrai/models-segnet";
import spectral from "@spectrai/models-spectral";
import unetPlugin from "@spectrai/models-unet";
import { describe, expect, test } from "vitest";
import { caseKinds, compareBackend, evaluateReference, parityBounds, parityCases } from "../src/index.ts";

const models = [
  cube,
  denoiser,
  densenetPlugin,
  efficientnetPlugin,
  rcanPlugin,
  resnetPlugin,
  segnetPlugin,
  spectral,
  unetPlugin,
]
  .flatMap((plugin) => plugin.components)
  .filter((c): c is Component<"model"> => c.kind === "model");
const backend = await webgpuBackend.create({ power: "high-performance", cache: 256 }, {});
const probe = await backend.probe();

// `doctor --parity` is tested on wasm and onednn by the command's tests; operations on WebGPU by its conformance test.
const title = "layers, losses, models and steps of training on WebGPU are those of cpu";
describe(probe.available ? title : `${title} (skipped: ${probe.reason})`, () => {
  const kinds = caseKinds.filter((kind) => kind !== "operation");
  test.skipIf(!probe.available).each(kinds)(
    "%s",
    async (kind) => {
      const cases = parityCases(models).filter((c) => c.kind === kind);
      const reference = await evaluateReference(cases);
      expect(reference.failed).toEqual([]);
      const results = await compareBackend(backend, reference);
      expect(results).toHaveLength(cases.length);
      expect(results.filter((r) => r.failure !== undefined)).toEqual([]);
      const largest = Math.max(...results.map((r) => r.difference!));
      console.info(`webgpu, ${kind}: largest difference ${largest.toExponential(1)} of ${parityBounds[kind]}`);
      expect(largest).toBeLessThanOrEqual(parityBounds[kind]);
    },
    300_000,
  );
});
