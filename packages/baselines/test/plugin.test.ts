import { describe, expect, it } from "vitest";
import plugin, * as everything from "../src/index.ts";

describe("the plugin", () => {
  it("offers what its name promises, for the tasks it can be scored on", () => {
    const spectral = ["denoising", "calibration"];
    const labels = ["classification", "segmentation"];
    expect(plugin.components.map(({ kind, name, supports }) => [`${kind} ${name}`, supports?.tasks])).toEqual([
      ["baseline raw", spectral],
      ["baseline savitzky-golay", spectral],
      ["baseline whittaker", spectral],
      ["baseline pca", spectral],
      ["baseline pca-regression", [...spectral, "regression"]],
      ["baseline ridge", [...spectral, "regression"]],
      ["baseline pls", ["regression"]],
      ["baseline mean", ["regression"]],
      ...["lda", "logistic-regression", "pls-da", "nearest-neighbours", "linear-svm", "random-forest"].map((name) => [
        `baseline ${name}`,
        labels,
      ]),
      ["baseline direct-standardisation", ["calibration"]],
      ["baseline piecewise-direct-standardisation", ["calibration"]],
      ["baseline majority-class", labels],
      ["baseline bicubic", ["super-resolution"]],
      ["baseline lanczos", ["super-resolution"]],
      ["baseline median", ["denoising"]],
      ["baseline pca-image", ["denoising"]],
      ["baseline low-rank", ["denoising"]],
    ]);
  });

  it("documents every option", () => {
    const schemas = Object.entries(everything).filter(([name]) => name.endsWith("Schema"));
    expect(schemas).toHaveLength(plugin.components.length);
    for (const [name, schema] of schemas) {
      const { shape } = schema as { shape: Record<string, { meta(): unknown }> };
      for (const [option, field] of Object.entries(shape))
        expect(field.meta(), `${name}.${option}`).toMatchObject({
          description: expect.stringMatching(/^[A-Z].*\.$/),
          group: expect.stringMatching(/^\w+$/),
        });
    }
  });
});
