import { type Callback, defineComponent, type EpochEnd, type RunEnd, type RunStart, services } from "@spectrai/core";
import { z } from "zod";
import { type EventLog, openEventLog } from "./tensorboard/event-log.ts";
import { imageValue, scalarValue, summaryEvent, textValue } from "./tensorboard/events.ts";
import { exampleImage } from "./tensorboard/example-image.ts";
import type { EventHead } from "./tensorboard/read-event.ts";

export const tensorboardSchema = z.strictObject({
  every: z.int().min(0).default(10).meta({
    description: "Write every how many optimizer steps their scalars; 0 writes none, 1 all.",
    group: "log",
    unit: "steps",
  }),
  imagesEvery: z.int().min(0).default(5).meta({
    description: "Draw example spectra every how many epochs; 0 draws none.",
    group: "images",
    unit: "epochs",
  }),
  images: z
    .int()
    .min(1)
    .max(64)
    .default(3)
    .meta({ description: "How many example spectra are drawn at most.", group: "images" }),
  width: z
    .int()
    .min(160)
    .max(4096)
    .default(640)
    .meta({ description: "Width of a drawn spectrum.", group: "images", unit: "pixels" }),
  height: z
    .int()
    .min(120)
    .max(4096)
    .default(320)
    .meta({ description: "Height of a drawn spectrum.", group: "images", unit: "pixels" }),
});

/**
 * An event file that TensorBoard reads. Scalars: `step/loss`, `step/learning-rate`, `step/gradient-norm` and
 * `step/samples-per-second` against the optimizer step; `<metric>/train` and `<metric>/validation` and
 * `epoch/learning-rate` against the epoch, from 0; `test/<metric>/<method>` at the end. Images: `examples/<n>` with
 * input, target and output of validation samples. Text: the resolved config, and the test metrics as a table.
 */
export const tensorboard = defineComponent({
  kind: "callback",
  name: "tensorboard",
  summary: "Log scalars, example spectra as images and the config to an event file for TensorBoard.",
  schema: tensorboardSchema,
  deps: { artifacts: services.artifacts, logger: services.logger },
  create({ every, imagesEvery, images, width, height }, { artifacts, logger }): Callback {
    let log: EventLog | undefined;
    const now = (): number => Date.now() / 1000;
    return {
      async runStart(event) {
        const opened = await openEventLog(artifacts, event.runId, (head) =>
          isBeyond(head, event.firstEpoch, event.firstStep),
        );
        log = opened.log;
        if (opened.resumed && event.firstStep > 0) logger.debug(`${log.name} goes on from step ${event.firstStep}.`);
        if (event.firstStep === 0) await log.add(summaryEvent(now(), 0, [textValue("config", configText(event))]));
        await log.flush();
      },
      async stepEnd({ step, loss, rate, gradientNorm, samples, seconds }) {
        if (every === 0 || step % every !== 0) return;
        const values = [
          scalarValue("step/loss", loss),
          scalarValue("step/learning-rate", rate),
          scalarValue("step/gradient-norm", gradientNorm),
          ...(seconds > 0 ? [scalarValue("step/samples-per-second", samples / seconds)] : []),
        ];
        await log?.add(summaryEvent(now(), step, values));
      },
      async epochEnd(event) {
        await log?.add(summaryEvent(now(), event.epoch, epochScalars(event)));
        if (imagesEvery > 0 && event.epoch % imagesEvery === 0) {
          for (const [i, example] of event.examples.slice(0, images).entries()) {
            const png = exampleImage(example, { width, height });
            if (png)
              await log?.add(summaryEvent(now(), event.epoch, [imageValue(`examples/${i + 1}`, png, width, height)]));
          }
        }
        await log?.flush();
      },
      async runEnd(event) {
        const values = testScalars(event);
        if (values.length > 0) await log?.add(summaryEvent(now(), event.epochs, values));
        if (values.length > 0)
          await log?.add(summaryEvent(now(), event.epochs, [textValue("test/table", testText(event))]));
        await log?.flush();
      },
    };
  },
});

/** Whether a run that goes on from this epoch and step writes the event again. */
function isBeyond({ step, tag }: EventHead, firstEpoch: number, firstStep: number): boolean {
  if (tag === undefined) return false;
  if (tag === "config") return firstStep === 0;
  if (tag.startsWith("test/")) return true;
  return step >= (tag.startsWith("step/") ? firstStep : firstEpoch);
}

const epochScalars = ({ rate, train, validation }: EpochEnd) => [
  ...Object.entries(train).map(([name, value]) => scalarValue(`${name}/train`, value)),
  ...Object.entries(validation).map(([name, value]) => scalarValue(`${name}/validation`, value)),
  scalarValue("epoch/learning-rate", rate),
];

const testScalars = ({ test }: RunEnd) =>
  Object.entries(test).flatMap(([method, metrics]) =>
    Object.entries(metrics).map(([name, value]) => scalarValue(`test/${name}/${method}`, value)),
  );

function configText({ runId, backend, model, sizes, config }: RunStart): string {
  const facts = `**${runId}** on ${backend}: ${model.name}, ${model.parameters} parameters; ${sizes.train} training, ${sizes.validation} validation, ${sizes.test} test samples.`;
  // Four spaces make a code block whatever is in it; a fence could be closed by the config's own text.
  return `${facts}\n\n${JSON.stringify(config, null, 2).replace(/^/gm, "    ")}`;
}

function testText({ test }: RunEnd): string {
  const metrics = [...new Set(Object.values(test).flatMap((m) => Object.keys(m)))];
  const row = (cells: readonly string[]): string => `| ${cells.map((c) => c.replace(/[|\r\n]/g, " ")).join(" | ")} |`;
  const body = Object.entries(test).map(([method, values]) =>
    row([method, ...metrics.map((m) => (m in values ? values[m]!.toPrecision(5) : ""))]),
  );
  return [row(["method", ...metrics]), row(["---", ...metrics.map(() => "---:")]), ...body].join("\n");
}
