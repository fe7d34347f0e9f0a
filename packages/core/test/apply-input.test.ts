import { expect, it } from "vitest";
import type { DataFile } from "../src/contracts/reader.ts";
import type { LoadedModel } from "../src/run/load-model.ts";
import { readSamples } from "../src/run/apply-input.ts";

it("names some of the arrays of a file that has too many to choose from", async () => {
  const variables = Array.from({ length: 500 }, (_, i) => ({ name: `c${i}`, kind: "numeric", shape: [3] }));
  const loaded = { inputAxis: { values: new Float64Array(500) }, card: { model: { spec: { data: "spectrum" } } } };
  const read = (variable?: string): Promise<unknown> =>
    readSamples(
      { variables } as unknown as DataFile,
      "table.csv",
      loaded as unknown as LoadedModel,
      { variable } as Parameters<typeof readSamples>[3],
    );
  const some = "c0, c1, c2, c3, c4, c5, c6, c7 and 492 more";
  await expect(read()).rejects.toThrow(`table.csv has several arrays (${some}); say which with --variable.`);
  await expect(read("d")).rejects.toThrow(`table.csv has no numeric variable "d"; it has ${some}.`);
});
