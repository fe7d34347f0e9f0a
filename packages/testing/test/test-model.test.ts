import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";

interface Broken {
  /** Starts of the names of tests that must fail; all others must pass where there are none. */
  readonly fails: readonly string[];
  /** The body of `apply(x, context)`, with the parameter `w` and how often it was called before. */
  readonly apply: string;
  /** What `build` does besides. */
  readonly build?: string;
  /** `Model.head` of a model for classes; absent = a model for spectra. */
  readonly head?: string;
}
const classifier = {
  apply: "return tf.tidy(() => tf.matMul(tf.mul(x, w) as tf.Tensor2D, fc as tf.Tensor as tf.Tensor2D));",
  build: `registerGradients();
      const fc = tf.tidy(() => tf.variable(tf.tensor2d(Float32Array.from({ length: 4 * classes }, () => init.normal()), [4, classes])));
      parameters.push({ ...parameters[0]!, name: "fc.weight", variable: fc });`,
};
const models: Record<string, Broken> = {
  sound: { fails: [], apply: "return scale(x, w);" },
  "wrong-shape": {
    fails: ["gives finite outputs"],
    apply: "return tf.tidy(() => tf.reshape(scale(x, w), [-1, 2, 2]));",
  },
  "nan-in-training": {
    fails: ["gives finite outputs"],
    apply: "return context.training ? tf.tidy(() => scale(x, tf.fill([4], NaN))) : scale(x, w);",
  },
  "one-name-twice": {
    fails: ["names its parameters once"],
    apply: "return scale(x, w);",
    build: "parameters.push({ ...parameters[0]!, variable: tf.tidy(() => tf.variable(tf.zeros([4]))) });",
  },
  "sticky-state": {
    fails: ["tells training from evaluation"],
    apply: "return tf.tidy(() => tf.mul(scale(x, w), calls));",
  },
  "idle-parameter": {
    fails: ["has a gradient for every trainable"],
    apply: "return scale(x, w);",
    build: 'parameters.push({ ...parameters[0]!, name: "idle", variable: tf.tidy(() => tf.variable(tf.zeros([4]))) });',
  },
  "hidden-values": {
    fails: ["names its parameters once", "goes through a file"],
    apply: "return tf.tidy(() => tf.add(scale(x, w), tf.scalar(hidden)));",
    build: "const hidden = init.normal(); tf.tidy(() => w.assign(tf.ones([4])));",
  },
  "sound-classifier": { fails: [], ...classifier, head: '["fc"]' },
  "undeclared-head": { fails: ["keeps the shape of all parameters but"], ...classifier, head: "[]" },
  "wrong-head": { fails: ["keeps the shape of all parameters but"], ...classifier, head: '["w"]' },
  "head-of-everything": { fails: ["keeps the shape of all parameters but"], ...classifier, head: '["fc", "w"]' },
  leak: { fails: ["leaves no tensor behind"], apply: "tf.keep(tf.zeros([1])); return scale(x, w);" },
};

/** A test file that holds the kit against every model above. */
const source = `import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { defineComponent, type Model, registerGradients } from "@spectrai/core";
import { z } from ${JSON.stringify(join(import.meta.dirname, "../../core/node_modules/zod/index.js"))};
import { testModel } from ${JSON.stringify(join(import.meta.dirname, "../src/test-model.ts"))};

// x · w, with a gradient of its own.
const scale = (x: tf.Tensor, w: tf.Tensor): tf.Tensor =>
  tf.customGrad((a, b, save) => {
    (save as tf.GradSaveFunc)([a as tf.Tensor, b as tf.Tensor]);
    const gradFunc = (dy: tf.Tensor, [p, q]: tf.Tensor[]) => tf.tidy(() => [tf.mul(dy, q!), tf.sum(tf.mul(dy, p!), 0)]);
    return { value: tf.mul(a as tf.Tensor, b as tf.Tensor), gradFunc };
  })(x, w);
const classSpec = { task: "classification", data: "spectrum", input: [4], output: { kind: "class", classes: 3 } } as const;
const spec = { task: "denoising", data: "spectrum", input: [4], output: { kind: "spectral", shape: [4] } } as const;
${Object.entries(models)
  .map(
    ([name, { apply, build = "", head }]) => `
testModel(defineComponent({
  kind: "model", name: "${name}", summary: "", schema: z.strictObject({}),
  create: () => ({
    build: (spec, init): Model => {
      let calls = 0;
      const classes = "classes" in spec.output ? spec.output.classes : 0;
      const w = tf.tidy(() => tf.variable(tf.tensor1d(Float32Array.from({ length: 4 }, () => 0.1 * init.normal()))));
      const parameters = [{ name: "w", variable: w, trainable: true, decay: true }];
      ${build}
      return { parameters, ${head === undefined ? "" : `head: ${head}, `}apply: (x, context) => { calls++; ${apply} }, dispose: () => { for (const p of parameters) p.variable.dispose(); } };
    },
  }),
}), { spec: ${head === undefined ? "spec" : "classSpec"}, rate: 0.05 });`,
  )
  .join("\n")}
`;

describe("the kit for models", () => {
  const failed = new Map<string, string[]>();

  beforeAll(() => {
    // Inside the package, so that the packages it imports are found.
    const folder = mkdtempSync(join(import.meta.dirname, "broken-models-"));
    const root = join(import.meta.dirname, "../../..");
    try {
      writeFileSync(join(folder, "broken.test.ts"), source);
      const vitest = join(root, "node_modules/vitest/vitest.mjs");
      const { stdout } = spawnSync(process.execPath, [vitest, "run", folder, "--reporter=json"], {
        cwd: root,
        encoding: "utf8",
      });
      const report = JSON.parse(stdout.slice(stdout.indexOf("{"))) as {
        testResults: { assertionResults: { ancestorTitles: string[]; title: string; status: string }[] }[];
      };
      for (const { ancestorTitles, title, status } of report.testResults.flatMap((r) => r.assertionResults)) {
        const name = ancestorTitles
          .join(" ")
          .split(" ")
          .find((word) => Object.hasOwn(models, word))!;
        failed.set(name, [...(failed.get(name) ?? []), ...(status === "failed" ? [title] : [])]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 120_000);

  test.each(Object.entries(models))("judges %s", (name, { fails }) => {
    const found = failed.get(name);
    expect(found, "it ran").toBeDefined();
    if (fails.length === 0) expect(found).toEqual([]);
    for (const start of fails)
      expect(
        found!.some((title) => title.startsWith(start)),
        `"${start}" among: ${found!.join("; ")}`,
      ).toBe(true);
  });
});
