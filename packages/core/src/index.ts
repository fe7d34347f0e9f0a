/**
 * The kernel of spectrai: what a plugin is, how components are found, and the run that puts them to work.
 * Runs in Node.js and in the browser.
 *
 * @packageDocumentation
 */
export * from "./axes.ts";
export * from "./component.ts";
export * from "./contracts/augmentation.ts";
export * from "./contracts/backend.ts";
export * from "./contracts/baseline.ts";
export * from "./contracts/callback.ts";
export * from "./contracts/dataset.ts";
export * from "./contracts/files.ts";
export * from "./contracts/kinds.ts";
export * from "./contracts/loss.ts";
export * from "./contracts/metric.ts";
export * from "./contracts/model.ts";
export * from "./contracts/optimizer.ts";
export * from "./contracts/reader.ts";
export * from "./contracts/sample.ts";
export * from "./contracts/schedule.ts";
export * from "./contracts/splitter.ts";
export * from "./contracts/task.ts";
export * from "./contracts/transform.ts";
export * from "./contracts/writer.ts";
export * from "./errors.ts";
export * from "./json.ts";
export * from "./ndarray.ts";
export * from "./rng.ts";
export * from "./safetensors.ts";
export * from "./services.ts";
export * from "./tokens.ts";
