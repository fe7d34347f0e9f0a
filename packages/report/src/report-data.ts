import type { Block, Section } from "./blocks.ts";
import type { Numbers } from "./numbers.ts";

export type Setting = string | number | boolean | null | readonly Setting[] | { readonly [key: string]: Setting };

/**
 * Everything a report shows. Plain JSON (typed arrays are welcome for long lists of numbers), so that it can be kept
 * beside the run and rendered again. Only `title`, `run` and `model` are needed; a part that is absent is left out of
 * the page. Numbers that are missing are `null`.
 */
export interface ReportData {
  /** `Denoising of raman-cells`. */
  readonly title: string;
  readonly run: RunFacts;
  readonly model: ModelFacts;
  readonly backend?: { readonly name: string; readonly device?: string };
  readonly data?: DataFacts;
  /** The metrics that were measured; the first one decides the verdict. */
  readonly metrics?: readonly MetricFacts[];
  /** The network and its baselines on the test part. */
  readonly methods?: readonly MethodResult[];
  readonly curves?: Curves;
  /** Test samples, as picked by the caller: best, median, worst … */
  readonly examples?: readonly ExampleData[];
  readonly errors?: SampleErrors;
  readonly pointErrors?: PointErrors;
  readonly split?: SplitFacts;
  /** Every value of the resolved config, in order. */
  readonly config?: readonly ConfigEntry[];
  readonly files?: readonly FileFacts[];
  /** Package → version. */
  readonly versions?: Readonly<Record<string, string>>;
  /** What else the task has to show: class tables, confusion matrix, maps; after the examples. */
  readonly sections?: readonly Section[];
}

export interface RunFacts {
  readonly id?: string;
  /** `denoising`. */
  readonly task: string;
  /** When it started: ISO 8601 (`2026-11-22T13:07:00Z`), or any text. */
  readonly date?: string;
  /** Duration of the whole run. */
  readonly seconds?: number;
  readonly epochs?: number;
  /** Why it ended. */
  readonly reason?: "finished" | "early-stopping" | "interrupted" | "failed";
  /** Things a reader must know: data left out, a baseline that failed … */
  readonly warnings?: readonly string[];
}

export interface ModelFacts {
  readonly name: string;
  readonly parameters: number;
  /** One line about it: `depth 4, width 64, dense tail`. */
  readonly about?: string;
}

export interface DataFacts {
  /** Name, folder or file. */
  readonly source: string;
  /** `500 points, 600–1800 cm⁻¹`. */
  readonly about?: string;
  readonly citation?: string;
  readonly licence?: string;
}

export interface MetricFacts {
  /** The key in `MethodResult.metrics`. */
  readonly name: string;
  /** Default: the name in capitals. */
  readonly label?: string;
  readonly better: "lower" | "higher";
  /** `dB`, `°`. A metric with a logarithmic unit (dB) is compared by difference, not ratio. */
  readonly unit?: string;
}

export interface MethodResult {
  readonly name: string;
  readonly kind: "network" | "baseline";
  /** What was chosen on validation: `{ window: 11, order: 3 }`. */
  readonly chosen?: Readonly<Record<string, Setting>>;
  /** Metric → value on the test part. */
  readonly metrics: Readonly<Record<string, number | null>>;
  /** To apply it to the test part. */
  readonly seconds?: number;
}

export interface Curves {
  /** One entry an epoch; the lines of `metrics.jsonl` with `event: "epoch"` fit as they are. */
  readonly epochs: readonly EpochFacts[];
  /** What the loss is: `mse`. */
  readonly loss?: string;
  /** Learning rate by optimizer step; default: by epoch, from `epochs`. */
  readonly rates?: { readonly step: Numbers; readonly rate: Numbers };
}

