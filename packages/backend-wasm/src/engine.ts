import * as binary from "./kernel-binary.ts";
import { SpectraiError } from "@spectrai/core";
import type { Wasm, WasmModule } from "./heap.ts";
import { controlBytes, mostParts, type RunPart, startTeam } from "./team.ts";

/** Numbers of the kernels in assembly/index.as. */
export const Kernel = {
  conv: 0,
  pack: 1,
  outer: 2,
  copy: 3,
  unary: 4,
  binary: 5,
  select: 6,
  sum: 7,
  poolGradient: 8,
} as const;

const bits = new DataView(new ArrayBuffer(4));
/** A float as the 32-bit argument that holds it. */
export function asWord(x: number): number {
  bits.setFloat32(0, x);
  return bits.getInt32(0);
}

/** Operations below which waking other threads costs more than it saves. */
const worthSharing = 400_000;
const argumentBytes = 512;

/** Our own kernels on the heap of tfjs's backend, on one thread or several. */
export interface Engine {
  readonly threads: number;
  /** Most parts that a kernel is cut into. */
  readonly parts: number;
  /** Runs a kernel with 32-bit arguments; `operations` decides whether the threads share it. */
  run(kernel: number, args: readonly number[], operations: number): void;
  /** At least this many bytes to work in, until the next call. */
  scratch(bytes: number): number;
  /** At least this many floats that are zero. */
  zeros(floats: number): number;
  dispose(): Promise<void>;
}

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

/** @param wanted - number of threads, at least 1; more than one needs a shared heap */
export async function startEngine(backend: Wasm, wanted: number): Promise<Engine> {
  const { wasm } = backend;
  const memory = wasm.wasmMemory ?? wasm.asm?.memory;
  if (!memory) throw new Error("the memory of tfjs-backend-wasm was not found");
  guardHeap(wasm);
  const shared = typeof SharedArrayBuffer !== "undefined" && memory.buffer instanceof SharedArrayBuffer;
  const code = shared ? binary.shared : binary.plain;
  const module = await WebAssembly.compile(bytesOf(code));
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  const run = exports["run"] as RunPart;
  const claim = (bytes: number): number => {
    const at = wasm._malloc(bytes) >>> 0;
    wasm.HEAPU8.fill(0, at, at + bytes);
    return at;
  };
  const args = claim(argumentBytes);
  const team = await startTeam(module, memory, claim(controlBytes), run, shared ? wanted : 1);
  const growing = () => {
    let at = 0;
    let size = 0;
    return (bytes: number): number => {
      if (bytes > size) {
        if (at) wasm._free(at);
        size = Math.max(bytes, 4096);
        at = claim(size);
      }
      return at;
    };
  };
  const scratch = growing();
  const zeros = growing();
  return {
    threads: team.size,
    parts: mostParts(team.size),
    scratch,
    zeros: (floats) => zeros(4 * floats),
    run(kernel, values, operations) {
      new Int32Array(memory.buffer, args, argumentBytes / 4).set(values);
      if (operations >= worthSharing) team.run(kernel, args);
      else run(kernel, args, 0, 1);
    },
    dispose: () => team.dispose(),
  };
}

/** tfjs writes to whatever address it is given: a full heap must be an error, not an address of 0. */
function guardHeap(wasm: WasmModule): void {
  // emscripten's first call puts the real function in the place of its own.
  wasm._free(wasm._malloc(16));
  const malloc = wasm._malloc;
  wasm._malloc = (bytes) => {
    const at = malloc(bytes);
    if (at === 0 && bytes > 0)
      throw new SpectraiError(
        "SPECTRAI_BACKEND_UNAVAILABLE",
        `The wasm backend has no ${bytes} bytes left in its heap of at most 4 GB; use a smaller batch, a smaller model, or another backend.`,
      );
    return at;
  };
}

let current: Engine | undefined;

/** The engine of the running wasm backend. */
export function engine(): Engine {
  if (!current) throw new Error("the wasm backend was not started by its component");
  return current;
}

export const setEngine = (e: Engine): void => {
  current = e;
};
export const runningEngine = (): Engine | undefined => current;
