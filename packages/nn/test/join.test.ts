import * as tf from "@tensorflow/tfjs-core";
import { registerGradients } from "@spectrai/core";
import { checkGradient } from "@spectrai/testing";
import { beforeAll, test } from "vitest";
import { add } from "../src/index.ts";
import { balanced, randomTensor } from "./support.ts";

beforeAll(() => registerGradients());

// Each term's gradient is the same tensor, and is added to others in every order.
test("a gradient that several terms share", () =>
  balanced(() => {
    const [x, y] = [randomTensor([2, 3], "p"), randomTensor([2, 3], "q")];
    checkGradient(
      (p, q) => {
        const [s, n] = [tf.square(p!), tf.neg(q!)];
        return tf.add(add(s, n), add(add(n, s), s));
      },
      [x, y],
    );
    tf.dispose([x, y]);
  }));
