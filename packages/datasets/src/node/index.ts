/// <reference types="node" />
/**
 * The parts of the data sets package that need Node.js: fetching published sets, and writing simulated scenes.
 *
 * @packageDocumentation
 */
export { type FetchedFile, fetchedFiles, getSet, type GetOptions, type GotSet } from "./get-set.ts";
export { type WrittenScene, writeScene } from "./write-scene.ts";
