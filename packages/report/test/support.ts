import type { ReportData } from "../src/index.ts";

/** An element of parsed XML. */
export interface Node {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (Node | string)[];
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
const decode = (text: string): string =>
  text.replace(/&([^;]*);/g, (_, name: string) => {
    if (!(name in entities)) throw new Error(`entity &${name};`);
    return entities[name]!;
  });

/** A strict little XML parser: throws on whatever is not well-formed. */
export function parseXml(text: string): Node {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text))
    throw new Error("a character XML does not have");
  let at = 0;
  const fail = (what: string): never => {
    throw new Error(`${what} at ${at}: ${text.slice(at, at + 60)}`);
  };
  const take = (pattern: RegExp): string | undefined => {
    const sticky = new RegExp(pattern.source, "y");
    sticky.lastIndex = at;
    const found = sticky.exec(text);
    if (!found) return undefined;
    at = sticky.lastIndex;
    return found[0];
  };
  const element = (): Node => {
    if (!take(/</)) fail("no element");
    const name = take(/[A-Za-z][\w-]*/) ?? fail("no name");
    const attributes: Record<string, string> = {};
    while (take(/\s+/)) {
      const key = take(/[A-Za-z][\w:-]*/);
      if (!key) break;
      const value = take(/="[^"<]*"/) ?? fail("no quoted value");
      if (key in attributes) fail("an attribute twice");
      attributes[key] = decode(value.slice(2, -1));
    }
    if (take(/\/>/)) return { name, attributes, children: [] };
    if (!take(/>/)) fail("tag not closed");
    const children: (Node | string)[] = [];
    for (;;) {
      const words = take(/[^<]+/);
      if (words !== undefined) children.push(decode(words));
      else if (take(new RegExp(`</${name}>`))) return { name, attributes, children };
      else children.push(element());
    }
  };
  const root = element();
  if (at !== text.length) fail("more after the root");
  return root;
}

/** All elements of a name, in order. */
export function findAll(node: Node, name: string, className?: string): Node[] {
  const own = node.name === name && (!className || (node.attributes["class"] ?? "").split(" ").includes(className));
  return [
    ...(own ? [node] : []),
    ...node.children.flatMap((c) => (typeof c === "string" ? [] : findAll(c, name, className))),
  ];
}

export const textOf = (node: Node): string =>
  node.children.map((c) => (typeof c === "string" ? c : textOf(c))).join("");

/** Points of path data of M, l, h and v commands, one list a subpath; an independent reading of the SVG grammar. */
export function pathPoints(d: string): [number, number][][] {
  const out: [number, number][][] = [];
  let [x, y] = [0, 0];
  for (const [, command, rest] of d.matchAll(/([MLlhvz])([^MLlhvz]*)/g)) {
    const n = [...rest!.matchAll(/-?(?:\d+(?:\.\d*)?|\.\d+)/g)].map(Number);
    if (command === "M") {
      [x, y] = [n[0]!, n[1]!];
      out.push([[x, y]]);
    } else if (command === "l")
      for (let i = 0; i < n.length; i += 2) out.at(-1)!.push([(x += n[i]!), (y += n[i + 1]!)]);
    else if (command === "h") for (const dx of n) out.at(-1)!.push([(x += dx), y]);
    else if (command === "v") for (const dy of n) out.at(-1)!.push([x, (y += dy)]);
  }
  return out;
}

