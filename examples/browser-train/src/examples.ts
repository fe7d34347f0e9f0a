import { forward, readOutput, readoutOf, type Sample, splitRows, type TrainedRun } from "@spectrai/core";
import * as tf from "@tensorflow/tfjs-core";
import type { Curve, Example } from "./messages.ts";

type Values = Pick<Curve, "name" | "y">;

/** A spectrum, what it should become, and what became of it; all as the network sees them, after preprocessing. */
export function exampleOf({ input, target }: Sample, outputs: readonly Values[]): Example | undefined {
  if (target.kind !== "spectral") return undefined;
  const x = input.axis.values;
  const curves = [{ name: "Noisy", y: input.data }, { name: "Target", y: target.value.data }, ...outputs];
  // Sent to the page, these are copied: views of a batch would take the whole of it along.
  return { unit: input.axis.unit, curves: curves.map(({ name, y }) => ({ name, x, y: Float32Array.from(y) })) };
}

/** A spectrum of the test part, with what the network and the best classical method make of it. */
export async function testExample({ model, card, scores, result }: TrainedRun): Promise<Example | undefined> {
  if (scores.part.size === 0) return undefined;
  const sample = await scores.part.read(Math.floor(scores.part.size / 2));
  const input = tf.tensor(Float32Array.from(sample.input.data), [1, ...sample.input.shape], "float32");
  const output = forward(model, input);
  const [row] = await splitRows(output);
  tf.dispose([input, output]);
  const best = scores.baselines.scores.find(({ name }) => name === result.comparison?.baseline);
  return exampleOf(sample, [
    { name: "Network", y: readOutput(row!, readoutOf(card)).data },
    ...(best ? [{ name: best.name, y: best.predict(sample).data }] : []),
  ]);
}
