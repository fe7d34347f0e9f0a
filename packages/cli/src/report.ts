import * as tf from "@tensorflow/tfjs-core";
import {
  type ArtifactStore,
  type Axis,
  describeStart,
  disposeBatch,
  type ErrorProfile,
  forward,
  isObject,
  type JsonValue,
  makeBatch,
  type Prediction,
  type Sample,
  splitRows,
  type TrainedRun,
} from "@spectrai/core";
import {
  type AxisData,
  axisLabel,
  type ConfigEntry,
  type ExampleData,
  renderReport,
  type ReportData,
  type Setting,
  verdictOf,
} from "@spectrai/report";
import { imageSections, targetRange } from "./report-images.ts";
import { drawnImages, splitFacts } from "./report-split.ts";
import { labelSections } from "./report-labels.ts";

/** Writes `report.html` into the run's folder and returns where it is. */
export async function writeRunReport(store: ArtifactStore, run: TrainedRun): Promise<string> {
  await store.write("report.html", renderReport(await reportData(run)));
  return `${store.location}/report.html`;
}

const axisData = (axis: Axis): AxisData => ({
  name: axisLabel(axis),
  unit: axis.unit,
  values: axis.values,
});

type Scored = Pick<TrainedRun, "config" | "result" | "scores">;

const profiles = ({
  result,
  scores,
}: Scored): { name: string; kind: "network" | "baseline"; errors: ErrorProfile }[] => [
  { name: result.model.name, kind: "network", errors: scores.errors },
  ...scores.baselines.scores.map((b) => ({ name: b.name, kind: "baseline" as const, errors: b.errors })),
];

/** The methods with their metrics, the one that picked the model first: what the verdict and the table are made of. */
function methodFacts(run: Scored): Pick<ReportData, "metrics" | "methods" | "errors"> {
  const { config, result, scores } = run;
  const ordered = [...scores.metrics].sort(
    (a, b) => Number(b.name === config.monitor) - Number(a.name === config.monitor),
  );
  const errors = profiles(run).map(({ errors: e, ...m }) => ({ ...m, values: e.meanSquares }));
  return {
    metrics: ordered.map(({ name, metric }) => ({
      name,
      better: metric.better,
      ...(metric.unit === undefined ? {} : { unit: metric.unit }),
    })),
    methods: [
      { name: result.model.name, kind: "network", metrics: result.metrics },
      ...Object.entries(result.baselines).map(([name, b]) => ({
        name,
        kind: "baseline" as const,
        chosen: b.chosen as Readonly<Record<string, Setting>>,
        metrics: b.metrics,
        seconds: b.seconds,
      })),
    ],
    ...(scores.errors.meanSquares.length > 0 ? { errors: { label: "Mean squared error", methods: errors } } : {}),
  };
}

/** Whether the network earned its keep: the same sentences as in the report. */
export const verdict = (run: Scored): string => verdictOf(methodFacts(run)).text;

/** Paths without their folders: a title has to fit on a page; the data's full source stands below it. */
const fileNames = (source: string): string => source.replaceAll(/[^\s,]*[/\\](?=[^\s,/\\]+)/g, "");

