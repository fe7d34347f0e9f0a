import "@tensorflow/tfjs-backend-cpu";
import { onednnBackend } from "@spectrai/backend-onednn";
import { wasmBackend } from "@spectrai/backend-wasm";
import { webgpuBackend } from "@spectrai/backend-webgpu";
import { rng } from "@spectrai/core";
import { loadTorchState, parameterScope } from "@spectrai/nn";
import { type ReferenceCase, referenceBackends, testReferenceNetwork } from "@spectrai/testing";
import { unetNetwork, type UNetOptions } from "../src/unet-network.ts";

const plain = {
  activation: "relu",
  norm: "batch",
  groups: 1,
  dropout: 0,
  upsampling: "auto",
  residual: false,
} as const;
const spectral = { kind: "spectral", channels: 1, activated: true } as const;
const wide = [64, 128, 256, 256];

type Case = Omit<ReferenceCase, "build"> & { readonly options: UNetOptions };

const cases: Record<string, Case> = {
  "unet1d-denoise": {
    options: { ...plain, dimension: 1, channels: 1, filters: wide, tail: spectral },
  },
  "resunet1d-denoise": {
    options: {
      ...plain,
      dimension: 1,
      channels: 1,
      filters: wide,
      tail: spectral,
      residual: true,
      activation: "prelu",
      norm: "none",
    },
  },
  "unet1d-classify": {
    // Made with LeakyReLU: its running statistics say so.
    options: {
      ...plain,
      dimension: 1,
      channels: 1,
      filters: wide,
      activation: "leaky-relu",
      tail: { kind: "vector", count: 3, from: "single" },
    },
  },
  "unet2d-segment": {
    options: {
      ...plain,
      upsampling: "aligned",
      dimension: 2,
      channels: 8,
      filters: [8, 16, 32, 32],
      tail: { kind: "mask", classes: 5, bands: 8 },
    },
  },
  "resunet2d-superres": {
    // Instance norms of few values: a change of the input in its last digit moves outputs by up to 5e-5 and, where a value
    // before a ReLU changes its sign, the gradient by up to 3e-2 of the largest, on the cpu backend.
    tolerances: { onednn: { gradients: 0.1 }, wasm: { outputs: 3e-4, gradients: 0.1 }, webgpu: { gradients: 0.1 } },
    options: {
      ...plain,
      upsampling: "aligned",
      dimension: 2,
      channels: 6,
      filters: [6, 12, 24, 24],
      residual: true,
      norm: "instance",
      scale: 4,
      tail: { ...spectral, channels: 6 },
    },
  },
  "unet3d-segment": {
    // wasm adds up a channel's 2304 values one after the other in float32, which is off by 1e-5 in each of ten norms and puts a
    // value before a ReLU on its other side; with these sums in float64 its gradient is within 2e-5.
    tolerances: { wasm: { outputs: 3e-4, gradients: 0.2, statistics: 1e-4 } },
    options: {
      ...plain,
      dimension: 3,
      channels: 4,
      filters: [4, 8, 16, 16],
      tail: { kind: "mask", classes: 4, bands: 8 },
    },
  },
};

const backends = await referenceBackends([onednnBackend, wasmBackend, webgpuBackend]);

for (const [name, { options, ...rest }] of Object.entries(cases))
  testReferenceNetwork(
    name,
    {
      ...rest,
      build: () => {
        const scope = parameterScope(rng("fixture"));
        return {
          parameters: scope.parameters,
          forward: unetNetwork(scope, options),
          load: (state) => loadTorchState(scope.parameters, state, name),
          dispose: () => scope.dispose(),
        };
      },
    },
    backends,
  );
