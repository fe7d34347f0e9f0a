import {
  type Axis,
  axisToJson,
  type AxisUnit,
  type ByteSource,
  type ComponentRef,
  countParameters,
  createComponent,
  downloadTensors,
  hashJson,
  indexAxis,
  isObject,
  type JsonObject,
  type JsonValue,
  linearAxis,
  type ModelCard,
  type ModelFile,
  type ModelSpec,
  normalizeRef,
  parameterTensors,
  refToJson,
  type ResolvedRef,
  resolveRef,
  setPath,
  type Setting,
  SpectraiError,
  versionsOf,
  type Workbench,
} from "@spectrai/core";
import { loadTorchState } from "@spectrai/nn";
import { readTorch } from "../torch/read-torch.ts";
import { findState } from "../torch/state.ts";
import { type Facts, factsOf } from "./facts.ts";
import { fileValues } from "./file-values.ts";
import { fitState } from "./fit-state.ts";
import { recognise } from "./recognise.ts";
import type { Ending, Recognised } from "./recognised.ts";

export interface CheckpointRequest {
  readonly source: ByteSource;
  /** The config it was trained with, as one of ours: its task, model, preprocessing, axis and class names are used. */
  readonly config?: JsonObject;
  /** What the user says; it counts more than all else. */
  readonly settings?: readonly Setting[];
  readonly task?: string;
  /** The spectral axis of the data, before preprocessing; both ends included. */
  readonly axis?: { readonly start: number; readonly stop: number; readonly unit: AxisUnit };
  /** Points of the data's spectra, before preprocessing. */
  readonly points?: number;
  readonly classes?: readonly string[];
}

export interface ImportedCheckpoint {
  readonly file: ModelFile;
  /** What was assumed or left out, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Makes a model file of a PyTorch checkpoint. The network is told by the names and shapes of its parameters; what they do not tell is
 * taken from the checkpoint's other entries, from the config, and from what the user says. A tfjs backend must be set.
 *
 * @throws SPECTRAI_USAGE with every question that is left; SPECTRAI_FILE_REFUSED, SPECTRAI_FILE_DAMAGED, SPECTRAI_FILE_UNSUPPORTED,
 * SPECTRAI_MODEL_MISMATCH
 */
export async function importCheckpoint(bench: Workbench, request: CheckpointRequest): Promise<ImportedCheckpoint> {
  const { source, settings = [] } = request;
  const file = await readTorch(source);
  const { tensors, about } = findState(file);
  const state = await file.read(tensors);
  const found = recognise(state, file.name);
  const config = settings.reduce<JsonObject>((c, { path, value }) => setPath(c, path, value), request.config ?? {});
  const said = settings.reduce<JsonObject>((c, { path, value }) => setPath(c, path, value), {});

  const questions = new Questions(file.name);
  const facts = factsOf(about);
  const ref = modelRef(found, facts, config, said, questions);
  const { task, ending } = taskOf(found, request.task ?? facts.task ?? textOf(config["task"]), questions);
  const { steps, dropped } = await preprocessOf(bench, config);
  const axes = await axesOf(bench, request, found, facts, config, steps, questions);
  questions.ask();

  const resolved = resolveRef(bench.registry, "model", normalizeRef(ref, "model"), "model");
  const spec = specOf(found, task!, ending!, axes!.after.values.length);
  const model = (await createComponent(resolved, bench.services)).build(spec, fileValues(state, file.name));
  try {
    const fitted = fitState(resolved.name, model.parameters, state);
    loadTorchState(model.parameters, fitted.state, file.name);
    const classes = classesOf(file.name, ending!, spec, request.classes ?? listOf(config["data"]));
    const card = await makeCard(bench, resolved, spec, countParameters(model), steps, axes!, classes);
    return {
      file: { card, parameters: await downloadTensors(parameterTensors(model)) },
      notes: [
        ...fitted.notes,
        ...dropped.map((step) => `Left out ${step} of the preprocessing: the model takes images of any size.`),
        ...notesOf(file.name, request, config, axes!, classes),
      ],
    };
  } finally {
    model.dispose();
  }
}

/** Everything that has to be asked is asked at once. */
class Questions {
  readonly #file: string;
  readonly #open: string[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  add(what: string, how: string): undefined {
    this.#open.push(`${what} (${how})`);
    return undefined;
  }

