/** The kinds of component and their contracts, from core's sources; and the table of packages. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup.mjs";
import { isPluginPackage, manifests } from "./plugins.mjs";
import { table } from "./options.mjs";

const folder = join(root, "packages", "core", "src", "contracts");

/** What each kind is for, in a sentence. */
const purposes = {
  reader:
    "Opens files of one format and lists the arrays in them; an array, or a region of it, is read when asked for.",
  writer: "Writes arrays with their axis as a file of one format.",
  dataset: "An ordered collection of samples, each with an input and, mostly, a target.",
  transform: "A deterministic step of preprocessing, for one spectrum or cube.",
  augmentation: "A random change of training samples, or of a batch.",
  model: "Builds a network for given shapes.",
  loss: "The mean loss of a batch, differentiable.",
  metric: "What is measured on validation and test, gathered sample after sample.",
  optimizer: "Changes the parameters by their gradients, and keeps its moments for a checkpoint.",
  schedule: "The learning rate of each step.",
  backend: "Where tensors live and operations run.",
  baseline: "The classical method to beat, fitted on training and validation.",
  splitter: "Parts the samples into training, validation and test.",
  callback: "Watches a run: logs, progress, pictures.",
  task: "Says what targets, models and defaults belong together.",
};

const source = (name) => readFileSync(join(folder, `${name}.ts`), "utf8");

/** `kind: Interface` of core's `Kinds`. */
export function kindInterfaces() {
  const [, body] = /interface Kinds \{([\s\S]*?)\n\}/.exec(source("kinds"));
  return [...body.matchAll(/^ {2}(\w+): (\w+);$/gm)].map(([, kind, type]) => ({ kind, type }));
}

/** Members of an interface, optional ones with a question mark. */
function members(text, type) {
  const found = new RegExp(`interface ${type}(?: extends [^{]+)? \\{([\\s\\S]*?)\\n\\}`).exec(text);
  if (!found) return [];
  return [...found[1].matchAll(/^ {2}(?:readonly )?(\w+)(\?)?[(:<]/gm)].map(
    ([, name, optional]) => name + (optional ?? ""),
  );
}

export function kinds() {
  return table(
    ["kind", "`create` returns", "what it is for", "members"],
    kindInterfaces().map(({ kind, type }) => {
      if (!purposes[kind]) throw new Error(`scripts/pages/contracts.mjs says nothing about the kind ${kind}`);
      const text = source(kind);
      // A union of interfaces: the members of each.
      const [, union] = new RegExp(`type ${type} = ([^;]+);`).exec(text) ?? [];
      const parts = union ? union.split("|").map((t) => t.trim()) : [type];
      const all = [...new Set(parts.flatMap((part) => members(text, part)))];
      return [
        `[\`${kind}\`](contracts.md#${kind})`,
        `\`${type}\``,
        purposes[kind],
        all.map((m) => `\`${m}\``).join(", "),
      ];
    }),
  );
}

const code = (text) => text.replace(/^import [\s\S]*?;\n/gm, "").trim();

/** The contracts themselves, as core states them. */
export function contract() {
  const kindFiles = kindInterfaces().map(({ kind }) => kind);
  const rest = readdirSync(folder)
    .map((name) => name.replace(/\.ts$/, ""))
    .filter((name) => !kindFiles.includes(name) && name !== "kinds");
  return [...kindFiles, ...rest]
    .map((name) =>
      [
        `## ${name}`,
        ...(purposes[name] ? [purposes[name]] : []),
        `<!-- prettier-ignore -->\n\`\`\`ts\n${code(source(name))}\n\`\`\``,
      ].join("\n\n"),
    )
    .join("\n\n");
}

/** Every package, what it holds, and whether a config names it. */
export const packages = () =>
  table(
    ["package", "what", "in `plugins`"],
    manifests.map((m) => [
      `[\`${m.name}\`](packages/${m.folder}/README.md)`,
      `${m.description}.`,
      isPluginPackage(m) ? "yes" : "",
    ]),
  );
