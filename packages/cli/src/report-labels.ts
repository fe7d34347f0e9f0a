import {
  confidenceBins,
  evaluateModel,
  type Prediction,
  probabilities,
  readoutOf,
  type Target,
  type TrainedRun,
} from "@spectrai/core";
import { classesSection, type Section, targetsSection } from "@spectrai/report";
import { figure } from "./table.ts";

/** What a report shows of classes or numbers: the network beside the best baseline, on the part that was scored. */
export async function labelSections(run: TrainedRun): Promise<Section[]> {
  const { target } = run.data.spec;
  if (target.kind !== "class" && target.kind !== "numbers") return [];
  if (run.scores.part.size === 0) return [];
  const { targets, methods } = await predictionsOf(run);
  if (target.kind === "class") {
    const labels = targets.map((t) => (t.kind === "class" ? t.value : -1));
    return [
      classesSection({
        classes: target.classes,
        labels,
        methods: methods.map(({ name, kind, predictions }) => ({
          name,
          kind,
          probabilities: predictions.map(({ data }) => probabilities(data)),
          reliability: confidenceBins(predictions.map(({ data }, i) => ({ logits: data, label: labels[i]! }))),
        })),
        ...(run.result.calibration ? { about: trustText(run.result.calibration) } : {}),
      }),
    ];
  }
  return [
    targetsSection({
      names: target.names,
      units: target.units,
      targets: targets.map((t) => (t.kind === "numbers" ? t.value : [])),
      methods: methods.map(({ predictions, ...m }) => ({ ...m, predictions: predictions.map((p) => p.data) })),
    }),
  ];
}

interface Method {
  readonly name: string;
  readonly kind: "network" | "baseline";
  readonly predictions: readonly Prediction[];
}

async function predictionsOf({ model, card, config, scores, result }: TrainedRun): Promise<{
  readonly targets: readonly Target[];
  readonly methods: readonly Method[];
}> {
  const rival = scores.baselines.scores.find((b) => b.name === result.comparison?.baseline);
  const targets: Target[] = [];
  const own: Prediction[] = [];
  const others: Prediction[] = [];
  const network = { model, output: card.model.spec.output, readout: readoutOf(card) };
  await evaluateModel(network, scores.part, [], config.train.batchSize, undefined, (_, sample, output) => {
    targets.push(sample.target);
    own.push(output);
    if (rival) others.push(rival.predict(sample));
  });
  return {
    targets,
    methods: [
      { name: result.model.name, kind: "network", predictions: own },
      ...(rival ? [{ name: rival.name, kind: "baseline" as const, predictions: others }] : []),
    ],
  };
}

/** What the temperature has done to the network's probabilities, in a sentence. */
export function trustText({ temperature, before, after }: NonNullable<TrainedRun["result"]["calibration"]>): string {
  if (temperature === null)
    return `No temperature is fitted to the network's probabilities: log loss ${figure(after.logLoss)}, calibration error ${figure(after.ece)}.`;
  return `The network's probabilities are calibrated with the temperature ${figure(temperature)}: log loss ${figure(after.logLoss)} instead of ${figure(before.logLoss)}, calibration error ${figure(after.ece)} instead of ${figure(before.ece)}.`;
}