  ask(): void {
    if (this.#open.length > 0)
      throw new SpectraiError(
        "SPECTRAI_USAGE",
        `${this.#file} does not say ${this.#open.join(", nor ")}; say it, or name the config it was trained with: --config FILE.yml.`,
      );
  }
}

const textOf = (value: JsonValue | undefined): string | undefined => (typeof value === "string" ? value : undefined);

/** The model and its options: what shapes tell, else what is told. */
function modelRef(
  found: Recognised,
  facts: Facts,
  config: JsonObject,
  said: JsonObject,
  questions: Questions,
): ComponentRef {
  const given = (from: JsonObject): { name?: string; options: JsonObject } => {
    const value = from["model"];
    if (typeof value === "string") return { name: value, options: {} };
    const { name, ...options } = isObject(value) ? value : {};
    return { ...(typeof name === "string" ? { name } : {}), options };
  };
  const [spoken, configured] = [given(said), given(config)];
  const told = spoken.name ?? facts.model ?? configured.name;
  const name =
    told !== undefined && (spoken.name !== undefined || found.models.includes(told))
      ? told
      : found.models.length === 1
        ? found.models[0]!
        : questions.add(
            `whether its network is ${found.models.join(" or ")}`,
            found.models.map((m) => `--set model.name=${m}`).join(" or "),
          );
  const own = configured.name === undefined || configured.name === name ? configured.options : {};
  const options: Record<string, JsonValue> = { ...own, ...found.options, ...spoken.options };
  for (const [key, values] of Object.entries(found.open)) {
    if (spoken.options[key] !== undefined) continue;
    const fact = key === "activation" || key === "norm" ? facts[key] : undefined;
    const value = fact ?? own[key];
    if (typeof value === "string" && values.includes(value)) options[key] = value;
    else questions.add(`the network's ${key}`, values.map((v) => `--set model.${key}=${v}`).join(" or "));
  }
  return { name: name ?? found.models[0]!, ...options };
}

const endingFor: Readonly<Record<string, Ending["kind"]>> = {
  denoising: "spectral",
  calibration: "spectral",
  "super-resolution": "spectral",
  segmentation: "mask",
  classification: "numbers",
  regression: "numbers",
};

function taskOf(
  found: Recognised,
  told: string | undefined,
  questions: Questions,
): { readonly task: string | undefined; readonly ending: Ending | undefined } {
  const possible = Object.keys(endingFor).filter(
    (task) =>
      found.endings.some((e) => e.kind === endingFor[task]) &&
      (task === "super-resolution") === (found.scale !== undefined) &&
      !(task === "calibration" && found.data === "cube"),
  );
  // The original knows no regression: numbers are classes unless it is said otherwise.
  const likely = possible.filter((task) => task !== "regression");
  const task =
    told !== undefined && possible.includes(told)
      ? told
      : likely.length === 1 && told === undefined
        ? likely[0]
        : questions.add("its task", possible.map((t) => `--task ${t}`).join(" or "));
  return { task, ending: task === undefined ? undefined : found.endings.find((e) => e.kind === endingFor[task]) };
}

interface Preprocess {
  readonly steps: readonly ResolvedRef<"transform">[];
  /** Names of steps that only brought images to one size for training; a model takes images of any size. */
  readonly dropped: readonly string[];
}

async function preprocessOf(bench: Workbench, config: JsonObject): Promise<Preprocess> {
  const given = Array.isArray(config["preprocess"]) ? (config["preprocess"] as ComponentRef[]) : [];
  const steps: ResolvedRef<"transform">[] = [];
  const dropped: string[] = [];
  for (const [i, ref] of given.entries()) {
    const where = `preprocess[${i}]`;
    const step = resolveRef(bench.registry, "transform", normalizeRef(ref, where), where);
    const { affects, fit } = await createComponent(step, bench.services);
    if (fit)
      throw new SpectraiError(
        "SPECTRAI_CONFIG_INVALID",
        `${where}: ${step.name} learns from training data, which a checkpoint does not hold; leave it out.`,
      );
    if (affects === "spatial") dropped.push(step.name);
    else steps.push(step);
  }
  return { steps, dropped };
}

interface Axes {
  /** Of the data. */
  readonly before: Axis;
  /** Of what the network gets. */
  readonly after: Axis;
  readonly known: boolean;
}

async function axesOf(
  bench: Workbench,
  request: CheckpointRequest,
  found: Recognised,
  facts: Facts,
  config: JsonObject,
  steps: readonly ResolvedRef<"transform">[],
  questions: Questions,
): Promise<Axes | undefined> {
  const option = (name: string, key: string): number | undefined => {
    const value = steps.find((s) => s.name === name)?.options[key];
    return typeof value === "number" ? value : undefined;
  };
  const points =
    request.points ?? option("crop", "stop") ?? found.points ?? facts.points ?? option("fit-length", "length");
  if (points === undefined || !Number.isInteger(points) || points < 1)
    return questions.add("how many points its spectra have", "--points 500");
  const range = request.axis ?? rangeOf(config["data"]);
  const before = range ? linearAxis(range.start, range.stop, points, range.unit) : indexAxis(points);
  let after = before;
  for (const step of steps) {
    const transform = await createComponent(step, bench.services);
    after = transform.axis?.(after) ?? after;
  }
  if (found.points !== undefined && after.values.length !== found.points)
    throw new SpectraiError(
      "SPECTRAI_MODEL_MISMATCH",
      `${request.source.name}: the network takes ${found.points} points, and ${points} points after preprocessing are ${after.values.length}; say how many the data have with --points, or mend the config's preprocess.`,
    );
  return { before, after, known: range !== undefined };
}

function rangeOf(data: JsonValue | undefined): NonNullable<CheckpointRequest["axis"]> | undefined {
  const axis = isObject(data) ? data["axis"] : undefined;
  if (!isObject(axis) || typeof axis["start"] !== "number" || typeof axis["stop"] !== "number") return undefined;
  return { start: axis["start"], stop: axis["stop"], unit: (axis["unit"] ?? "index") as AxisUnit };
}

function specOf(found: Recognised, task: string, ending: Ending, points: number): ModelSpec {
  const input = found.data === "cube" ? [0, 0, points] : [points];
  const base = { task, data: found.data, input, ...(found.scale === undefined ? {} : { scale: found.scale }) };
  switch (ending.kind) {
    case "spectral":
      return { ...base, output: { kind: "spectral", shape: input } };
    case "mask":
      return { ...base, output: { kind: "mask", classes: ending.classes } };
    case "numbers":
      return {
        ...base,
        output:
          task === "regression" ? { kind: "numbers", count: ending.count } : { kind: "class", classes: ending.count },
      };
  }
}

const listOf = (data: JsonValue | undefined): readonly string[] | undefined => {
  const names = isObject(data) ? data["classNames"] : undefined;
  return Array.isArray(names) ? names.map(String) : undefined;
};

function classesOf(
  file: string,
  ending: Ending,
  { output }: ModelSpec,
  given: readonly string[] | undefined,
): readonly string[] {
  const count = ending.kind === "mask" ? ending.classes : ending.kind === "numbers" ? ending.count : 0;
  if (given === undefined)
    return Array.from({ length: count }, (_, i) => `${output.kind === "numbers" ? "value" : "class"} ${i + 1}`);
  if (count > 0 && given.length !== count)
    throw new SpectraiError(
      "SPECTRAI_USAGE",
      `${file} tells ${count} classes, and ${given.length} names are given (${given.join(", ")}); name them all, in their order.`,
    );
  return given;
}

async function makeCard(
  bench: Workbench,
  model: ResolvedRef<"model">,
  spec: ModelSpec,
  parameters: number,
  steps: readonly ResolvedRef<"transform">[],
  { before, after }: Axes,
  classes: readonly string[],
): Promise<ModelCard> {
  const reading = (["reader", "writer", "backend"] as const).flatMap((kind) =>
    bench.registry.list(kind).map((r) => r.plugin),
  );
  const config: JsonObject = {
    plugins: [...new Set([model.plugin, ...steps.map((s) => s.plugin), ...reading])].sort(),
    task: spec.task,
    model: refToJson(model),
    preprocess: steps.map(refToJson),
  };
  const { output } = spec;
  return {
    format: 1,
    task: spec.task,
    model: { ref: refToJson(model), plugin: model.plugin, spec: spec as ModelCard["model"]["spec"], parameters },
    preprocess: steps.map((s) => ({ ref: refToJson(s) })),
    inputAxis: axisToJson(before) as unknown as ModelCard["inputAxis"],
    axis: axisToJson(after) as unknown as ModelCard["axis"],
    target:
      output.kind === "spectral"
        ? { kind: "spectral" }
        : output.kind === "numbers"
          ? { kind: "numbers", names: [...classes], units: classes.map(() => "") }
          : { kind: output.kind, classes: [...classes] },
    split: {},
    metrics: {},
    versions: versionsOf(bench.registry),
    config,
    configHash: await hashJson(config),
  };
}

function notesOf(
  file: string,
  { classes: given }: CheckpointRequest,
  config: JsonObject,
  { before, known }: Axes,
  classes: readonly string[],
): string[] {
  const notes: string[] = [];
  if (!known)
    notes.push(
      `${file} does not say its spectral axis: the model takes spectra of ${before.values.length} points as they come. Say it with --axis 500:1800:cm-1.`,
    );
  if (config["preprocess"] === undefined)
    notes.push(
      `${file} does not say how its data were prepared: the model takes them as they are. Name the config it was trained with (--config), or say it: --set preprocess=[max-normalize].`,
    );
  if (classes.length > 0 && given === undefined && listOf(config["data"]) === undefined)
    notes.push(
      `${file} does not name its ${classes.length} classes: they are numbered. Name them with --classes A,B,….`,
    );
  return notes;
}
