/**
 * Run logs: JSONL, CSV and TensorBoard event files. Written through the run's `ArtifactStore`, so they work wherever it
 * does.
 *
 * @packageDocumentation
 */
import { definePlugin, type Plugin } from "@spectrai/core";
import { csv } from "./csv.ts";
import { jsonl } from "./jsonl.ts";
import { tensorboard } from "./tensorboard.ts";

export { csv, csvSchema } from "./csv.ts";
export { jsonl, jsonlSchema } from "./jsonl.ts";
export { tensorboard, tensorboardSchema } from "./tensorboard.ts";

const plugin: Plugin = definePlugin({
  name: "@spectrai/tracking",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [jsonl, csv, tensorboard],
});
export default plugin;
