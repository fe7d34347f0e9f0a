import { describe, expect, it } from "vitest";
import plugin, * as everything from "../src/index.ts";

describe("the plugin", () => {
  it("offers what its name promises, for the tasks that have spectral targets", () => {
    expect(plugin.components.map(({ kind, name }) => `${kind} ${name}`)).toEqual(
      ["raw", "savitzky-golay", "whittaker", "pca", "pca-regression", "ridge"].map((name) => `baseline ${name}`),
    );
    for (const { supports } of plugin.components) expect(supports?.tasks).toEqual(["denoising", "calibration"]);
  });

  it("documents every option", () => {
    const schemas = Object.entries(everything).filter(([name]) => name.endsWith("Schema"));
    expect(schemas).toHaveLength(6);
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
