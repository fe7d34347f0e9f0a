// A thread that loads the addon, given as workerData, and multiplies matrices of ones by their row numbers.
import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";

const { file, threads, size, rounds, touched } = workerData;
const native = createRequire(import.meta.url)(file);
native.configure(threads, 0);

const matrix = (value) => {
  const id = native.allocate(size * size, 0);
  native.write(
    id,
    Float32Array.from({ length: size * size }, (_, i) => value(Math.floor(i / size))),
  );
  return id;
};

// Left to the end of the thread: never released, some of it seen by an array.
const kept = native.allocate(touched, 0);
native.write(kept, new Float32Array(touched).fill(1));
globalThis.keep = native.view(kept);

let worst = 0;
const [a, b] = [matrix((row) => row), matrix(() => 1)];
for (let round = 0; round < rounds; round++) {
  const c = native.allocate(size * size, 0);
  native.matmul(Int32Array.of(1, 1, size, size, size, 0, 0, 0), a, b, -1, c, 0);
  const result = new Float32Array(size * size);
  native.read(c, result);
  native.release(c);
  for (let i = 0; i < result.length; i++) worst = Math.max(worst, Math.abs(result[i] - Math.floor(i / size) * size));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port, not a window
  parentPort.postMessage({ round, worst });
  // So that the thread can be ended from outside between two rounds as well as within one.
  await new Promise((resolve) => setImmediate(resolve));
}
