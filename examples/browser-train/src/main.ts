import "spectrai-example-common/page.css";
import { addLine, element, fillTable, offerFiles } from "spectrai-example-common/page.ts";
import { axisLabel, draw } from "spectrai-example-common/plot.ts";
import type { Data, Epoch, Example, Reply, Request, Settings, Trained } from "./messages.ts";

const form = element<HTMLFormElement>("form");
const trainButton = element<HTMLButtonElement>("train");
const stopButton = element<HTMLButtonElement>("stop");
const progress = element<HTMLProgressElement>("progress");
const fields = { simulated: element<HTMLFieldSetElement>("simulated"), files: element<HTMLFieldSetElement>("files") };
const valueOf = (id: string): string => element<HTMLInputElement | HTMLSelectElement>(id).value.trim();
const fileOf = (id: string): File => element<HTMLInputElement>(id).files![0]!;
const source = (): Data["kind"] => new FormData(form).get("source") as Data["kind"];
const say = (id: string, text: string): void => {
  element(id).textContent = text;
};

let worker = startWorker();
let stopping = false;
let epochs: Epoch[] = [];

function startWorker(): Worker {
  const started = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  started.addEventListener("message", ({ data }: MessageEvent<Reply>) => receive(data));
  started.addEventListener("error", (event) => {
    event.preventDefault();
    say("broken", "The code of this page could not be loaded or run; reload the page, or try another browser.");
    form.inert = true;
  });
  return started;
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin of its own
const ask = (request: Request): void => worker.postMessage(request);

function setBusy(busy: boolean): void {
  progress.hidden = !busy;
  trainButton.disabled = busy;
  stopButton.disabled = !busy;
  stopping = false;
}

function receive(reply: Reply): void {
  if (reply.kind === "note") return addLine(element("notes"), reply.text);
  if (reply.kind === "step") {
    progress.value = reply.share;
    if (!stopping) say("status", reply.text);
    return;
  }
  if (reply.kind === "epoch") return showEpoch(reply.epoch);
  if (reply.kind === "trained") return showResult(reply.trained);
  setBusy(false);
  say("status", "");
  say("error", reply.message);
}

function showEpoch(epoch: Epoch): void {
  epochs.push(epoch);
  element("curves").hidden = false;
  const x = epochs.map((e) => e.epoch);
  const held = epochs.filter((e) => e.validation !== undefined);
  const lines = [
    { name: "Training", x, y: epochs.map((e) => e.training) },
    { name: "Validation", x: held.map((e) => e.epoch), y: held.map((e) => e.validation!) },
  ];
  draw(element("loss-plot"), { x: "Epoch", y: "Loss", lines, log: true });
  if (epoch.example) showExample(epoch.example);
}

const showExample = ({ unit, curves }: Example): void =>
  draw(element("example-plot"), { x: axisLabel(unit), y: "Value", lines: curves });

function showResult({ verdict, header, rows, example, model, text }: Trained): void {
  setBusy(false);
  say("status", text);
  say("verdict", verdict);
  fillTable(element("table"), header, rows);
  offerFiles(element("model-file"), [model]);
  if (example) showExample(example);
  element("result").hidden = false;
}

function dataOf(): Data {
  if (source() === "simulated")
    return {
      kind: "simulated",
      samples: Number(valueOf("samples")),
      points: Number(valueOf("points")),
      seed: Number(valueOf("seed")),
    };
  const [start, stop] = [valueOf("axis-start"), valueOf("axis-stop")];
  const [input, target] = [fileOf("input"), fileOf("target")];
  return {
    kind: "files",
    input,
    // Two files of one name in two folders are told apart.
    target: target.name === input.name ? new File([target], `target-${target.name}`) : target,
    ...(start === "" || stop === ""
      ? {}
      : { axis: { start: Number(start), stop: Number(stop), unit: valueOf("axis-unit") } }),
  };
}

function settings(): Settings {
  const wanted = valueOf("epochs");
  return { data: dataOf(), backend: valueOf("backend"), ...(wanted === "" ? {} : { epochs: Number(wanted) }) };
}

for (const choice of form.querySelectorAll<HTMLInputElement>("[name=source]"))
  choice.addEventListener("change", () => {
    for (const [kind, set] of Object.entries(fields)) {
      set.hidden = kind !== source();
      // What is not asked for need not be filled in.
      for (const field of set.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input, select"))
        field.disabled = set.hidden;
    }
  });

form.addEventListener("submit", (event) => {
  event.preventDefault();
  for (const id of ["error", "notes"]) say(id, "");
  say("status", "Loading what the training needs …");
  for (const id of ["curves", "result"]) element(id).hidden = true;
  epochs = [];
  progress.removeAttribute("value");
  setBusy(true);
  ask({ kind: "train", settings: settings() });
});

stopButton.addEventListener("click", () => {
  if (!stopping) {
    stopping = true;
    ask({ kind: "stop" });
    return say("status", "Stopping after this epoch; the network as it is then is measured. Press again to drop it.");
  }
  worker.terminate();
  worker = startWorker();
  setBusy(false);
  say("status", "Stopped; nothing was kept.");
});
