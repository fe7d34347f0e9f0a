import { expect, it } from "vitest";
// @ts-expect-error: a plain script without types
import { hashOfSources } from "../scripts/kernel-sources.mjs";
import { sourceHash } from "../src/kernel-binary.ts";

it("the compiled kernels are those of assembly/ (else: node scripts/build-kernels.mjs)", () => {
  expect(sourceHash).toBe(hashOfSources(new URL("..", import.meta.url).pathname));
});
