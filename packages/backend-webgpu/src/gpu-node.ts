import type * as Dawn from "webgpu";
import type { FoundGpu, GpuRequest } from "./gpu.ts";
import { missingVulkan } from "./vulkan.ts";

/**
 * Shaders' shared memory starts as zeros either way; where the driver is to see to that, SwiftShader writes an instruction for each
 * element, and compiling such a shader takes it five times as long and four times the memory.
 */
const zeroInLoops = "disable-dawn-features=use_vulkan_zero_initialize_workgroup_memory_extension";

const found = new Map<string, FoundGpu>();

/** WebGPU through Dawn, from the package webgpu. Dawn's instance is made once; it ends with the process. */
export async function findGpu({ adapter }: GpuRequest): Promise<FoundGpu> {
  const flags = adapter === undefined ? [zeroInLoops] : [zeroInLoops, `adapter=${adapter}`];
  const known = found.get(flags.join());
  if (known) return known;
  const result = await open(flags);
  found.set(flags.join(), result);
  return result;
}

async function open(flags: string[]): Promise<FoundGpu> {
  const missing = process.platform === "linux" ? missingVulkan() : undefined;
  if (missing) return { reason: missing };
  let dawn: typeof Dawn;
  try {
    dawn = await import("webgpu");
  } catch (e) {
    const { code, message } = e as NodeJS.ErrnoException;
    return code === "ERR_MODULE_NOT_FOUND"
      ? { reason: "the package webgpu, which brings Dawn to Node.js, is not installed; npm install webgpu@0.6.2" }
      : { reason: `the package webgpu does not load: ${message.split("\n")[0]}` };
  }
  // The classes and flags of WebGPU, which are globals in a browser and taken for such by tfjs.
  for (const [name, value] of Object.entries(dawn.globals))
    if (!(name in globalThis)) Reflect.set(globalThis, name, value);
  return { gpu: dawn.create(flags) };
}

/** Threads of the driver must not outlive the process's data: the device ends first, and waits for what it was ordered to do. */
export function endWithProcess(device: GPUDevice): void {
  const end = (): void => device.destroy();
  process.once("exit", end);
  void device.lost.then(() => process.off("exit", end));
}
