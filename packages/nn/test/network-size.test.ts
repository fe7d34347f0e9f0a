import "@tensorflow/tfjs-backend-cpu";
import { rng } from "@spectrai/core";
import { expect, test } from "vitest";
import { batchNorm, conv, networkSize, dense, type ParameterScope, parameterScope, sequential } from "../src/index.ts";

const network = (width: number) => (scope: ParameterScope) =>
  sequential(
    conv(scope.at("stem"), { dimension: 2, in: 5, out: width }),
    batchNorm(scope.at("norm"), { channels: width }),
    dense(scope.at("head"), { in: width, out: 3, bias: false }),
  );

test("as many as a network that is made has, buffers left out", () => {
  const scope = parameterScope(rng("count"));
  network(8)(scope);
  const made = scope.parameters.filter((p) => p.trainable).reduce((n, p) => n + p.variable.size, 0);
  scope.dispose();
  expect(networkSize(network(8))).toBe(made);
  expect(made).toBe(3 * 3 * 5 * 8 + 8 + 8 + 8 + 8 * 3);
});

test("of a network that no machine could hold", () => {
  expect(networkSize(network(2 ** 40))).toBe(2 ** 40 * (45 + 1 + 2 + 3));
});
