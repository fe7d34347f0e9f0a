import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { type ModelSpec, rng } from "@spectrai/core";
import { expectAllClose, testModel, testPlugin } from "@spectrai/testing";
import { expect, it } from "vitest";
import manifest from "../package.json" with { type: "json" };
import plugin, { spectralMlp } from "../src/index.ts";

const spectra = (points: number, outputPoints: number): ModelSpec => ({
  task: "denoising",
  data: "spectrum",
  input: [points],
  output: { kind: "spectral", shape: [outputPoints] },
});

// What every plugin and every model must hold.
testPlugin(plugin, { manifest });
testModel(spectralMlp, { spec: spectra(32, 32) });
testModel(spectralMlp, { options: { hidden: 8, dropout: 0.5 }, spec: spectra(32, 20) });

// What this model claims besides: here, that it is the formula of its description.
it("is x + W₂ gelu(W₁ x + b₁) + b₂", async () => {
  const architecture = await spectralMlp.create({ hidden: 3, dropout: 0 }, {});
  const model = architecture.build(spectra(5, 5), rng(1));
  const value = Object.fromEntries(model.parameters.map((p) => [p.name, [...p.variable.dataSync()]]));
  const x = [0.1, -0.4, 1.2, 0.8, -2];

  // Φ, the normal distribution function, by Simpson's rule: another way than the network's.
  const phi = (t: number): number => {
    const n = 200;
    const density = (s: number): number => Math.exp((-s * s) / 2) / Math.sqrt(2 * Math.PI);
    let sum = density(0) + density(t);
    for (let i = 1; i < n; i++) sum += (i % 2 ? 4 : 2) * density((i * t) / n);
    return 0.5 + (sum * t) / (3 * n);
  };
  const hidden = [0, 1, 2].map((h) => {
    const a = x.reduce((sum, v, i) => sum + v * value["hidden.weight"]![i * 3 + h]!, value["hidden.bias"]![h]!);
    return a * phi(a);
  });
  const expected = x.map((v, i) =>
    hidden.reduce((sum, a, h) => sum + a * value["out.weight"]![h * 5 + i]!, v + value["out.bias"]![i]!),
  );

  const y = tf.tidy(() =>
    model.apply(tf.tensor2d([x]), { training: false, seed: 0, update: () => expect.unreachable() }).dataSync(),
  );
  expectAllClose(y, expected, { rtol: 1e-6 });
  model.dispose();
});
