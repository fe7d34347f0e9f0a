import * as tf from "@tensorflow/tfjs-core";
import { address, type Wasm } from "../heap.ts";

/** Ids of our own for parts of tensors, far from those the backend counts up. */
let nextId = 2 ** 30;

const signature = ["number", "array", "number", "number", "array", "number", "number", "number", "number"];
const shape = (rows: number, columns: number) => new Uint8Array(Int32Array.of(1, rows, columns).buffer);

/** A row-major matrix inside a tensor, `offset` floats from its start. */
export interface Matrix {
  readonly of: tf.TensorInfo;
  readonly offset: number;
}

/**
 * `out [m, n] = a [m, k] · b [k, n]` on XNNPACK's matrix product: the only fast path of tfjs's BatchMatMul is one pair of
 * matrices with nothing transposed.
 */
export function multiply(backend: Wasm, a: Matrix, b: Matrix, out: Matrix, m: number, k: number, n: number): void {
  const { wasm } = backend;
  const register = ({ of, offset }: Matrix, size: number): number => {
    wasm.tfjs.registerTensor(nextId, size, address(backend, of) + 4 * offset);
    return nextId++;
  };
  const [ia, ib, io] = [register(a, m * k), register(b, k * n), register(out, m * n)];
  wasm.cwrap("BatchMatMul", null, signature)(ia, shape(m, k), 3, ib, shape(k, n), 3, 0, 0, io);
  // Frees the packed copy of `b` as well.
  for (const id of [ia, ib, io]) wasm.tfjs.disposeData(id);
}
