import { describe, expect, it } from "vitest";
import {
  type Block,
  countWrong,
  cubeScenesSection,
  type ImagesBlock,
  labelSceneBlocks,
  type LinesBlock,
  pixelClassesSection,
  renderReport,
} from "../src/index.ts";
import { classHex } from "../src/image/class-colors.ts";
import { pickPixels } from "../src/sections/cube-scenes.ts";
import { pixelOfClasses } from "../src/sections/label-scenes.ts";
import { denoisingReport, rowsOf } from "./support.ts";

const axis = { name: "Wavelength", unit: "nm", values: [460, 550, 640] };
const imagesOf = (blocks: readonly Block[]): ImagesBlock[] => blocks.filter((b) => b.kind === "images");
const linesOf = (blocks: readonly Block[]): LinesBlock[] => blocks.filter((b) => b.kind === "lines");
const page = (blocks: readonly Block[]): string =>
  renderReport({
    title: "T",
    run: { task: "segmentation" },
    model: { name: "unet", parameters: 1 },
    sections: [{ title: "S", blocks }],
  });
const hostile = `<img src=x onerror="alert(1)">`;

describe("scenes of restored cubes", () => {
  // A 4 × 4 truth on a 2 × 2 input: super-resolution by 2.
  const truth = { shape: [4, 4, 3], data: Float32Array.from({ length: 48 }, (_, i) => i), axis };
  const input = { shape: [2, 2, 3], data: Float32Array.from({ length: 12 }, (_, i) => 100 + i), axis };
  const off = (by: (pixel: number) => number): Float32Array =>
    Float32Array.from(truth.data, (v, i) => v + by(Math.floor(i / 3)));
  const scene = {
    id: hostile,
    label: "worst",
    input,
    truth,
    methods: [
      { name: "rcan", kind: "network" as const, output: off((p) => p / 10) },
      { name: "bicubic", kind: "baseline" as const, output: off(() => 2) },
    ],
  };

  it("show input, truth and every method at one scale, and the errors on one", async () => {
    const { blocks } = await cubeScenesSection([scene]);
    const [pictures, errors] = imagesOf(blocks);
    expect(pictures!.images.map((i) => [i.title, i.width, i.height])).toEqual([
      ["input", 2, 2],
      ["truth", 4, 4],
      ["rcan", 4, 4],
      ["bicubic", 4, 4],
    ]);
    expect(pictures!.caption).toContain("red 640 nm, green 550 nm, blue 460 nm");
    expect(errors!.images.map((i) => i.title)).toEqual(["error of rcan", "error of bicubic"]);
    // Of the larger map: the 98th percentile of the errors of bicubic, which are all the same.
    expect(errors!.bar!.high).toBeCloseTo(2, 6);
    expect(errors!.images[0]!.alt).toContain("half of the pixels are below 0.750");
    const html = page(blocks);
    const shown = [...html.matchAll(/<img src="data:image\/png;base64,[^"]+" alt="[^"]+" width="(\d+)"[^>]*>/g)];
    expect(shown.map((m) => m[1])).toEqual(["268", "268", "268", "268", "408", "408"]);
    expect(html).toContain("linear-gradient(to right,#440154");
    expect(html).not.toContain("<img src=x");
    expect(html).toContain("worst: &lt;img src=x");
  });

  it("draw the spectra at the best, the median and the worst pixel of the network", async () => {
    const plots = linesOf((await cubeScenesSection([scene])).blocks);
    expect(plots.map((p) => p.caption)).toEqual([
      "The network's best pixel: row 0, column 0, RMSE 0.",
      "The network's median pixel: row 2, column 0, RMSE 0.800.",
      "The network's worst pixel: row 3, column 3, RMSE 1.50.",
    ]);
    const { series } = plots[2]!.plot;
    expect(series.map((s) => s.name)).toEqual(["input", "truth", "bicubic", "rcan"]);
    expect(series.map((s) => Array.from(s.y, (v) => Number(v!.toFixed(3))))).toEqual([
      [109, 110, 111],
      [45, 46, 47],
      [47, 48, 49],
      [46.5, 47.5, 48.5],
    ]);
    // Row 2, column 0 of the truth lies in row 1, column 0 of the input.
    expect(plots[1]!.plot.series[0]!.y).toEqual([106, 107, 108]);
  });

  it("leave out pixels that do not count, and say how large images were thinned out", async () => {
    const valid = Uint8Array.from({ length: 16 }, (_, i) => (i === 15 ? 0 : 1));
    const masked = await cubeScenesSection([{ ...scene, truth: { ...truth, valid } }]);
    expect(linesOf(masked.blocks).at(-1)!.caption).toContain("row 3, column 2");
    const wide = { shape: [1, 1030, 1], data: new Float32Array(1030).fill(1), axis: { unit: "index", values: [0] } };
    const big = { id: "a", label: "best", input: wide, truth: wide, methods: [] };
    const [pictures] = imagesOf((await cubeScenesSection([big])).blocks);
    expect([pictures!.images[0]!.width, pictures!.images[0]!.height]).toEqual([344, 1]);
    expect(pictures!.caption).toContain("stands for 3 × 3 of the image");
  });

  it("pick no pixel where none counts", () => {
    expect(pickPixels([NaN, NaN])).toEqual([]);
    expect(pickPixels([NaN, 3])).toEqual([{ label: "best", pixel: 1 }]);
    expect(pickPixels([5, NaN, 1, 9]).map((p) => p.pixel)).toEqual([2, 0, 3]);
  });
});

