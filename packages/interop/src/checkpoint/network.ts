/** Which model of ours a checkpoint's network is, and what it was trained for. */
import { type ComponentRef, isObject, type JsonObject, type JsonValue, type ModelSpec } from "@spectrai/core";
import type { Facts } from "./facts.ts";
import type { Questions } from "./questions.ts";
import type { Ending, Recognised } from "./recognised.ts";

/** The model and its options: what shapes tell, else what is told. */
export function modelRef(
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
  if (told !== undefined && !found.models.includes(told)) questions.contradict(found.models, told);
  const name =
    told ??
    (found.models.length === 1
      ? found.models[0]!
      : questions.add(
          `whether its network is ${found.models.join(" or ")}`,
          found.models.map((m) => `--set model.name=${m}`).join(" or "),
        ));
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

export function taskOf(
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
  if (told !== undefined && !possible.includes(told))
    questions.contradict(
      possible.map((t) => `network for ${t}`),
      `one for ${told}`,
    );
  const task =
    told ??
    (likely.length === 1 ? likely[0] : questions.add("its task", possible.map((t) => `--task ${t}`).join(" or ")));
  return { task, ending: task === undefined ? undefined : found.endings.find((e) => e.kind === endingFor[task]) };
}

export function specOf(found: Recognised, task: string, ending: Ending, points: number): ModelSpec {
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
