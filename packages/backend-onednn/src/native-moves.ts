/** The addon's functions of native/src/moves.cc, documented there. */
export interface NativeMoves {
  copy(walk: Int32Array, x: number, y: number): void;
  fill(walk: Int32Array, value: number, y: number): void;
  fillAll(value: number, y: number): void;
  cast(x: number, y: number): void;
  gather(sizes: Int32Array, x: number, indices: number, y: number): void;
  oneHot(depth: number, on: number, off: number, indices: number, y: number): void;
}
