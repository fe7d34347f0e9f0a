/** The first-party plugins, core's own components first. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { corePlugin } from "@spectrai/core";
import { root } from "../setup.mjs";

export const manifests = readdirSync(join(root, "packages"))
  .sort()
  .map((folder) => ({
    folder,
    ...JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8")),
  }));

export const isPluginPackage = (manifest) => manifest.keywords?.includes("spectrai-plugin") ?? false;

export const loadFirstParty = async () => [
  corePlugin,
  ...(await Promise.all(manifests.filter(isPluginPackage).map(async ({ name }) => (await import(name)).default))),
];
