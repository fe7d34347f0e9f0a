import { z } from "zod";
import { defineComponent } from "../component.ts";
import type { FileSystem } from "../contracts/files.ts";
import type { SampleInfo } from "../contracts/sample.ts";
import { SpectraiError } from "../errors.ts";
import { services } from "../tokens.ts";
import { rangeSchema, type Rows, shareSchema } from "./options.ts";
import { allIndices, finished, mustBeDisjoint, rowIndices, splitError } from "./parts.ts";
import { takeRandom } from "./take-random.ts";

const listed =
  "a text file with one sample id a line (of a .csv table, the first column), or rows as [first, end] (the end is not included)";
const listSchema = z.union([z.string().min(1), rangeSchema, z.array(rangeSchema).min(1)], { error: `takes ${listed}` });

export const fileSplitSchema = z.strictObject({
  train: listSchema.optional().meta({
    description: `The training part: ${listed}; all samples that no other part has unless given.`,
    group: "parts",
  }),
  validation: z
    .union([shareSchema, z.string().min(1), rangeSchema, z.array(rangeSchema).min(1)], {
      error: `takes ${listed}, or the share of the training part to draw it from`,
    })
    .default(0)
    .meta({
      description: `The validation part: ${listed}; or the share of the training part that is drawn for it at random; 0 = none.`,
      group: "parts",
    }),
  test: listSchema.optional().meta({ description: `The test part: ${listed}; none unless given.`, group: "parts" }),
});

/** Larger lists than this are no lists. */
const limit = 256 * 2 ** 20;

interface Ids {
  readonly ids: readonly string[];
  /** The first of them may be a table's heading. */
  readonly table: boolean;
}

type List = Ids | Rows;

/** A split that somebody else has made: published with the data, or drawn by another program. */
export const fileSplit = defineComponent({
  kind: "splitter",
  name: "file",
  summary: "Parts read from files that list sample ids, or given as rows.",
  schema: fileSplitSchema,
  deps: { files: services.files },
  async create({ train, validation, test }, { files }) {
    const load = async (list: string | Rows | undefined): Promise<List | undefined> =>
      typeof list === "string" ? readIds(files, list) : list;
    const lists = {
      train: await load(train),
      validation: typeof validation === "number" ? undefined : await load(validation),
      test: await load(test),
    };
    return {
      split(samples, rng) {
        const testPart = indicesOf(lists.test, samples, "test") ?? [];
        const named = indicesOf(lists.validation, samples, "validation") ?? [];
        const taken = new Set([...testPart, ...named]);
        const trainPart =
          indicesOf(lists.train, samples, "train") ?? allIndices(samples.length).filter((i) => !taken.has(i));
        mustBeDisjoint({ training: trainPart, validation: named, test: testPart });
        const asked = { validation: validation !== 0, test: test !== undefined };
        if (typeof validation !== "number")
          return finished({ train: trainPart, validation: named, test: testPart }, asked);
        const drawn = takeRandom(rng)(trainPart, Math.round(validation * trainPart.length), 1);
        return finished({ train: drawn.rest, validation: drawn.taken, test: testPart }, asked);
      },
    };
  },
});

/** The ids in a text file: one a line, without empty lines, comments (`#`) and the space around them; of a table, its first column. */
async function readIds(files: FileSystem, path: string): Promise<Ids> {
  const table = path.toLowerCase().endsWith(".csv");
  const source = await files.open(path);
  try {
    if (source.size > limit)
      throw new SpectraiError(
        "SPECTRAI_FILE_TOO_LARGE",
        `"${path}" has ${source.size} bytes; a list of sample ids has ${limit} at most.`,
      );
    const text = new TextDecoder("utf-8").decode(await source.read(0, source.size));
    const ids = text
      .split(/\r\n|\r|\n/)
      .map((line) => (table ? line.split(/[,;\t]/)[0]!.replaceAll('"', "") : line).trim())
      .filter((line) => line !== "" && !line.startsWith("#"));
    if (ids.length === 0) throw splitError(`"${path}" lists no sample ids; write one a line.`);
    return { ids, table };
  } finally {
    await source.close?.();
  }
}

const isIds = (list: List): list is Ids => "ids" in list;

function indicesOf(list: List | undefined, samples: readonly SampleInfo[], part: string): number[] | undefined {
  if (list === undefined) return undefined;
  if (!isIds(list)) return rowIndices(list, samples.length, part);
  const byId = new Map(samples.map(({ id }, i) => [id, i]));
  // Lists are often written from a folder further up: the id is then the end of the path.
  const find = (name: string): number | undefined => {
    for (let rest = name; ; rest = rest.slice(rest.indexOf("/") + 1)) {
      const found = byId.get(rest);
      if (found !== undefined || !rest.includes("/")) return found;
    }
  };
  const ids = list.table && find(list.ids[0]!) === undefined ? list.ids.slice(1) : list.ids;
  const unknown = ids.filter((id) => find(id) === undefined);
  if (unknown.length > 0 || ids.length === 0)
    throw splitError(
      `${part}: the data have no sample ${(unknown.length > 0 ? unknown : list.ids)
        .slice(0, 3)
        .map((id) => `"${id}"`)
        .join(
          ", ",
        )}${unknown.length > 3 ? ` and ${unknown.length - 3} more that are listed` : ""}; ids look like "${samples[0]?.id ?? ""}".`,
    );
  return [...new Set(ids.map((id) => find(id)!))];
}
