/** The keys of a config and what the tasks fill in, from core. */
import { inputJsonSchema, runConfigSchema, startSchema, trainSchema } from "@spectrai/core";
import { loadFirstParty } from "./plugins.mjs";
import { keyTable, table } from "./options.mjs";

/** A component reference in JSON Schema is a union of text and object: say what it means instead. */
function named(schema) {
  const isRef = (s) => s.anyOf?.length === 2 && s.anyOf[1].additionalProperties !== undefined;
  const properties = Object.fromEntries(
    Object.entries(schema.properties).map(([key, value]) => {
      const { anyOf: _, items, ...rest } = value;
      if (isRef(value)) return [key, { ...rest, type: "component" }];
      if (items && isRef(items)) return [key, { ...rest, type: "array", items: { type: "component" } }];
      if (key === "train" || key === "start") return [key, { ...rest, type: "section", default: undefined }];
      return [key, value];
    }),
  );
  return { ...schema, properties };
}

export const configKeys = () => keyTable(named(inputJsonSchema(runConfigSchema)), "key");
export const startKeys = () => keyTable(inputJsonSchema(startSchema), "key");
export const trainKeys = () => keyTable(named(inputJsonSchema(trainSchema)), "key");

const nameOf = (r) => (typeof r === "string" ? r : r.name);

/** What each task uses where the config does not say; what no package provides is marked. */
export async function taskDefaults() {
  const plugins = await loadFirstParty();
  const provided = new Set(plugins.flatMap((p) => p.components.map((c) => `${c.kind}/${c.name}`)));
  const ref = (kind) => (r) => {
    const text =
      typeof r === "string" ? r : JSON.stringify(r).replaceAll('"', "").replaceAll(":", ": ").replaceAll(",", ", ");
    return `\`${text}\`${provided.has(`${kind}/${nameOf(r)}`) ? "" : "\\*"}`;
  };
  const list = (kind, refs) => refs.map(ref(kind)).join(", ") || "none";
  const sections = [];
  for (const component of plugins[0].components.filter((c) => c.kind === "task")) {
    const task = await component.create({}, {});
    for (const data of task.data) {
      const d = task.defaults(data);
      const rows = [
        ["`model`", ref("model")(d.model)],
        ["`loss`", ref("loss")(d.loss)],
        ["`metrics`", list("metric", d.metrics)],
        ["`baselines`", list("baseline", d.baselines)],
        ["`preprocess`", list("transform", d.preprocess)],
        ["`augment`", list("augmentation", d.augment)],
        ["`train.monitor`", `\`${d.monitor}\``],
        ...Object.entries(d.train).map(([key, value]) => [
          `\`train.${key}\``,
          key === "optimizer" || key === "schedule" ? ref(key)(value) : `\`${JSON.stringify(value)}\``,
        ]),
      ];
      sections.push(
        `### ${component.name} of ${data === "spectrum" ? "spectra" : "cubes"}`,
        table(["key", "default"], rows),
      );
    }
  }
  return sections.join("\n\n");
}
