import "spectrai-example-common/page.css";
import { duration } from "spectrai-example-common/numbers.ts";
import { addLine, element, fillTable, offerFiles } from "spectrai-example-common/page.ts";
import { axisLabel, draw } from "spectrai-example-common/plot.ts";
import type { Applied, ModelFacts, Reply, Request, Settings, ShownFile } from "./messages.ts";

const form = element<HTMLFormElement>("form");
const modelFile = element<HTMLInputElement>("model");
const inputFiles = element<HTMLInputElement>("inputs");
const applyButton = element<HTMLButtonElement>("apply");
const cancelButton = element<HTMLButtonElement>("cancel");
const progress = element<HTMLProgressElement>("progress");
const shownFile = element<HTMLSelectElement>("shown-file");
const row = element<HTMLInputElement>("row");
const column = element<HTMLInputElement>("column");
const valueOf = (id: string): string => element<HTMLInputElement | HTMLSelectElement>(id).value.trim();
const say = (id: string, text: string): void => {
  element(id).textContent = text;
};

let worker = startWorker();
let modelIsOpen = false;
let shown: readonly ShownFile[] = [];

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
  cancelButton.disabled = !busy;
  applyButton.disabled = busy || !modelIsOpen || inputFiles.files!.length === 0;
}

function receive(reply: Reply): void {
  if (reply.kind === "opened") return showModel(reply.facts);
  if (reply.kind === "chosen") return say("chosen", reply.text);
  if (reply.kind === "note") return addLine(element("notes"), reply.text);
  if (reply.kind === "progress") {
    progress.value = reply.share;
    return say("status", reply.text);
  }
  if (reply.kind === "applied") return showResult(reply.result);
  if (reply.kind === "shown")
    return draw(element("plot"), { x: axisLabel(reply.unit), y: "Value", lines: reply.curves });
  setBusy(false);
  say("status", "");
  say("error", reply.message);
}

function showModel({ text, extensions }: ModelFacts): void {
  modelIsOpen = true;
  say("model-facts", text);
  element("format").replaceChildren(...extensions.map((extension) => new Option(extension, extension)));
  setBusy(false);
}

function showResult({ files, samples, seconds, shown: all, table }: Applied): void {
  setBusy(false);
  say("status", `Applied to ${samples} ${samples === 1 ? "sample" : "samples"} in ${duration(seconds)}.`);
  element("result").hidden = false;
  offerFiles(element("files"), files);
  fillTable(element("table"), table?.header ?? [], table?.rows ?? []);
  say("table-note", table?.more ? `… and ${table.more} more in predictions.csv.` : "");
  shown = all;
  shownFile.replaceChildren(...all.map(({ name }, i) => new Option(name, String(i))));
  showPlace();
}

function showPlace(): void {
  const file = shown[Number(shownFile.value)];
  if (!file) return;
  const { rows, columns } = file;
  element("place").hidden = rows === 0;
  element("column-field").hidden = columns === 0;
  say("row-label", columns === 0 ? `Spectrum (of ${rows}, from 0)` : "Row");
  const within = (input: HTMLInputElement, count: number): number => {
    input.max = String(Math.max(0, count - 1));
    return Math.min(Math.max(0, Math.trunc(Number(input.value)) || 0), Math.max(0, count - 1));
  };
  const place = { file: Number(shownFile.value), row: within(row, rows), column: within(column, columns) };
  if (rows > 0) ask({ kind: "show", place });
}

function settings(): Settings {
  const [variable, start, stop] = [valueOf("variable"), valueOf("axis-start"), valueOf("axis-stop")];
  return {
    backend: valueOf("backend"),
    extension: valueOf("format"),
    ...(variable === "" ? {} : { variable }),
    ...(start === "" || stop === ""
      ? {}
      : { axis: { start: Number(start), stop: Number(stop), unit: valueOf("axis-unit") } }),
  };
}

function openModel(): void {
  modelIsOpen = false;
  setBusy(false);
  say("error", "");
  say("model-facts", "");
  const [model] = modelFile.files!;
  if (model) ask({ kind: "open", model });
}

modelFile.addEventListener("change", openModel);
inputFiles.addEventListener("change", () => setBusy(false));
for (const input of [shownFile, row, column]) input.addEventListener("change", showPlace);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  for (const id of ["error", "chosen", "notes"]) say(id, "");
  say("status", "Loading what the model needs …");
  element("result").hidden = true;
  progress.removeAttribute("value");
  setBusy(true);
  ask({ kind: "apply", inputs: [...inputFiles.files!], settings: settings() });
});

cancelButton.addEventListener("click", () => {
  // A network that computes hears nothing: its worker is ended, and another one takes its place.
  worker.terminate();
  worker = startWorker();
  openModel();
  say("status", "Cancelled; nothing was kept.");
});
