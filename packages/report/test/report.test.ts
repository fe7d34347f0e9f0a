import { createHash } from "node:crypto";
import { Script } from "node:vm";
import { describe, expect, it } from "vitest";
import { type Block, type ReportData, renderReport, splitRuns } from "../src/index.ts";
import { script, scriptHash } from "../src/page/script.ts";
import { denoisingReport, findAll, parseXml, pathPoints, rowsOf, textOf } from "./support.ts";

const minimal: ReportData = { title: "T", run: { task: "denoising" }, model: { name: "unet", parameters: 10 } };
const withBlocks = (...blocks: Block[]): string => renderReport({ ...minimal, sections: [{ title: "More", blocks }] });
const svgs = (html: string) =>
  [...html.matchAll(/<svg class="plot".*?<\/svg>(?:<\/g>)?.*?(?=<\/div>)/gs)].map((m) => parseXml(m[0]));

/** A page without its style sheet and script. */
const wordsOf = (html: string): string => html.replace(/<script>.*?<\/script>|<style>.*?<\/style>/gs, "");

describe("renderReport", () => {
  const html = renderReport(denoisingReport());

  it("is one page under 300 kB for a typical denoising run, asking nobody for anything", () => {
    expect(html.length).toBeLessThan(300_000);
    const links = html.replaceAll("http://www.w3.org/2000/svg", "");
    expect(links).not.toMatch(/https?:|\/\/[a-z]|@import|<link|<iframe|<object|src=/i);
    expect([...links.matchAll(/(?:href)="([^"]*)"/g)].every((m) => m[1]!.startsWith("#"))).toBe(true);
    expect(links).not.toMatch(/url\(/);
  });

  it("runs only its own script, by a policy that names it", () => {
    const hash = createHash("sha256").update(script).digest("base64");
    expect(scriptHash, "run the test after editing the script, and put this hash in").toBe(hash);
    expect(html.includes(`script-src &#39;sha256-${hash}&#39;;`)).toBe(true);
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html.includes(`<script>${script}</script>`)).toBe(true);
    expect(() => new Script(script)).not.toThrow();
  });

  it("opens with the verdict and the facts of the run", () => {
    expect(html).toMatch(
      /<p class="verdict network">The network beats the best baseline, ridge: test MSE 0\.00191 against 0\.00216, 0\.884 times/,
    );
    for (const fact of [
      "denoising",
      "unet, depth 4, width 32",
      "1\u202f283\u202f457",
      "cpu, 2 threads",
      "raman-cells, 500 points",
      "2026-11-22 13:07 UTC",
      "4 min 12 s, 60 epochs",
      "run-7f3a",
    ])
      expect(html).toContain(`<dd>${fact}</dd>`);
    expect(html).toContain("Data: Horgan et al., 2021 Licence: CC BY 4.0.");
    expect(renderReport(denoisingReport(0.0041))).toContain('<p class="verdict baseline">The baseline wins: ridge');
  });

  it("tables the methods, network first, baselines from best to worst, best values marked", () => {
    expect(rowsOf(html, "Network and baselines</h2>")).toEqual([
      ["unet", "", "0.001910 (best)", "27.21 (best)", "0.884", ""],
      ["ridge", "lambda 10", "0.002160", "26.66", "1.00", "0.0900"],
      ["savitzky-golay", "window 15, order 3", "0.007530", "–", "3.49", ""],
      ["raw", "", "0.01454", "18.37", "6.73", ""],
    ]);
    const worse = rowsOf(renderReport(denoisingReport(0.0041)), "Network and baselines</h2>");
    expect(worse.map((r) => r[2])).toEqual(["0.004100", "0.002160 (best)", "0.007530", "0.01454"]);
  });

  it("draws every example with its lines and, below, what is left without the target", () => {
    const tabs = html.split('<section class="tab"').slice(1);
    expect(tabs).toHaveLength(5);
    expect(tabs[0]).toContain("best: <span");
    expect(tabs[0]).toContain("Error: unet 0.00210 · ridge 0.00250");
    const [spectra, residuals] = svgs(tabs[0]!);
    expect(findAll(spectra!, "path", "line").map((p) => p.attributes["data-name"])).toEqual([
      "input",
      "target",
      "ridge",
      "unet",
    ]);
    expect(findAll(residuals!, "path", "line").map((p) => p.attributes["data-name"])).toEqual(["ridge", "unet"]);
    expect(findAll(spectra!, "text").map(textOf)).toContain("Raman shift (cm⁻¹)");
    // The highest drawn point of the target is its band at 1004 cm⁻¹.
    const area = findAll(spectra!, "svg", "area")[0]!;
    const [target] = pathPoints(findAll(spectra!, "path", "line")[1]!.attributes["d"]!);
    const top = target!.reduce((a, b) => (b[1] < a[1] ? b : a));
    expect(600 + (top[0] / Number(area.attributes["width"])) * 499 * 2.4).toBeCloseTo(1003.2, 0);
    expect(residuals!.attributes["aria-label"]).toBe("Residuals of row-861: unet minus target and ridge minus target.");
  });

  it("gives every figure a text alternative, and every figure is well-formed", () => {
    const all = svgs(html);
    expect(all.length).toBeGreaterThanOrEqual(15);
    for (const svg of all) expect(svg.attributes["aria-label"]!.length).toBeGreaterThan(20);
    expect(html.match(/<svg class="plot"/g)).toHaveLength(all.length);
  });

  it("shows curves with the best epoch, and the quantiles of the errors", () => {
    expect(html).toContain("60 epochs; the weights kept are those after epoch 53.");
    const loss = svgs(html).find((s) => s.attributes["aria-label"]!.includes("Loss (MSE) against Epoch"))!;
    expect(JSON.parse(loss.attributes["data-plot"]!)).toMatchObject({
      x: [1, 60, false],
      y: [expect.any(Number), expect.any(Number), true],
    });
    expect(textOf(findAll(loss, "g", "mark")[0]!)).toBe("best: 0.00160");
    const quantiles = rowsOf(html, "Where the errors are</h2>");
    // Values 0.001·1.02^i, i = 0 … 199: the median lies between i = 99 and 100.
    expect(quantiles[0]![3]).toBe(`${((0.001 * (1.02 ** 99 + 1.02 ** 100)) / 2).toPrecision(3)} (best)`);
    expect(quantiles[0]![6]).toBe((0.001 * 1.02 ** 199).toPrecision(3));
  });

  it("draws the split to scale and tells its leak", () => {
    const split = svgs(html).find((s) => s.attributes["aria-label"]!.startsWith("Split of"))!;
    expect(split.attributes["aria-label"]).toBe(
      "Split of 1000 samples: 700 training (70.0 %), 100 validation (10.0 %), 200 test (20.0 %).",
    );
    const starts = findAll(split, "path", "fill").map((p) => pathPoints(p.attributes["d"]!)[0]!);
    expect(starts.map((p) => p[0]![0])).toEqual([0, 602, 688]);
    expect(starts[2]![1]![0]).toBeCloseTo(860, 5);
    expect(html).toContain("Leak: 0 % of the test samples");
    const leaky = renderReport({
      ...minimal,
      split: {
        runs: [
          { part: "test", count: 1 },
          { part: "train", count: 1 },
        ],
        leak: 0.98,
        counted: "pixels",
      },
    });
    expect(leaky).toMatch(/text warning"><p>Leak: 98\.0 % of the test pixels.*flatter every method/);
  });

  it("draws a split of many runs as shares, in bounded size", () => {
    const runs = Array.from({ length: 20_000 }, (_, i) => ({
      part: (["train", "test"] as const)[i % 2]!,
      count: i % 2 ? 1 : 3,
    }));
    const page = renderReport({ ...minimal, split: { runs } });
    expect(page.length).toBeLessThan(80_000);
    const split = svgs(page)[0]!;
    const boxes = pathPoints(findAll(split, "path", "fill")[0]!.attributes["d"]!);
    expect(boxes).toHaveLength(430);
    for (const box of boxes) expect(Math.max(...box.map((p) => p[1]))).toBeCloseTo(27, 0);
  });

  it("lists the config with where each value came from", () => {
    expect(html).toContain("Only what was set (2 of 4)");
    expect(html).toMatch(
      /<code>train\.epochs<\/code><\/th><td><code>60<\/code><\/td><td><span class="badge">flag<\/span> --set train\.epochs=60/,
    );
    expect(html).toMatch(/<tr class="default"><th scope="row"><code>train\.clip<\/code><\/th><td><code>null<\/code>/);
    expect(html).toMatch(
      /<tr class="default"><th scope="row"><code>model\.width<\/code><\/th><td><code>\[32,64\]<\/code>/,
    );
    expect(html).toContain("5.13 MB");
    expect(html).toContain("<code>@spectrai/core</code></th><td>0.1.0</td>");
  });

  it("makes a page of the least there can be", () => {
    const page = renderReport(minimal);
    expect(page).toContain("The network was not scored on a test part.");
    expect(page).not.toContain("<h2");
    for (const one of [page, html]) expect(wordsOf(one)).not.toMatch(/undefined|NaN|\[object/);
  });

  it("is the same after a trip through JSON, and with typed arrays", () => {
    const data = denoisingReport();
    expect(renderReport(JSON.parse(JSON.stringify(data)) as ReportData)).toBe(html);
    const typed = {
      ...data,
      examples: data.examples!.map((e) => ({ ...e, output: Float64Array.from(e.output as number[]) })),
    };
    expect(renderReport(typed)).toBe(html);
  });
});

describe("blocks", () => {
  it("render tables with the best of a column, units and empty cells", () => {
    const page = withBlocks({
      kind: "table",
      caption: "C",
      columns: [
        { label: "Class" },
        { label: "F1", better: "higher" },
        { label: "Error", unit: "nm", better: "lower", digits: 2 },
        { label: "Count" },
      ],
      rows: [
        ["a", 0.5, 3, 12000],
        ["b", 0.75, NaN, null],
        ["c", 0.75, 1.234, 7],
      ],
    });
    expect(rowsOf(page, "<h2")).toEqual([
      ["a", "0.5000", "3.0", "12\u202f000"],
      ["b", "0.7500 (best)", "–", ""],
      ["c", "0.7500", "1.2 (best)", "7"],
    ]);
    expect(page).toContain("Error (nm)");
    expect(page).toContain("<caption>C</caption>");
  });

  it("render text, images, bars, heat maps, histograms and lines", () => {
    const png = "data:image/png;base64,iVBORw0KGgo=";
    const page = withBlocks(
      { kind: "text", text: "One.\n\nTwo <b>.", tone: "note" },
      { kind: "image", png, alt: "A map", caption: "Cap", pixelated: true },
      { kind: "bars", bars: { label: "F1", bars: [{ label: "a", value: 1 }] } },
      { kind: "heatmap", heatmap: { rows: ["a"], columns: ["b"], values: [[1]] } },
      { kind: "histogram", histogram: { groups: [{ name: "g", values: [1, 2] }] } },
      { kind: "lines", alt: "My alt", plot: { series: [{ name: "s", y: [1, 2] }] } },
    );
    expect(page).toContain('<div class="text note"><p>One.</p><p>Two &lt;b&gt;.</p></div>');
    expect(page).toContain(`<img src="${png}" alt="A map" class="pixelated">`);
    expect(svgs(page)).toHaveLength(4);
    expect(svgs(page)[3]!.attributes["aria-label"]).toBe("My alt");
  });

  it.each([
    "https://example.org/x.png",
    "javascript:alert(1)",
    "data:text/html;base64,AAAA",
    'data:image/png;base64,AA" onerror="alert(1)',
    "data:image/svg+xml;base64,AAAA",
  ])("do not show an image from %s", (png) => {
    const page = withBlocks({ kind: "image", png, alt: "A" });
    expect(page).not.toContain("<img");
    expect(page).toContain("An image is not shown");
  });

  it("of a kind this version does not know are left out", () => {
    expect(withBlocks({ kind: "hologram" } as unknown as Block)).toContain("More</h2>");
  });
});

describe("hostile text", () => {
  const attack = `"'><script>alert(1)</script><img src=x onerror=alert(1)>\u0000]]>-->\${x}`;

  /** Puts the attack into every string of the data, keys included. */
  function poison(value: unknown, key = ""): unknown {
    // Choices, not free text: the renderer must survive them poisoned too, which the second page below shows.
    if (typeof value === "string")
      return ["kind", "part", "better", "from"].includes(key) ? value : `${value}${attack}`;
    if (Array.isArray(value)) return value.map((v) => poison(v));
    if (typeof value !== "object" || value === null) return value;
    const free =
      ["metrics", "chosen", "versions", "errors"].includes(key) && !Array.isArray(value) && !("methods" in value);
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [free ? k + attack : k, poison(v, k)]));
  }
  const everything = (): ReportData => ({
    ...denoisingReport(),
    run: { ...denoisingReport().run, warnings: ["w"] },
    sections: [
      {
        title: "S",
        intro: "I",
        blocks: [
          { kind: "table", caption: "c", columns: [{ label: "l", unit: "u" }], rows: [["x"]] },
          { kind: "text", text: "t" },
          { kind: "image", png: "p", alt: "a", caption: "c" },
          { kind: "bars", caption: "c", bars: { label: "b", unit: "u", bars: [{ label: "x", value: 1 }] } },
          { kind: "heatmap", heatmap: { rows: ["r"], columns: ["c"], values: [[1]], rowLabel: "r", columnLabel: "c" } },
          {
            kind: "histogram",
            histogram: { x: { label: "x", unit: "u" }, counted: "k", groups: [{ name: "g", values: [1, 2] }] },
          },
          {
            kind: "lines",
            plot: {
              title: "t",
              x: { label: "x", unit: "u" },
              y: { label: "y" },
              series: [
                { name: "s", y: [1, 2] },
                { name: "s2", y: [1] },
              ],
              marks: [{ y: 1, label: "m" }],
            },
          },
        ],
      },
    ],
  });

  it.each([
    ["in every string", (): ReportData => poison(everything()) as ReportData],
    [
      "in the choices as well",
      (): ReportData =>
        JSON.parse(
          JSON.stringify(everything()).replace(
            /"(network|baseline|train|test|lower|higher|lines|text|file|default|note)"/g,
            () => JSON.stringify(`x${attack}`),
          ),
        ) as ReportData,
    ],
  ])("%s runs nothing and breaks nothing", (_, make) => {
    const page = renderReport(make());
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toMatch(/<img/);
    expect(page).not.toContain("\u0000");
    const tags = [...wordsOf(page).matchAll(/<[a-z][^>]*>/g)].map((m) => m[0]);
    for (const tag of tags) expect(tag.replace(/"[^"]*"/g, '""')).not.toMatch(/\son\w+=|javascript:|'/);
    for (const svg of svgs(page)) expect(svg.name).toBe("svg");
    expect(page.match(/<svg class="plot"/g) ?? []).toHaveLength(svgs(page).length);
  });
});

describe("splitRuns", () => {
  it("encodes index lists by runs, in the order of the data", () => {
    expect(splitRuns({ train: [0, 1, 4], validation: [5], test: [2, 99] }, 7)).toEqual([
      { part: "train", count: 2 },
      { part: "test", count: 1 },
      { part: "unused", count: 1 },
      { part: "train", count: 1 },
      { part: "validation", count: 1 },
      { part: "unused", count: 1 },
    ]);
    expect(splitRuns({ train: [], validation: [], test: [] }, 0)).toEqual([]);
  });
});
