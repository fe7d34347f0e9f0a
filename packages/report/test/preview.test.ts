import { describe, expect, it } from "vitest";
import { type PreviewData, renderPreview } from "../src/index.ts";
import { findAll, parseXml } from "./support.ts";

const lines = (y: number[]) => ({
  kind: "lines" as const,
  plot: {
    x: { label: "Raman shift", unit: "cm-1" },
    series: [
      { name: "input", y },
      { name: "target", y },
    ],
  },
});
const data: PreviewData = {
  title: "Preview of <raman>",
  intro: "2 of 1000 samples.",
  date: "2026-11-22T13:07:41Z",
  samples: [1, 2].map((k) => ({
    id: `row-${k}<script>`,
    about: "cell 3",
    stages: [
      { title: "as read", blocks: [lines([100, 300, 200])] },
      {
        title: "preprocessed",
        steps: ["crop 700 to 1750 cm⁻¹", "max-normalize & more"],
        blocks: [lines([0.5, 1, 0.2])],
      },
      { title: "augmented", steps: ["shift by 12.4"], blocks: [lines([1, 0.2, 0.5])] },
    ],
  })),
};

describe("renderPreview", () => {
  const html = renderPreview(data);

  it("shows the stages of each sample side by side, with what was done", () => {
    expect(html).toContain("<h1>Preview of &lt;raman&gt;</h1>");
    const rows = html.split('<div class="stages">').slice(1);
    expect(rows).toHaveLength(2);
    for (const row of rows) {
      expect([...row.matchAll(/<h4>(.*?)<\/h4>/g)].map((m) => m[1])).toEqual(["as read", "preprocessed", "augmented"]);
      expect([...row.matchAll(/<li>(.*?)<\/li>/g)].map((m) => m[1])).toEqual([
        "crop 700 to 1750 cm⁻¹",
        "max-normalize &amp; more",
        "shift by 12.4",
      ]);
      expect(row.match(/<svg class="plot"/g)).toHaveLength(3);
    }
  });

  it("draws each stage on its own scale, and escapes ids", () => {
    const svgs = [...html.matchAll(/<svg class="plot".*?(?=<\/div>)/gs)].map((m) => parseXml(m[0]));
    const ranges = svgs.slice(0, 2).map((s) => (JSON.parse(s.attributes["data-plot"]!) as { y: number[] }).y);
    expect(ranges[0]![1]).toBeCloseTo(300 + 0.04 * 200, 6);
    expect(ranges[1]![1]).toBeCloseTo(1 + 0.04 * 0.8, 6);
    expect(findAll(svgs[0]!, "path", "line")).toHaveLength(2);
    expect(html).toContain("row-1&lt;script&gt;");
    expect(html.match(/<script/g)).toHaveLength(1);
  });

  it("says how many samples, also when there is none", () => {
    expect(html).toContain("2 samples</h2>");
    expect(renderPreview({ title: "T", samples: [] })).toContain("0 samples</h2>");
  });
});
