import {
  countParameters,
  createComponent,
  downloadTensors,
  type JsonObject,
  type JsonValue,
  type ModelFile,
  normalizeRef,
  parameterTensors,
  resolveRef,
  setPath,
  type Workbench,
} from "@spectrai/core";
import { loadTorchState } from "@spectrai/nn";
import { classesOf, listOf, makeCard, notesOf } from "./card.ts";
import { factsOf } from "./facts.ts";
import { fileValues } from "./file-values.ts";
import { fitState } from "./fit-state.ts";
import { modelRef, specOf, taskOf } from "./network.ts";
import { Questions } from "./questions.ts";
import { readState } from "./read-state.ts";
import { recognise } from "./recognise.ts";
import type { CheckpointRequest } from "./request.ts";
import { axesOf, preprocessOf } from "./surroundings.ts";

export interface ImportedCheckpoint {
  readonly file: ModelFile;
  /** What was assumed or left out, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Makes a model file of a PyTorch checkpoint, or of a state_dict in a safetensors file. The network is told by the names and shapes of its parameters; what they do not tell is
 * taken from the checkpoint's other entries, from the config, and from what the user says. A tfjs backend must be set.
 *
 * @throws SPECTRAI_USAGE with every question that is left; SPECTRAI_FILE_REFUSED, SPECTRAI_FILE_DAMAGED, SPECTRAI_FILE_UNSUPPORTED,
 * SPECTRAI_MODEL_MISMATCH
 */
export async function importCheckpoint(bench: Workbench, request: CheckpointRequest): Promise<ImportedCheckpoint> {
  const { source, settings = [] } = request;
  const { name } = source;
  const { state, about } = await readState(source);
  const found = recognise(state, name);
  const config = settings.reduce<JsonObject>((c, { path, value }) => setPath(c, path, value), request.config ?? {});
  const said = settings.reduce<JsonObject>((c, { path, value }) => setPath(c, path, value), {});

  const questions = new Questions(name);
  const facts = factsOf(about);
  const ref = modelRef(found, facts, config, said, questions);
  const { task, ending } = taskOf(found, request.task ?? facts.task ?? textOf(config["task"]), questions);
  const { steps, dropped } = await preprocessOf(bench, config);
  const axes = await axesOf(bench, request, found, facts, config, steps, questions);
  questions.ask();

  const resolved = resolveRef(bench.registry, "model", normalizeRef(ref, "model"), "model");
  const spec = specOf(found, task!, ending!, axes!.after.values.length);
  const model = (await createComponent(resolved, bench.services)).build(spec, fileValues(state, name));
  try {
    const fitted = fitState(resolved.name, model.parameters, state);
    loadTorchState(model.parameters, fitted.state, name);
    const classes = classesOf(name, ending!, spec, request.classes ?? listOf(config["data"]));
    const card = await makeCard(bench, resolved, spec, countParameters(model), steps, axes!, classes);
    return {
      file: { card, parameters: await downloadTensors(parameterTensors(model)) },
      notes: [
        ...fitted.notes,
        ...dropped.map((step) => `Left out ${step} of the preprocessing: the model takes images of any size.`),
        ...notesOf(name, request, config, axes!, classes),
      ],
    };
  } finally {
    model.dispose();
  }
}

const textOf = (value: JsonValue | undefined): string | undefined => (typeof value === "string" ? value : undefined);