/** The `<tr>`s of a table's body as texts of their cells. */
export const rowsOf = (html: string, from: string): string[][] => {
  const body = html.slice(html.indexOf(from)).match(/<tbody>(.*?)<\/tbody>/s)![1]!;
  return [...body.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map((row) =>
    [...row[1]!.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map((c) => c[1]!.replace(/<[^>]*>/g, "")),
  );
};

const points = 500;
const axis = { name: "Raman shift", unit: "cm-1", values: Array.from({ length: points }, (_, i) => 600 + i * 2.4) };
/** Bands plus what a generator with a fixed seed calls noise. */
const spectrum = (seed: number, noise: number): number[] => {
  let state = seed;
  return axis.values.map((v) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const bands = Math.exp(-(((v - 1004) / 6) ** 2)) + 0.8 * Math.exp(-(((v - 1445) / 14) ** 2));
    return Number((0.1 + bands + noise * (state / 2 ** 31 - 1)).toPrecision(6));
  });
};

/** A report like that of a typical denoising run. */
export function denoisingReport(mse = 0.00191): ReportData {
  const example = (id: string, label: string, seed: number) => ({
    id,
    label,
    axis,
    input: spectrum(seed, 0.3),
    target: spectrum(seed, 0),
    output: spectrum(seed + 1, 0.05),
    baseline: { name: "ridge", values: spectrum(seed + 2, 0.07) },
    errors: { unet: 0.0021, ridge: 0.0025 },
  });
  const errors = (factor: number): number[] => Array.from({ length: 200 }, (_, i) => factor * 0.001 * 1.02 ** i);
  return {
    title: "Denoising of raman-cells",
    run: {
      id: "run-7f3a",
      task: "denoising",
      date: "2026-11-22T13:07:41.512Z",
      seconds: 252.3,
      epochs: 60,
      reason: "finished",
    },
    model: { name: "unet", parameters: 1283457, about: "depth 4, width 32" },
    backend: { name: "cpu", device: "2 threads" },
    data: { source: "raman-cells", about: "500 points", citation: "Horgan et al., 2021", licence: "CC BY 4.0" },
    metrics: [
      { name: "mse", better: "lower" },
      { name: "psnr", better: "higher", unit: "dB" },
    ],
    methods: [
      { name: "unet", kind: "network", metrics: { mse, psnr: 27.21 } },
      { name: "raw", kind: "baseline", metrics: { mse: 0.01454, psnr: 18.37 } },
      {
        name: "ridge",
        kind: "baseline",
        chosen: { lambda: 10 },
        metrics: { mse: 0.00216, psnr: 26.66 },
        seconds: 0.09,
      },
      {
        name: "savitzky-golay",
        kind: "baseline",
        chosen: { window: 15, order: 3 },
        metrics: { mse: 0.00753, psnr: null },
      },
    ],
    curves: {
      loss: "MSE",
      epochs: Array.from({ length: 60 }, (_, epoch) => ({
        epoch,
        rate: 0.002 * (1 - epoch / 60),
        train: { loss: 0.03 * 0.93 ** epoch },
        validation: { loss: 0.04 * 0.94 ** epoch, psnr: 20 + epoch / 10 },
        best: epoch === 52,
      })),
    },
    examples: [
      example("row-861", "best", 1),
      example("row-930", "25 %", 2),
      example("row-802", "median", 3),
      example("row-977", "75 %", 4),
      example("row-844", "worst", 5),
    ],
    errors: {
      label: "MSE",
      methods: [
        { name: "unet", kind: "network", values: errors(1) },
        { name: "ridge", kind: "baseline", values: errors(1).map((v, i) => (i < 150 ? v * 1.1 : v * 0.9)) },
      ],
    },
    pointErrors: {
      label: "RMSE",
      axis,
      methods: [
        { name: "unet", kind: "network", values: spectrum(8, 0.01) },
        { name: "ridge", kind: "baseline", values: spectrum(9, 0.01) },
      ],
    },
    split: {
      method: "block",
      runs: [
        { part: "train", count: 700 },
        { part: "validation", count: 100 },
        { part: "test", count: 200 },
      ],
      leak: 0,
    },
    config: [
      { path: "task", value: "denoising", from: "file" },
      { path: "train.epochs", value: 60, from: "flag", where: "--set train.epochs=60" },
      { path: "train.clip", value: null, from: "default" },
      { path: "model.width", value: [32, 64], from: "task" },
    ],
    files: [{ name: "best.safetensors", bytes: 5133928, about: "the model" }, { name: "metrics.jsonl" }],
    versions: { "@spectrai/core": "0.1.0" },
  };
}
