import type { Plugin } from "@spectrai/core";

interface Manifest {
  readonly folder: string;
  readonly name: string;
  readonly description: string;
  readonly keywords?: readonly string[];
}
export const manifests: readonly Manifest[];
export function isPluginPackage(manifest: Manifest): boolean;
export function loadFirstParty(): Promise<readonly Plugin[]>;