describe("scenes of classified pixels", () => {
  const scene = {
    id: "tile 1",
    label: "median",
    input: { shape: [2, 3, 3], data: Float32Array.from({ length: 18 }, (_, i) => i), axis },
    truth: { shape: [2, 3], data: [0, 0, 1, 0, 1, 9], ignored: 9 },
    methods: [
      { name: "unet", predicted: [0, 1, 1, 0, 0, 0] },
      { name: "kNN", predicted: [0, 0, 1, 0, 1, 1] },
    ],
  };

  it("show input, truth and predictions with the colours of the classes, and where they are wrong", async () => {
    const blocks = await labelSceneBlocks(scene, ["road", hostile]);
    const [maps, verdicts] = imagesOf(blocks);
    expect(maps!.images.map((i) => i.title)).toEqual(["input", "truth", "unet", "kNN"]);
    expect(maps!.images.map((i) => i.alt).slice(1, 3)).toEqual([
      `True classes: road 60.0 %, ${hostile} 40.0 %`,
      `Classes by unet: road 66.7 %, ${hostile} 33.3 %`,
    ]);
    expect(maps!.keys).toEqual([
      { label: "road", color: classHex(0) },
      { label: hostile, color: classHex(1) },
      { label: "not counted" },
    ]);
    expect(verdicts!.images.map((i) => [i.title, i.alt])).toEqual([
      ["unet: 40.0 % wrong", "Where unet is wrong: 2 of 5 labelled pixels"],
      ["kNN: 0 % wrong", "Where kNN is wrong: 0 of 5 labelled pixels"],
    ]);
    const html = page(blocks);
    expect(html).not.toContain("<img src=x");
    expect(html).toContain(`<span class="key swatch" style="background:${classHex(1)}"></span>&lt;img src=x`);
    expect(html).toContain('<span class="key swatch hatched"></span>not counted');
  });

  it("draw the spectrum of the middle pixel of each class, with what it was taken for", async () => {
    const [plot] = linesOf(await labelSceneBlocks(scene, ["road", "roof"]));
    expect(plot!.plot.series.map((s) => [s.name, s.y, s.tone])).toEqual([
      ["road (row 0, column 1, taken for roof)", [3, 4, 5], "blue"],
      ["roof (row 1, column 1, taken for road)", [12, 13, 14], "orange"],
    ]);
    expect(pixelOfClasses({ data: [2, 7, 7, 2, 2], shape: [1, 5], ignored: 7 }, 3)).toEqual([
      { class: 2, pixel: 3, count: 3 },
    ]);
    expect(countWrong([1, 1], { data: [7, -1], shape: [1, 2], ignored: 7 })).toEqual({ wrong: 0, counted: 0 });
  });

  it("have no spectra where nothing is labelled", async () => {
    const nothing = { ...scene, truth: { ...scene.truth, data: [9, 9, 9, 9, 9, 9] } };
    const blocks = await labelSceneBlocks(nothing, ["road", "roof"]);
    expect(linesOf(blocks)).toEqual([]);
    expect(imagesOf(blocks)[1]!.images[0]!.title).toBe("unet: – wrong");
  });
});

describe("pictures in a page", () => {
  const png = "data:image/png;base64,AAAA";
  const image = { title: "t", alt: "a", png, width: 2, height: 1 };

  it("are no address, and have no colours but colours", () => {
    const html = page([
      {
        kind: "images",
        images: [image, { ...image, png: "https://example.org/x.png" }],
        keys: [{ label: "k", color: 'red"onload=' }],
      },
    ]);
    expect(html).not.toContain("example.org");
    expect(html).toContain("1 picture cannot be shown.");
    expect(html).toContain('<span class="key swatch hatched"></span>k');
  });

  it("are enlarged by whole numbers, pixel by pixel, and made smaller smoothly", () => {
    const small = page([{ kind: "images", images: [{ ...image, width: 95, height: 95 }] }]);
    expect(small).toContain('width="570" height="570" class="crisp"');
    const large = page([{ kind: "images", images: [{ ...image, width: 512, height: 100 }, image, image] }]);
    expect(large).toContain('width="270" height="53"></figure>');
  });
});

describe("pixelClassesSection", () => {
  it("has matrices, and precision, recall and IoU of every class", () => {
    const section = pixelClassesSection({
      classes: ["road", hostile, "none"],
      methods: [
        {
          name: "unet",
          confusion: [
            [6, 2, 0],
            [1, 3, 0],
            [0, 0, 0],
          ],
        },
      ],
      about: "Of 2 of 9 windows.",
    });
    expect(section.intro).toBe("Of 2 of 9 windows.");
    expect(section.blocks[0]).toMatchObject({
      kind: "heatmap",
      heatmap: { byRow: true, rows: ["road", hostile, "none"] },
    });
    const html = page(section.blocks);
    const rows = rowsOf(html.slice(html.indexOf("Precision: the share")), "");
    expect(rows).toEqual([
      ["road", "8", "0.857", "0.750", "0.667"],
      ["&lt;img src=x onerror=&quot;alert(1)&quot;&gt;", "4", "0.600", "0.750", "0.500"],
      ["none", "0", "–", "–", "–"],
    ]);
  });
});

describe("errors at each point", () => {
  it("are drawn as PSNR, too, where the range of the targets is known", () => {
    const data = denoisingReport();
    const pointErrors = {
      label: "RMSE",
      axis: { unit: "nm", values: [1, 2] },
      methods: [{ name: "unet", kind: "network" as const, values: [0.1, 0] }],
    };
    const isDrawn = (given: typeof pointErrors & { range?: number }): boolean =>
      // 20 · log10(10 / 0.1) = 40; an error of zero has none.
      /Line plot of PSNR \(dB\) against Point \(nm\)[^<]*unet: 40\.0 to 40\.0/.test(
        renderReport({ ...data, pointErrors: given }),
      );
    expect(isDrawn(pointErrors)).toBe(false);
    expect(isDrawn({ ...pointErrors, range: 10 })).toBe(true);
  });
});
