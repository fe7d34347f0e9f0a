import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gpuBackends } from "./gpu/setting.ts";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const cli = join(root, "packages", "cli", "bin", "spectrai.js");
export const measuredConfig = join(root, "examples", "raman-denoising", "raman-cells.config.yml");
export const denoisingConfig = join(root, "examples", "raman-denoising", "spectrai.config.yml");
/** Scripts of the children of `bench gpu`. */
export const gpuPlaces = {
  child: join(root, "bench", "dist", "gpu", "standalone.js"),
  peer: join(root, "bench", "peer", "peer_gpu.py"),
  backends: gpuBackends,
};
