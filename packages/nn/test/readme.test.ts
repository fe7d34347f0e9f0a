import "@tensorflow/tfjs-backend-cpu";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { testModel } from "@spectrai/testing";
import { expect, test } from "vitest";
import { smallDenoiser } from "./example-model.ts";

test("the README shows the model that is tested here", () => {
  const read = (path: string): string => readFileSync(join(import.meta.dirname, path), "utf8");
  expect(read("../README.md")).toContain("```ts\n" + read("example-model.ts") + "```");
});

testModel(smallDenoiser, {
  spec: { task: "denoising", data: "spectrum", input: [40], output: { kind: "spectral", shape: [40] } },
  sizes: [[32], [6]],
});
testModel(smallDenoiser, {
  options: { width: 4, dropout: 0.3 },
  spec: { task: "denoising", data: "spectrum", input: [24], output: { kind: "spectral", shape: [24] } },
});
