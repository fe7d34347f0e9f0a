/** Every component with its options. */
import { loadFirstParty } from "./plugins.mjs";
import { optionTable } from "./options.mjs";

/** The kinds in the order of a run, with the place in the config where they are named. */
export const kindOrder = {
  task: ["Tasks", "task"],
  dataset: ["Data sets", "data"],
  reader: ["Readers", undefined],
  writer: ["Writers", undefined],
  splitter: ["Splits", "split"],
  transform: ["Preprocessing", "preprocess"],
  augmentation: ["Augmentations", "augment"],
  model: ["Models", "model"],
  loss: ["Losses", "loss"],
  metric: ["Metrics", "metrics"],
  baseline: ["Baselines", "baselines"],
  optimizer: ["Optimizers", "train.optimizer"],
  schedule: ["Learning-rate schedules", "train.schedule"],
  backend: ["Backends", "backend"],
  callback: ["Callbacks", "callbacks"],
};

function section({ component, plugin }) {
  const { name, summary, reference, supports } = component;
  const only = [
    supports?.tasks ? `tasks ${supports.tasks.join(", ")}` : "",
    supports?.data ? `data ${supports.data.join(", ")}` : "",
  ].filter(Boolean);
  return [
    `### \`${name}\``,
    `${summary} In \`${plugin}\`${only.length > 0 ? `, only for ${only.join("; ")}` : ""}.`,
    ...(reference ? [`Source: ${reference}`] : []),
    optionTable(component) ?? "No options.",
  ].join("\n\n");
}

export async function components() {
  const all = (await loadFirstParty()).flatMap((p) => p.components.map((component) => ({ component, plugin: p.name })));
  const kinds = [...new Set([...Object.keys(kindOrder), ...all.map((c) => c.component.kind)])];
  return kinds
    .flatMap((kind) => {
      const own = all.filter((c) => c.component.kind === kind);
      if (own.length === 0) return [];
      own.sort((a, b) => (a.component.name < b.component.name ? -1 : 1));
      const [title, place] = kindOrder[kind] ?? [kind, undefined];
      return [`## ${title}`, ...(place ? [`Named under \`${place}\` in the config.`] : []), ...own.map(section)];
    })
    .join("\n\n");
}
