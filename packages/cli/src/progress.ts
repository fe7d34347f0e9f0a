import type { Callback, RunStart } from "@spectrai/core";
import { duration, figure } from "./table.ts";

/** Rate and time left: one line rewritten on a terminal, a line every few seconds in a log. */
export function progressCallback(stream: NodeJS.WriteStream, secondsBetweenLines = 10): Callback {
  let start: RunStart | undefined;
  let began = 0;
  let samples = 0;
  let shown = 0;
  let validation = "";
  const live = stream.isTTY;

  const show = (epoch: number, stepOfEpoch: number, step: number, loss: number): void => {
    const now = performance.now();
    if (!start || now - shown < (live ? 100 : secondsBetweenLines * 1000)) return;
    shown = now;
    const elapsed = (now - began) / 1000;
    const done = step + 1 - start.firstStep;
    const left = (start.epochs * start.stepsPerEpoch - start.firstStep - done) * (elapsed / done);
    const text = `Epoch ${epoch + 1}/${start.epochs}, step ${stepOfEpoch + 1}/${start.stepsPerEpoch} · loss ${figure(loss)}${validation} · ${figure(samples / elapsed)} samples/s · ${duration(left)} left`;
    stream.write(live ? `\r\x1b[2K${text.slice(0, (stream.columns ?? 80) - 1)}` : `${text}\n`);
  };

  return {
    runStart(event) {
      start = event;
      began = performance.now();
      shown = live ? 0 : began;
      stream.write(
        `${event.firstStep > 0 ? "Going on with" : "Training"} ${event.model.name} (${event.model.parameters.toLocaleString("en")} parameters) on ${event.sizes.train} samples, ${event.sizes.validation} for validation, ${event.sizes.test} for test.\n`,
      );
    },
    stepEnd(event) {
      samples += event.samples;
      show(event.epoch, event.stepOfEpoch, event.step, event.loss);
    },
    epochEnd(event) {
      const [name, value] =
        Object.entries(event.validation).find(([k]) => k !== "loss") ?? Object.entries(event.validation)[0] ?? [];
      if (name !== undefined) validation = ` · validation ${name} ${figure(value!)}`;
    },
    runEnd() {
      if (live) stream.write("\r\x1b[2K");
    },
  };
}
