import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { savitzkyGolay, snv as snvTransform } from "@spectrai/preprocess";
import { rng, spectralArray } from "@spectrai/core";
import { expectAllClose } from "@spectrai/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { derivativeWeights, halfWindow, snv, view, viewNames, viewSize } from "../src/views.ts";

beforeAll(() => tf.ready());

const points = 60;
const random = rng("views");
const rows = Array.from({ length: 3 }, (_, r) =>
  Float32Array.from({ length: points }, (__, k) => 3 + r + Math.sin(k / (4 + r)) + 0.2 * random.normal()),
);
const input = (): tf.Tensor2D =>
  tf.tensor2d(
    rows.map((r) => [...r]),
    [3, points],
  );
