/** What a report shows of runs on cubes: pictures and maps of some samples of the part that was scored. */
import {
  evaluateModel,
  type Part,
  type Prediction,
  readoutOf,
  type Sample,
  type SpectralArray,
  type TrainedRun,
} from "@spectrai/core";
import {
  classOfPixels,
  countWrong,
  type CubeScene,
  cubeScenesSection,
  labelSceneBlocks,
  type PixelResults,
  pixelClassesSection,
  type Section,
} from "@spectrai/report";

/** Pixels of the scored part that are classified once more for the confusion matrices, or searched for their range. */
const mostPixels = 2 ** 20;

export async function imageSections(run: TrainedRun): Promise<Section[]> {
  const { data, scores } = run;
  if (data.spec.data !== "cube" || scores.part.size === 0) return [];
  const { target } = data.spec;
  if (target.kind === "mask") return labelSections(run, target.classes);
  if (target.kind === "spectral") return [await cubeSection(run)];
  return [];
}

/** Largest minus smallest value of the targets that count, over the scored part or an even share of it. */
export async function targetRange(run: TrainedRun): Promise<number | undefined> {
  let [low, high] = [Infinity, -Infinity];
  for (const i of evenShare(run)) {
    const { target } = await run.scores.part.read(i);
    if (target.kind !== "spectral") return undefined;
    const { data, valid, axis } = target.value;
    const points = axis.values.length;
    for (let k = 0; k < data.length; k++) {
      if (valid?.[Math.floor(k / points)] === 0) continue;
      if (data[k]! < low) low = data[k]!;
      if (data[k]! > high) high = data[k]!;
    }
  }
  return high > low ? high - low : undefined;
}

type Output = { readonly sample: Sample; readonly output: Prediction };

/** Samples of a part with what the network makes of them, one after the other. */
async function predict(
  { model, card, config, scores: { part } }: TrainedRun,
  indices: readonly number[],
  watch: (found: Output, k: number) => void,
): Promise<void> {
  const some: Part = { size: indices.length, read: (k) => part.read(indices[k]!) };
  const network = { model, output: card.model.spec.output, readout: readoutOf(card) };
  await evaluateModel(network, some, [], config.train.batchSize, undefined, (k, sample, output) =>
    watch({ sample, output }, k),
  );
}

const rivalOf = ({ scores, result }: TrainedRun): TrainedRun["scores"]["baselines"]["scores"][number] | undefined =>
  scores.baselines.scores.find((b) => b.name === result.comparison?.baseline);

/** Pixels of a sample of the scored part. */
function pixelsOf({ data, scores: { part } }: TrainedRun, index: number): number {
  const place = data.dataset.samples[part.position(index)]?.place;
  const [height = 1, width = 1] = data.spec.shape;
  return place ? (place.y1 - place.y0) * (place.x1 - place.x0) : Math.max(1, height * width);
}

/** All samples of the scored part, or as many as have about `mostPixels` together, evenly spaced. */
function evenShare(run: TrainedRun): number[] {
  const { size } = run.scores.part;
  let total = 0;
  for (let i = 0; i < size; i++) total += pixelsOf(run, i);
  const count = Math.max(1, Math.floor(size * Math.min(1, mostPixels / total)));
  return Array.from({ length: count }, (_, k) => Math.floor((k * size) / count));
}

interface Pick {
  readonly label: string;
  readonly index: number;
}

/** The samples with the smallest, the middle and the largest error, of those at least half as large as the largest. */
export function pickSamples(candidates: readonly { index: number; error: number; pixels: number }[]): Pick[] {
  const counted = candidates.filter((c) => Number.isFinite(c.error));
  const largest = counted.reduce((most, c) => Math.max(most, c.pixels), 0);
  const order = counted.filter((c) => c.pixels >= largest / 2).sort((a, b) => a.error - b.error || a.index - b.index);
  if (order.length < 2) return order.map(({ index }) => ({ label: "the only one", index }));
  const picks = [
    { label: "best", index: order[0]!.index },
    { label: "median", index: order[Math.floor(order.length / 2)]!.index },
    { label: "worst", index: order.at(-1)!.index },
  ];
  return picks.filter((p, i) => picks.findIndex((q) => q.index === p.index) === i);
}

async function labelSections(run: TrainedRun, classes: readonly string[]): Promise<Section[]> {
  const { result, scores } = run;
  const rival = rivalOf(run);
  const names = [result.model.name, ...(rival ? [rival.name] : [])];
  const confusions = names.map(() => classes.map(() => classes.map(() => 0)));
  const indices = evenShare(run);
  const candidates: { index: number; error: number; pixels: number }[] = [];
  await predict(run, indices, ({ sample, output }, k) => {
    if (sample.target.kind !== "mask") return;
    const truth = sample.target.value;
    const predicted = [output, ...(rival ? [rival.predict(sample)] : [])].map((p) =>
      classOfPixels(p.data, classes.length),
    );
    for (const [m, said] of predicted.entries())
      for (let i = 0; i < said.length; i++) {
        const label = truth.data[i]!;
        const row = label === truth.ignored ? undefined : confusions[m]![label];
        if (row) row[said[i]!]!++;
      }
    const { wrong, counted } = countWrong(predicted[0]!, truth);
    candidates.push({ index: indices[k]!, error: counted > 0 ? wrong / counted : NaN, pixels: counted });
  });
  const results: PixelResults = {
    classes,
    methods: names.map((name, m) => ({ name, confusion: confusions[m]! })),
    ...(indices.length < scores.part.size
      ? { about: `Counted in ${indices.length} of the ${scores.part.size} windows, evenly spaced.` }
      : {}),
  };
  const picks = pickSamples(candidates);
  const found: Output[] = [];
  await predict(
    run,
    picks.map((p) => p.index),
    (f) => found.push(f),
  );
  const blocks = [];
  for (const [k, { label, index }] of picks.entries()) {
    const { sample, output } = found[k]!;
    if (sample.target.kind !== "mask") continue;
    const methods = [
      { name: result.model.name, predicted: classOfPixels(output.data, classes.length) },
      ...(rival ? [{ name: rival.name, predicted: classOfPixels(rival.predict(sample).data, classes.length) }] : []),
    ];
    const input = inputOver(sample, await scores.part.original(index));
    blocks.push(
      ...(await labelSceneBlocks({ id: sample.id, label, input, truth: sample.target.value, methods }, classes)),
    );
  }
  return [{ title: "Scenes", blocks }, pixelClassesSection(results)];
}

/** The input as it was read, unless preprocessing has moved its pixels away from those of the mask. */
function inputOver(sample: Sample, original: SpectralArray): SpectralArray {
  const isSame = original.shape[0] === sample.input.shape[0] && original.shape[1] === sample.input.shape[1];
  return isSame ? original : sample.input;
}

async function cubeSection(run: TrainedRun): Promise<Section> {
  const { result, scores } = run;
  const rival = rivalOf(run);
  const picks = pickSamples(
    scores.errors.meanSquares.map((error, index) => ({ index, error, pixels: pixelsOf(run, index) })),
  );
  const scenes: CubeScene[] = [];
  await predict(
    run,
    picks.map((p) => p.index),
    ({ sample, output }, k) => {
      if (sample.target.kind !== "spectral") return;
      scenes.push({
        id: sample.id,
        label: picks[k]!.label,
        input: sample.input,
        truth: sample.target.value,
        methods: [
          { name: result.model.name, kind: "network", output: output.data },
          ...(rival ? [{ name: rival.name, kind: "baseline" as const, output: rival.predict(sample).data }] : []),
        ],
      });
    },
  );
  return cubeScenesSection(scenes);
}
