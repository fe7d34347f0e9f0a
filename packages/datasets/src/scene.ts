import { checkOptions, defineComponent, type JsonValue, services, SpectraiError } from "@spectrai/core";
import type * as Readers from "@spectrai/io-formats";
import { z } from "zod";
import { catalogue, findEntry } from "./catalogue/index.ts";
import { mustBeThere, recipeIn, setFolder } from "./catalogue/place.ts";

const readable = catalogue.filter((entry) => entry.recipe).map((entry) => entry.name);

/** Options of `scene`. */
export const sceneSchema = z.strictObject({
  scene: z.enum(readable as [string, ...string[]]).meta({
    description: "Name of a published data set: spectrai data list shows them.",
    group: "data",
  }),
  folder: z.string().min(1).optional().meta({
    description: "Folder with the set's files; where spectrai data get puts them unless given.",
    group: "data",
  }),
  options: z.record(z.string(), z.json()).default({}).meta({
    description:
      "Options of the data set that reads it (cubes or spectra), such as patch: 32, in the place of the set's own.",
    group: "data",
  }),
});

/** A published data set by its name, read as the catalogue says. Nothing is fetched. */
export const scene = defineComponent({
  kind: "dataset",
  name: "scene",
  summary: "A published data set by its name, from the files that spectrai data get fetches.",
  schema: sceneSchema,
  deps: { files: services.files, formats: services.formats, logger: services.logger, seed: services.seed },
  async create({ scene: name, folder, options }, deps) {
    const entry = findEntry(name);
    const place = folder ?? setFolder(name);
    await mustBeThere(entry, place, deps.files, folder === undefined);
    const { cubes, spectra } = await formats();
    const { name: reader, ...recipe } = recipeIn(entry, place);
    const given: Readonly<Record<string, JsonValue>> = { ...recipe, ...options };
    const where = "data.options";
    const dataset =
      reader === "spectra"
        ? await spectra.create(checkOptions(spectra.schema, given, where, "SPECTRAI_CONFIG_INVALID"), deps)
        : await cubes.create(checkOptions(cubes.schema, given, where, "SPECTRAI_CONFIG_INVALID"), deps);
    return { ...dataset, source: `${entry.title}: ${entry.citation}. ${entry.page} Licence: ${entry.licence}.` };
  },
});

type Formats = Pick<typeof Readers, "cubes" | "spectra">;

/** The readers' package, which is not installed by itself. */
async function formats(): Promise<Formats> {
  try {
    return await import("@spectrai/io-formats");
  } catch (e) {
    if (e instanceof Error && /Cannot find (package|module)/.test(e.message))
      throw new SpectraiError(
        "SPECTRAI_PLUGIN_NOT_FOUND",
        "The data set scene reads files by @spectrai/io-formats, which is not installed; run npm install @spectrai/io-formats and add it to the config's plugins.",
        { cause: e },
      );
    throw e;
  }
}
