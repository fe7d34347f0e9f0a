import { boot, corePlugin, createComponent, createServices, type Plugin, resolveRef } from "@spectrai/core";
import losses from "@spectrai/losses";
import * as tf from "@tensorflow/tfjs-core";
import type { Bench } from "../onednn/backend.ts";
import type { ChildSetting, GpuBackend } from "./setting.ts";

/** Named one by one, for a bundler to find them. */
const plugins: Readonly<Record<GpuBackend, () => Promise<{ readonly default: Plugin }>>> = {
  cuda: () => import("@spectrai/backend-cuda"),
  webgpu: () => import("@spectrai/backend-webgpu"),
};

export interface OpenGpu {
  readonly bench: Bench;
  /** Gives the device back. */
  readonly close: () => Promise<void>;
  readonly card: string;
  readonly versions: string;
  readonly software: boolean;
}

/** Makes a backend tfjs's current one. @returns why it cannot be, where it cannot */
export async function openGpu({
  backend: name,
  precision,
  software,
}: ChildSetting): Promise<OpenGpu | { readonly unavailable: string }> {
  const services = createServices();
  const { default: plugin } = await plugins[name]();
  const registry = await boot({ plugins: [corePlugin, losses, plugin], services });
  const options = name === "cuda" ? { precision } : {};
  const backend = await createComponent(resolveRef(registry, "backend", { name, options }, "backend"), services);
  const probe = await backend.probe();
  if (!probe.available) return { unavailable: probe.reason };
  if (probe.software && !software)
    return { unavailable: `only a software adapter is here (${probe.device}); --software takes it` };
  await backend.init();
  return {
    bench: { registry, services },
    close: async () => backend.dispose?.(),
    card: cardName() ?? probe.device,
    versions: `${name}: ${probe.device}, tfjs ${tf.version_core}, Node.js ${process.versions.node}`,
    software: probe.software ?? false,
  };
}

/** The device of tfjs's WebGPU backend; undefined where another is current. */
export const gpuDevice = (): GPUDevice | undefined => (tf.backend() as { readonly device?: GPUDevice }).device;

/** What the driver calls the card, which the backend's own description leaves out. */
const cardName = (): string | undefined => gpuDevice()?.adapterInfo.device || undefined;
