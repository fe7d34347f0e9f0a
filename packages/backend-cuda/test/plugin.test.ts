import { testPlugin } from "@spectrai/testing";
import manifest from "../package.json" with { type: "json" };
import plugin from "../src/index.ts";
import { packageName, packageVersion } from "../src/installation.ts";
import { expect, it } from "vitest";

testPlugin(plugin);

it("names the optional package in the version that it is made for", () => {
  expect(manifest.peerDependencies).toHaveProperty([packageName], packageVersion);
  expect(manifest.peerDependenciesMeta).toEqual({ [packageName]: { optional: true } });
});