/** A finished run as the report's data. */
async function reportData(run: TrainedRun): Promise<ReportData> {
  const { config, data, result, history } = run;
  const { target } = data.spec;
  const range = data.spec.data === "cube" && target.kind === "spectral" ? await targetRange(run) : undefined;
  const kept = config.train.keep === "best" ? result.training.bestEpoch : history.at(-1)?.epoch;
  return {
    title: `${config.task.charAt(0).toUpperCase()}${config.task.slice(1)} of ${fileNames(data.dataset.source)}`,
    run: {
      id: result.run,
      task: result.task,
      date: result.run.replace(/^(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d).*$/, "$1:$2:$3Z"),
      seconds: result.seconds.total,
      epochs: result.training.epochs,
      reason: result.training.ended === "early-stopping" ? "early-stopping" : "finished",
      warnings: Object.entries(result.skippedBaselines).map(
        ([name, why]) => `The baseline ${name} was left out: ${why}`,
      ),
    },
    model: {
      name: result.model.name,
      parameters: result.model.parameters,
      ...(result.start ? { about: describeStart(result.start) } : {}),
    },
    backend: result.backend,
    data: { source: result.data.source, about: describeData(run) },
    ...methodFacts(run),
    curves: {
      loss: config.loss.name,
      epochs: history.map((h) => ({ ...h, best: h.epoch === kept })),
    },
    ...(target.kind === "spectral" && data.spec.data === "spectrum" ? { examples: await examples(run) } : {}),
    ...(target.kind === "spectral"
      ? {
          pointErrors: {
            label: "RMSE",
            axis: axisData(target.axis),
            ...(range === undefined ? {} : { range }),
            methods: profiles(run).map(({ errors, ...m }) => ({ ...m, values: errors.rootMeanSquares() })),
          },
        }
      : {}),
    sections: [...(await imageSections(run)), ...(await labelSections(run))],
    split: await splitFacts(data, await drawnImages(data), { method: config.split.name, leak: result.split.leak }),
    config: configEntries(config.json, config.provenance),
    files: Object.entries(result.files).map(([about, name]) => ({ name, about })),
    versions: run.card.versions,
  };
}

const describeData = ({ data, result: { data: source } }: TrainedRun): string =>
  describeShape(source.shape, data.rawSpec.axis) + (source.resampled === undefined ? "" : `, ${source.resampled}`);

function describeShape(shape: readonly number[], axis: Axis): string {
  const size = shape.length === 1 ? `${shape[0]} points` : shape.map((d) => (d === 0 ? "any" : d)).join(" × ");
  const unit =
    axis.unit === "index"
      ? ""
      : `, ${Number(axis.values[0]!.toFixed(1))} to ${Number(axis.values.at(-1)!.toFixed(1))} ${axis.unit}`;
  return `${size}${unit}`;
}

/** The samples the network does best, middling and worst on, beside the best baseline. */
async function examples({ model, card, scores, result, data }: TrainedRun): Promise<ExampleData[]> {
  const errors = scores.errors.meanSquares;
  if (errors.length === 0) return [];
  const order = errors.map((_, i) => i).sort((a, b) => errors[a]! - errors[b]!);
  const picks = [
    { label: "best", index: order[0]! },
    { label: "median", index: order[Math.floor(order.length / 2)]! },
    { label: "worst", index: order.at(-1)! },
  ];
  const samples: Sample[] = [];
  for (const { index } of picks) samples.push(await scores.part.read(index));
  const batch = makeBatch(samples, card.model.spec.output, [], 0, 0);
  const output = forward(model, batch.input);
  const outputs: Prediction[] = await splitRows(output);
  tf.dispose(output);
  disposeBatch(batch);
  const rival = scores.baselines.scores.find((b) => b.name === result.comparison?.baseline);
  return picks.map(({ label, index }, i) => {
    const sample = samples[i]!;
    const { target } = sample;
    return {
      id: sample.id,
      label,
      axis: axisData(sample.input.axis),
      input: sample.input.data,
      output: outputs[i]!.data,
      ...(target.kind === "spectral" ? { target: target.value.data, targetAxis: axisData(target.value.axis) } : {}),
      ...(rival ? { baseline: { name: rival.name, values: rival.predict(sample).data } } : {}),
      quantity: data.pipeline.save().length > 0 ? "Intensity after preprocessing" : "Intensity",
      errors: Object.fromEntries([
        [result.model.name, errors[index]!],
        ...(rival ? [[rival.name, rival.errors.meanSquares[index]!] as const] : []),
      ]),
    };
  });
}

/** Every leaf of the config with where it came from. */
function configEntries(
  config: JsonValue,
  provenance: Readonly<Record<string, string>>,
  path: readonly string[] = [],
): ConfigEntry[] {
  if (Array.isArray(config) && config.length > 0)
    return (config as JsonValue[]).flatMap((v, i) => configEntries(v, provenance, [...path, String(i)]));
  if (isObject(config) && Object.keys(config).length > 0)
    return Object.entries(config).flatMap(([k, v]) => configEntries(v, provenance, [...path, k]));
  const key = path.join(".");
  return [{ path: key, value: config, from: provenance[key] ?? "default" }];
}
