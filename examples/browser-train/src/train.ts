import {
  type Callback,
  memoryStore,
  modelFile,
  openWorkbench,
  readConfig,
  type RunStart,
  type TrainedRun,
  trainRun,
} from "@spectrai/core";
import { duration, figure, timeLeft } from "spectrai-example-common/numbers.ts";
import { pickedFiles } from "spectrai-example-common/picked-files.ts";
import { configOf, pluginsOf } from "./config.ts";
import { exampleOf, testExample } from "./examples.ts";
import type { Data, Reply, Settings, Trained } from "./messages.ts";

/** Trains and measures as `spectrai train` does, by the same function of core. */
export async function trainModel(
  settings: Settings,
  tell: (reply: Reply) => void,
  wantsToStop: () => boolean,
): Promise<void> {
  const note = (text: string): void => tell({ kind: "note", text });
  const given = readConfig(configOf(settings));
  const bench = await openWorkbench({
    plugins: await pluginsOf(settings),
    files: pickedFiles(filesOf(settings.data)),
    logger: { debug: () => undefined, info: note, warn: note },
    seed: given.raw.seed,
  });
  try {
    const store = memoryStore("in this page");
    const run = await trainRun(bench, {
      given,
      store,
      runId: "page",
      resume: false,
      callbacks: [watcher(tell, wantsToStop)],
    });
    const bytes = (await store.read(modelFile))! as Uint8Array<ArrayBuffer>;
    tell({ kind: "trained", trained: await factsOf(run, new File([bytes], modelFile)) });
    run.model.dispose();
  } finally {
    await bench.services.dispose();
  }
}

const filesOf = (data: Data): File[] => (data.kind === "files" ? [data.input, data.target] : []);

/** Milliseconds between two reports; in between, nothing that the page says is heard. */
const pause = 100;

function watcher(tell: (reply: Reply) => void, wantsToStop: () => boolean): Callback {
  let start: RunStart | undefined;
  let began = 0;
  let last = 0;
  return {
    runStart(event) {
      start = event;
      began = performance.now();
      const { train, validation, test } = event.sizes;
      tell({
        kind: "note",
        text: `${event.model.name} (${event.model.parameters.toLocaleString("en")} parameters) learns from ${train} spectra; ${validation} are for validation, ${test} for the test.`,
      });
    },
    async stepEnd({ epoch, step, loss }) {
      const now = performance.now();
      if (!start || now - last < pause) return;
      last = now;
      const share = (step + 1) / (start.epochs * start.stepsPerEpoch);
      const left = timeLeft((now - began) / 1000, share);
      tell({
        kind: "step",
        share,
        text: `Epoch ${epoch + 1} of ${start.epochs} · loss ${figure(loss)}${left && ` · ${left}`}`,
      });
      // Lets the worker hear that it is to stop.
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
    epochEnd({ epoch, train, validation, examples }, control) {
      const [shown] = examples;
      tell({
        kind: "epoch",
        epoch: {
          epoch: epoch + 1,
          training: train["loss"]!,
          ...(validation["loss"] === undefined ? {} : { validation: validation["loss"] }),
          example: shown && exampleOf(shown.sample, [{ name: "Network", y: shown.output.data }]),
        },
      });
      if (wantsToStop()) control.stop("the page asked for it");
    },
  };
}

/** The network beside the classical methods, on the same part of the data. */
async function factsOf(run: TrainedRun, model: File): Promise<Trained> {
  const { result, scores, config } = run;
  const metrics = [...scores.metrics].sort(
    (a, b) => Number(b.name === config.monitor) - Number(a.name === config.monitor),
  );
  const methods = [
    { name: result.model.name, kind: "network" as const, metrics: result.metrics },
    ...Object.entries(result.baselines).map(([name, { metrics: values }]) => ({
      name,
      kind: "baseline" as const,
      metrics: values,
    })),
  ];
  const { verdictOf } = await import("@spectrai/report");
  const verdict = verdictOf({
    metrics: metrics.map(({ name, metric }) => ({ name, better: metric.better })),
    methods,
  });
  return {
    verdict: verdict.text,
    header: [`on ${result.scoredOn}`, ...metrics.map(({ name }) => name)],
    rows: methods.map((method) => [method.name, ...metrics.map(({ name }) => figure(method.metrics[name]!))]),
    example: await testExample(run),
    model,
    text: `Trained ${result.training.epochs} ${result.training.epochs === 1 ? "epoch" : "epochs"} in ${duration(result.seconds.training)}; ${duration(result.seconds.total)} in all.`,
  };
}
