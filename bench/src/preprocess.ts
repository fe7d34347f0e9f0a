import {
  type Axis,
  type Component,
  linearAxis,
  type Plugin,
  rng,
  type SampleAugmentation,
  SpectraiError,
  type SpectralArray,
  spectralArray,
} from "@spectrai/core";
import augmentPlugin from "@spectrai/augment";
import { ramanPairsSchema, ramanSimulator } from "@spectrai/datasets";
import {
  asls,
  aslsBaseline,
  aslsSchema,
  baselineWorkspace,
  maxNormalize,
  maxNormalizeSchema,
  polynomial,
  polynomialSchema,
} from "@spectrai/preprocess";
import { Bench } from "tinybench";
import type { Figure } from "./figure.ts";

const POINTS = 500;
const axis: Axis = linearAxis(500, 1800, POINTS, "cm-1");

interface Pair {
  readonly input: SpectralArray;
  readonly target: SpectralArray;
}

const float64 = (data: Float32Array): SpectralArray => spectralArray(Float64Array.from(data), [POINTS], axis);

/** A hundred pairs stay in the second-level cache, as those of a batch do. */
function simulatedPairs(count: number, keep: (y: SpectralArray) => boolean = () => true): Pair[] {
  const simulator = ramanSimulator(ramanPairsSchema.parse({ cosmicRate: 0 }));
  const pairs: Pair[] = [];
  for (let i = 0; pairs.length < count; i++) {
    const { short, long } = simulator.pair(i);
    const target = float64(long);
    if (keep(target)) pairs.push({ input: float64(short), target });
  }
  return pairs;
}

const aslsOptions = aslsSchema.parse({ lambda: 1e6, p: 0.001, iterations: 10, tolerance: 0 });

/** AsLS stops when no weight changes any more; only spectra that have not got there after nine passes cost all ten. */
function needsTenPasses(y: SpectralArray): boolean {
  const workspace = baselineWorkspace(POINTS);
  const [nine, ten] = [new Float64Array(POINTS), new Float64Array(POINTS)];
  const data = Float64Array.from(y.data);
  aslsBaseline(data, nine, workspace, { ...aslsOptions, iterations: 9 });
  aslsBaseline(data, ten, workspace, aslsOptions);
  return nine.some((v, i) => v !== ten[i]);
}

/** A random change of spectra by name; throws where the package no longer provides it. */
function augmentation(plugin: Plugin, name: string, options: object): SampleAugmentation {
  const component = plugin.components.find((c) => c.kind === "augmentation" && c.name === name) as
    Component<"augmentation"> | undefined;
  if (!component)
    throw new SpectraiError("SPECTRAI_COMPONENT_UNKNOWN", `${plugin.name} has no augmentation "${name}".`);
  const checked = component.schema["~standard"].validate(options);
  if (checked instanceof Promise || checked.issues)
    throw new SpectraiError("SPECTRAI_COMPONENT_OPTIONS", `${name}: ${JSON.stringify(checked)}`);
  const made = component.create(checked.value, {});
  if (made instanceof Promise || made.scope !== "sample")
    throw new SpectraiError("SPECTRAI_INTERNAL", `${name} does not work sample by sample.`);
  return made;
}

/** What the loader does to a denoising pair: draw a shift and perhaps a flip, apply them to both spectra, divide each by its maximum. */
function pairPipeline(): (pair: Pair, index: number) => number {
  const steps = [augmentation(augmentPlugin, "spectral-shift", {}), augmentation(augmentPlugin, "spectral-flip", {})];
  const normalize = maxNormalize.create(maxNormalizeSchema.parse({}), {});
  if (normalize instanceof Promise) throw new SpectraiError("SPECTRAI_INTERNAL", "max-normalize is not made at once.");
  return ({ input, target }, index) => {
    let x = input;
    let y = target;
    steps.forEach((step, k) => {
      const params = step.sample(x, rng(0, "augment", index, k));
      if (params === null) return;
      x = step.apply(x, params);
      y = step.apply(y, params);
    });
    return normalize.apply(x).data[0]! + normalize.apply(y).data[0]!;
  };
}

/** Preprocessing of spectra of 500 points in float64, on one thread, through the same components a run uses. */
export async function preprocess({ milliseconds = 1000 } = {}): Promise<Figure[]> {
  const slow = simulatedPairs(16, needsTenPasses);
  const pairs = simulatedPairs(100);
  const baseline = asls.create(aslsOptions, {});
  const background = polynomial.create(polynomialSchema.parse({ order: 5 }), {});
  if (baseline instanceof Promise || background instanceof Promise)
    throw new SpectraiError("SPECTRAI_INTERNAL", "A transform is not made at once.");
  const pipeline = pairPipeline();

  let index = 0;
  let sink = 0;
  const works = [
    {
      name: "AsLS, 500 points, 10 iterations, f64",
      limit: 70,
      reference: 7000,
      items: slow,
      work: (pair: Pair) => (sink += baseline.apply(pair.target).data[0]!),
    },
    {
      name: "polynomial-5 background, 500 points",
      limit: 10,
      reference: 139,
      items: pairs,
      work: (pair: Pair) => (sink += background.apply(pair.target).data[0]!),
    },
    {
      name: "shift + flip + max-normalize of a pair",
      limit: 12,
      reference: 118,
      items: pairs,
      work: (pair: Pair) => (sink += pipeline(pair, index++)),
    },
  ] as const;

  const bench = new Bench({ time: milliseconds, warmupTime: milliseconds / 4 });
  for (const { name, items, work } of works) {
    bench.add(name, () => {
      for (const item of items) work(item);
    });
  }
  await bench.run();
  if (!Number.isFinite(sink))
    throw new SpectraiError("SPECTRAI_INTERNAL", "A benchmark computed values that are not numbers.");
  return works.map(({ name, limit, reference, items }, i) => {
    const { result } = bench.tasks[i]!;
    if (result.state !== "completed")
      throw new SpectraiError("SPECTRAI_INTERNAL", `The benchmark "${name}" ended as ${result.state}.`);
    const { p50, samplesCount } = result.latency;
    return {
      name,
      unit: "µs",
      ours: (p50 * 1000) / items.length,
      limit,
      reference,
      method: `median of ${samplesCount} rounds over ${items.length} simulated spectra or pairs, one thread`,
    };
  });
}