export interface EpochFacts {
  /** From 0. */
  readonly epoch: number;
  readonly rate?: number | null;
  readonly train?: Readonly<Record<string, number | null>>;
  readonly validation?: Readonly<Record<string, number | null>>;
  /** The best so far by the monitored metric. */
  readonly best?: boolean;
}

export interface AxisData {
  /** `Raman shift`. */
  readonly name?: string;
  readonly unit?: string;
  readonly values: Numbers;
}

export interface ExampleData {
  /** The sample's id. */
  readonly id: string;
  /** Why it was picked: `best`, `median`, `worst`. */
  readonly label: string;
  readonly axis: AxisData;
  readonly input?: Numbers;
  readonly target?: Numbers;
  /** The network's output. */
  readonly output: Numbers;
  /** The best baseline's. */
  readonly baseline?: { readonly name: string; readonly values: Numbers };
  /** Axis of the target and the outputs where it is not that of the input. */
  readonly targetAxis?: AxisData;
  /** What the y axis is. Default: Intensity. */
  readonly quantity?: string;
  /** Method → this sample's error. */
  readonly errors?: Readonly<Record<string, number | null>>;
}

/** One error a test sample, for each method: the samples in the same order. */
export interface SampleErrors {
  /** What the error is: `MSE`. */
  readonly label: string;
  readonly unit?: string;
  readonly methods: readonly {
    readonly name: string;
    readonly kind: "network" | "baseline";
    readonly values: Numbers;
  }[];
}

/** Error at each point of the axis, over all test samples. */
export interface PointErrors {
  /** What the error is: `RMSE`. */
  readonly label: string;
  readonly axis: AxisData;
  /** Largest minus smallest value of the targets, for root-mean-square errors: the PSNR at each point is drawn, too. */
  readonly range?: number;
  readonly methods: readonly {
    readonly name: string;
    readonly kind: "network" | "baseline";
    readonly values: Numbers;
  }[];
}

export const splitParts = ["train", "validation", "test", "unused"] as const;
export type SplitPart = (typeof splitParts)[number];

export interface SplitFacts {
  /** `block`, with what there is to say about it: `block, guard 5`. */
  readonly method?: string;
  /** The parts in the order of the data, run-length encoded; see `splitRuns`. */
  readonly runs: readonly { readonly part: SplitPart; readonly count: number }[];
  /** The parts over the images that they divide, as `splitDrawing` makes it; pictures in it stand for the runs. */
  readonly drawing?: readonly Block[];
  /** What is counted. Default: samples. */
  readonly counted?: string;
  /** Share of the test part that training has seen from too near, 0 to 1. */
  readonly leak?: number;
  /** How the leak was measured. */
  readonly leakAbout?: string;
}

export interface ConfigEntry {
  /** `train.optimizer.rate`. */
  readonly path: string;
  readonly value: Setting;
  /** Where it came from: `default`, `file`, `flag`, `task` … */
  readonly from: string;
  /** More about that: the file's name, the flag. */
  readonly where?: string;
}

export interface FileFacts {
  /** Relative to the run's folder. */
  readonly name: string;
  readonly bytes?: number;
  /** What is in it. */
  readonly about?: string;
}

/** The runs of a split of `total` samples from its index lists; what is in none of them is `unused`. */
export function splitRuns(
  split: {
    readonly train: ArrayLike<number>;
    readonly validation: ArrayLike<number>;
    readonly test: ArrayLike<number>;
  },
  total: number,
): { part: SplitPart; count: number }[] {
  const parts = new Uint8Array(total).fill(3);
  [split.train, split.validation, split.test].forEach((indices, p) => {
    for (let i = 0; i < indices.length; i++) if (indices[i]! < total) parts[indices[i]!] = p;
  });
  const runs: { part: SplitPart; count: number }[] = [];
  for (const p of parts) {
    const last = runs.at(-1);
    if (last?.part === splitParts[p]) last!.count++;
    else runs.push({ part: splitParts[p]!, count: 1 });
  }
  return runs;
}
