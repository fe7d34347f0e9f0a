import "@tensorflow/tfjs-backend-cpu";
import { onednnBackend } from "@spectrai/backend-onednn";
import { wasmBackend } from "@spectrai/backend-wasm";
import { webgpuBackend } from "@spectrai/backend-webgpu";
import { rng } from "@spectrai/core";
import { loadTorchState, parameterScope } from "@spectrai/nn";
import { referenceBackends, testReferenceNetwork } from "@spectrai/testing";
import { efficientNetNetwork } from "../src/index.ts";

const backends = await referenceBackends([onednnBackend, wasmBackend, webgpuBackend]);

testReferenceNetwork(
  "efficientnet-b0",
  {
    build: () => {
      const scope = parameterScope(rng("fixture"));
      return {
        parameters: scope.parameters,
        forward: efficientNetNetwork(scope, {
          channels: 4,
          outputs: 3,
          width: 0.5,
          depth: 1,
          stemStride: 2,
          dropout: 0,
          dropConnect: 0,
          momentum: 0.01,
        }),
        load: (state) => loadTorchState(scope.parameters, state, "efficientnet-b0"),
        dispose: () => scope.dispose(),
      };
    },
  },
  backends,
);
