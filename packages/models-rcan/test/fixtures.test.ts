import "@tensorflow/tfjs-backend-cpu";
import { onednnBackend } from "@spectrai/backend-onednn";
import { wasmBackend } from "@spectrai/backend-wasm";
import { webgpuBackend } from "@spectrai/backend-webgpu";
import { rng } from "@spectrai/core";
import { loadTorchState, parameterScope } from "@spectrai/nn";
import { referenceBackends, testReferenceNetwork } from "@spectrai/testing";
import { rcanNetwork } from "../src/index.ts";

const backends = await referenceBackends([onednnBackend, wasmBackend, webgpuBackend]);

testReferenceNetwork(
  "rcan",
  {
    build: () => {
      const scope = parameterScope(rng("fixture"));
      return {
        parameters: scope.parameters,
        forward: rcanNetwork(scope, {
          channels: 32,
          scale: 4,
          width: 16,
          groups: 2,
          blocks: 6,
          reduction: 16,
          upsampling: "first",
          upsamplerNorm: "batch",
          inputSkip: true,
        }),
        load: (state) => loadTorchState(scope.parameters, state, "rcan"),
        dispose: () => scope.dispose(),
      };
    },
  },
  backends,
);
