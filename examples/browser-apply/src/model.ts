import { cardOf, fitsTable, type ModelCard } from "@spectrai/core";
import { figure } from "spectrai-example-common/numbers.ts";
import type { ModelFacts } from "./messages.ts";

/** A model file that was read, and what is told of it. */
export interface OpenModel {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly card: ModelCard;
}

/** @throws SPECTRAI_MODEL_DAMAGED */
export async function openModel(file: File): Promise<OpenModel> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return { name: file.name, bytes, card: cardOf(bytes, file.name) };
}

export function factsOf({ card }: OpenModel): ModelFacts {
  const { model, inputAxis, task, target } = card;
  const { values, unit } = inputAxis;
  const data = model.spec.data === "cube" ? "images" : "spectra";
  const axis = unit === "index" ? "" : ` from ${figure(values[0]!)} to ${figure(values.at(-1)!)} ${unit}`;
  const classes = target.classes ? ` Classes: ${target.classes.join(", ")}.` : "";
  const parameters = model.parameters.toLocaleString("en");
  return {
    text: `${task} with ${model.ref["name"] as string} (${parameters} parameters), for ${data} of ${values.length} points${axis}.${classes}`,
    extensions: extensionsOf(card),
  };
}

const extensionsOf = (card: ModelCard): string[] => {
  const { data, output } = card.model.spec;
  if (fitsTable(card)) return [".csv", ".npy", ".mat"];
  if (output.kind === "mask") return [".png", ".npy", ".tif", ".mat"];
  return data === "cube" ? [".npy", ".tif", ".dat", ".mat"] : [".npy", ".csv", ".mat"];
};
