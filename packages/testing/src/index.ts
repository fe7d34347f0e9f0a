/**
 * Conformance kits and matchers for spectrai packages and plugins.
 *
 * @packageDocumentation
 */
export * from "./close.ts";
export * from "./fixtures.ts";
export * from "./finite-difference.ts";
export * from "./reference-network.ts";
export * from "./test-transform.ts";
export * from "./test-reader.ts";
export * from "./test-plugin.ts";
export * from "./test-model.ts";
export * from "./test-tiles.ts";
export * from "./test-backend.ts";
export type { BackendCase, RandomInput } from "@spectrai/parity";
