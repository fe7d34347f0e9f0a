import type { Block, Section, TableCell } from "../blocks.ts";
import { formatNumber } from "../format.ts";
import { numberAt, type Numbers } from "../numbers.ts";
import { type LineSeries, roles, type Tone } from "../plot/line-plot.ts";

/** What a method says of the test samples' classes. */
export interface ClassMethod {
  readonly name: string;
  readonly kind: "network" | "baseline";
  /** For each sample the probability of every class. */
  readonly probabilities: readonly Numbers[];
  /** Bins of the probability of the class that was chosen: its mean, and the share that was right. */
  readonly reliability: readonly { readonly confidence: number; readonly accuracy: number; readonly count: number }[];
}

export interface ClassResults {
  readonly classes: readonly string[];
  /** The true class of each test sample. */
  readonly labels: ArrayLike<number>;
  /** The network first, then what it is compared with. */
  readonly methods: readonly ClassMethod[];
  /** What was done to the network's probabilities, in a sentence. */
  readonly about?: string;
}

/** Confusion matrices, a table by class, ROC curves of each class against the rest, and how far probabilities can be trusted. */
export function classesSection(results: ClassResults): Section {
  const { methods, about } = results;
  const confusions = methods.map((m) => confusion(results, m));
  return {
    title: "Class by class",
    blocks: [
      ...methods.map((m, i) => confusionBlock(results, m, confusions[i]!)),
      tableBlock(results, confusions),
      rocBlock(results),
      reliabilityBlock(results),
      ...(about === undefined ? [] : [{ kind: "text" as const, text: about, tone: "note" as const }]),
    ],
  };
}

const chosen = (probabilities: Numbers): number => {
  let best = 0;
  for (let c = 1; c < probabilities.length; c++)
    if (numberAt(probabilities, c) > numberAt(probabilities, best)) best = c;
  return best;
};

/** `counts[true class][predicted class]`. */
function confusion({ classes, labels }: ClassResults, { probabilities }: ClassMethod): number[][] {
  const counts = classes.map(() => classes.map(() => 0));
  probabilities.forEach((p, i) => {
    const row = counts[labels[i]!];
    const column = chosen(p);
    if (row && column < row.length) row[column]!++;
  });
  return counts;
}

const confusionBlock = ({ classes }: ClassResults, { name }: ClassMethod, values: number[][]): Block => ({
  kind: "heatmap",
  caption: `${name}: test samples by true and predicted class, shaded by the share of the true class.`,
  heatmap: {
    rows: classes,
    columns: classes,
    values,
    rowLabel: "true class",
    columnLabel: "predicted class",
    byRow: true,
  },
});

function tableBlock({ classes, methods }: ClassResults, confusions: readonly (readonly number[][])[]): Block {
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const scores = (counts: readonly number[][], c: number): TableCell[] => {
    const right = counts[c]![c]!;
    const precision = right / sum(counts.map((row) => row[c]!));
    const recall = right / sum(counts[c]!);
    return [precision, recall, (2 * right) / (sum(counts.map((row) => row[c]!)) + sum(counts[c]!))];
  };
  return {
    kind: "table",
    caption:
      "Precision: the share of a class's predictions that are right. Recall: the share of its samples that are found. F1: their harmonic mean. A dash where there is nothing to divide by.",
    columns: [
      { label: "Class" },
      { label: "Samples" },
      ...methods.flatMap(({ name }) =>
        ["precision", "recall", "F1"].map((m) => ({ label: `${name}: ${m}`, digits: 3 })),
      ),
    ],
    rows: classes.map((name, c) => [name, sum(confusions[0]?.[c] ?? []), ...confusions.flatMap((m) => scores(m, c))]),
  };
}

/** More curves than this cannot be told apart. */
const mostCurves = 8;
const tones: readonly Tone[] = ["blue", "orange", "green", "purple", "red", "teal", "ink", "grey"];

function rocBlock({ classes, labels, methods }: ClassResults): Block {
  // With two classes, one curve is the other's mirror image.
  const asked = classes.length === 2 ? [1] : classes.map((_, c) => c);
  const curves = methods.flatMap((m) =>
    asked.map((c) => {
      const { x, y, area } = rocCurve(
        m.probabilities.map((p) => numberAt(p, c)),
        m.probabilities.map((_, i) => labels[i] === c),
      );
      return { method: m, c, x, y, area };
    }),
  );
  const hardest = asked
    .map((c) => ({ c, area: curves.find((r) => r.c === c && r.method === methods[0])?.area ?? NaN }))
    .filter(({ area }) => Number.isFinite(area))
    .toSorted((a, b) => a.area - b.area)
    .slice(0, mostCurves)
    .map(({ c }) => c);
  const shown = curves.filter((r) => hardest.includes(r.c));
  const series = shown.map(({ method, c, x, y, area }): LineSeries => ({
    name: `${method.name}: ${classes[c]} (AUC ${formatNumber(area, 3)})`,
    x,
    y,
    tone: tones[hardest.indexOf(c) % tones.length]!,
    style: method.kind === "network" ? "solid" : "dashed",
  }));
  const which = classes.length > mostCurves ? ` The ${mostCurves} classes with the smallest area are shown.` : "";
  return {
    kind: "lines",
    caption: `ROC curves, each class against the rest: how many of its samples are found against how many others are taken for it, as the threshold falls. AUC is the area below; 0.5 is guessing.${which}`,
    plot: {
      x: { label: "False positives, share", low: 0, high: 1 },
      y: { label: "True positives, share", low: 0, high: 1.02 },
      series: [...series, { name: "guessing", x: [0, 1], y: [0, 1], tone: "grey", style: "faint" }],
    },
  };
}

/** The curve from (0, 0) to (1, 1), with samples of equal score taken together, and the area below it; NaN where one side is empty. */
export function rocCurve(
  scores: readonly number[],
  positive: readonly boolean[],
): { readonly x: number[]; readonly y: number[]; readonly area: number } {
  const order = scores.map((_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
  const positives = positive.filter(Boolean).length;
  const negatives = positive.length - positives;
  const [x, y] = [[0], [0]];
  let [found, wrong, area] = [0, 0, 0];
  order.forEach((i, k) => {
    if (positive[i]) found++;
    else wrong++;
    const next = order[k + 1];
    if (next !== undefined && scores[next] === scores[i]) return;
    const [px, py] = [wrong / negatives, found / positives];
    area += ((px - x.at(-1)!) * (py + y.at(-1)!)) / 2;
    x.push(px);
    y.push(py);
  });
  return { x, y, area: positives > 0 && negatives > 0 ? area : NaN };
}

function reliabilityBlock({ methods }: ClassResults): Block {
  const series = methods.map(({ kind, name, reliability }): LineSeries => {
    const bins = reliability.filter((b) => b.count > 0);
    return {
      name,
      x: bins.map((b) => b.confidence),
      y: bins.map((b) => b.accuracy),
      tone: roles[kind],
      style: bins.length < 2 ? "points" : kind === "network" ? "solid" : "dashed",
    };
  });
  return {
    kind: "lines",
    caption:
      "Reliability: the share that was right against the probability that was given, in bins. On the diagonal, probabilities mean what they say; below it, the method is too sure of itself.",
    plot: {
      x: { label: "Probability of the chosen class", low: 0, high: 1 },
      y: { label: "Share that was right", low: 0, high: 1.02 },
      series: [...series, { name: "as stated", x: [0, 1], y: [0, 1], tone: "grey", style: "faint" }],
    },
  };
}
