import { createRequire } from "node:module";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isComplete } from "./complete.ts";
import type { NativeElementwise } from "./native-elementwise.ts";
import type { NativeNetworks } from "./native-networks.ts";
import type { NativeLoss } from "./native-loss.ts";
import type { NativeMoves } from "./native-moves.ts";
import type { NativeReductions } from "./native-reduce.ts";
import type { NativeUpdate } from "./native-update.ts";

/** Element types of native buffers, by the numbers of native/src/memory.h. */
export const Type = { float32: 0, int32: 1, bool: 2, bf16: 3 } as const;

/** Activations, by the numbers of native/src/loops.h. */
export const Activation = { linear: 0, relu: 1, relu6: 2, sigmoid: 3, elu: 4, leakyrelu: 5 } as const;

export interface MemoryUse {
  /** Bytes in use by tensors, scratch and prepared weights. */
  readonly live: number;
  /** Bytes that are kept for the next tensors. */
  readonly cached: number;
  /** Largest number of bytes in use so far. */
  readonly peak: number;
  /** Buffers in use. */
  readonly buffers: number;
}

/** The addon's functions, documented in native/src. Buffers are numbers; -1 stands for one that is not there. */
export interface Native
  extends NativeElementwise, NativeMoves, NativeReductions, NativeNetworks, NativeLoss, NativeUpdate {
  allocate(elements: number, type: number): number;
  release(id: number): void;
  write(id: number, values: ArrayBufferView): void;
  read(id: number, values: ArrayBufferView): void;
  view(id: number): ArrayBuffer | undefined;
  toFloat32(id: number): void;
  memory(): MemoryUse;
  trim(): void;
  resetPeak(): void;
  limits(memory: number, cache: number): void;
  configure(threads: number, bf16: number): void;
  describe(): { readonly version: string; readonly loops: string; readonly bf16: boolean };
  choices(): Readonly<Record<string, number>>;
  choices(known: Readonly<Record<string, number>>): void;

  convForward(
    shape: Int32Array,
    x: number,
    filter: number,
    bias: number,
    y: number,
    activation: number,
    slope: number,
  ): void;
  convInputGradient(shape: Int32Array, dy: number, filter: number, dx: number): void;
  convWeightGradient(shape: Int32Array, x: number, dy: number, dw: number): void;
  activationGradient(
    rows: number,
    channels: number,
    activation: number,
    slope: number,
    dy: number,
    y: number,
    d: number,
    sums: number,
  ): void;
  matmul(sizes: Int32Array, a: number, b: number, bias: number, c: number, slope: number): void;
}

let loaded: Native | undefined;
let problem: string | undefined;

const platform = `${process.platform}-${process.arch}`;
const platformPackage = `@spectrai/backend-onednn-${platform}`;

/** The addon's file: the one built here, or that of the platform's package. */
export function addonFile(): string | undefined {
  const mode = process.env["SPECTRAI_ONEDNN_BUILD"] ?? "release";
  const built = fileURLToPath(new URL(`../build/${mode}/spectrai_onednn.node`, import.meta.url));
  if (existsSync(built)) return built;
  try {
    return createRequire(import.meta.url).resolve(`${platformPackage}/lib/spectrai_onednn.node`);
  } catch {
    return undefined;
  }
}

/** The addon, or why it cannot be used here. */
export function loadNative(): { readonly native: Native } | { readonly reason: string } {
  if (loaded) return { native: loaded };
  if (problem !== undefined) return { reason: problem };
  const file = addonFile();
  try {
    if (file === undefined) {
      problem = `its addon for ${platform} is neither installed (${platformPackage}) nor built (node scripts/native.mjs in a clone)`;
      return { reason: problem };
    }
    if (process.platform === "linux" && !isComplete(file)) {
      problem = `its addon ${file} is damaged or not complete; install or build it again`;
      return { reason: problem };
    }
    loaded = createRequire(import.meta.url)(file) as Native;
    return { native: loaded };
  } catch (error) {
    problem = `its addon cannot be loaded: ${(error as Error).message.split("\n")[0]}`;
    return { reason: problem };
  }
}
