import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { onednnBackend } from "../src/index.ts";
import type { MemoryUse } from "../src/native.ts";
import { describeNative } from "./support/native.ts";

const MB = 2 ** 20;
/** Floats of so many MB. */
const floats = (megabytes: number): number => (megabytes * MB) / 4;

const use = (): MemoryUse => (tf.engine().backend as unknown as { memory(): { native: MemoryUse } }).memory().native;

async function init(options: { threads: number; cache?: number }): Promise<void> {
  const backend = await onednnBackend.create({ precision: "f32", ...options }, {});
  await backend.init();
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Until no array looks at memory that its tensor gave up. Node reports collected arrays when its event loop turns. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describeNative("memory()", () => {
  beforeAll(() => init({ threads: 2 }));

  it("says what is live and what was most", async () => {
    await settle();
    const before = use();
    const tensors = Array.from({ length: 4 }, (_, i) => tf.fill([floats(8)], i));
    const during = use();
    expect(during.live - before.live).toBeGreaterThanOrEqual(32 * MB);
    // Each starts at a multiple of 64 bytes and may be rounded up by as much as is not worth dealing out.
    expect(during.live - before.live).toBeLessThan(32 * MB + 4 * 320);
    expect(during.peak).toBeGreaterThanOrEqual(during.live);
    expect(during.buffers - before.buffers).toBe(4);
    tf.dispose(tensors);
    const after = use();
    expect(after.live).toBe(before.live);
    expect(after.buffers).toBe(before.buffers);
    expect(after.peak).toBeGreaterThanOrEqual(during.live);
  });

  // For the checkers of memory each buffer is allocated by itself.
  it.skipIf(process.env["SPECTRAI_ONEDNN_BUILD"] === "sanitize")("keeps what is freed for the next tensors", () => {
    tf.dispose(Array.from({ length: 4 }, () => tf.fill([floats(8)], 1)));
    const { cached } = use();
    expect(cached).toBeGreaterThanOrEqual(32 * MB);
    const t = tf.fill([floats(8)], 1);
    expect(use().cached).toBeLessThanOrEqual(cached - 8 * MB);
    t.dispose();
    expect(use().cached).toBe(cached);
  });

  it("counts the memory of an array that outlives its tensor until the array is gone", async () => {
    await settle();
    const before = use().live;
    let array: unknown = undefined;
    tf.tidy(() => (array = tf.fill([floats(8)], 3).dataSync()));
    expect(use().live - before).toBeGreaterThanOrEqual(8 * MB);
    expect((array as Float32Array)[5]).toBe(3);
    array = undefined;
    await settle();
    expect(use().live).toBe(before);
  });
});

describeNative("arrays that were read", () => {
  beforeAll(() => init({ threads: 2 }));

  it.each([100, floats(4)])(
    "keep their values when the tensor is freed and its memory would be used again (%i)",
    (n) => {
      const first = tf.fill([n], 1);
      const array = first.dataSync();
      first.dispose();
      const others = Array.from({ length: 8 }, () => tf.fill([n], 7));
      expect(array.every((v) => v === 1)).toBe(true);
      tf.dispose(others);
    },
  );

  it("start where vectors of 64 bytes do, whatever the size", () => {
    const tensors = [1025, 2049, 5000, 77_777].map((n) => tf.fill([n], 1));
    for (const t of tensors) expect(t.dataSync().byteOffset).toBe(0);
    tf.dispose(tensors);
  });

  it.each([100, floats(4)])("keep their values when the variable is written (%i)", (n) => {
    const variable = tf.variable(tf.fill([n], 1));
    const array = variable.dataSync();
    variable.assign(tf.fill([n], 2));
    expect(array.every((v) => v === 1)).toBe(true);
    expect(variable.dataSync().every((v) => v === 2)).toBe(true);
    variable.dispose();
  });

  it("are the same array as long as nothing is written", () => {
    const t = tf.fill([floats(1)], 1);
    expect(t.dataSync()).toBe(t.dataSync());
    t.dispose();
  });

  it("do not fill the memory where the event loop never turns", async () => {
    await settle();
    const before = process.memoryUsage().rss;
    let most = 0;
    // 4 GB in all. Without a bound all of it would stay, since collected arrays are reported by the event loop.
    for (let i = 0; i < 256; i++) {
      const t = tf.fill([floats(16)], i);
      expect(t.dataSync()[7]).toBe(i);
      t.dispose();
      most = Math.max(most, process.memoryUsage().rss - before);
    }
    expect(most).toBeLessThan(1500 * MB);
    await settle();
    expect(use().live).toBeLessThan(64 * MB);
  });
});

describeNative("limits", () => {
  it("cache: what is kept unused goes back to the system", async () => {
    await init({ threads: 2, cache: 64 });
    await settle();
    const tensors = Array.from({ length: 6 }, () => tf.fill([floats(40)], 1));
    tf.dispose(tensors);
    expect(use().cached).toBeLessThanOrEqual(64 * MB);
    await init({ threads: 2, cache: 0 });
    await settle();
    tf.fill([floats(40)], 1).dispose();
    // Areas that something else still lies in stay: one of them at most here.
    expect(use().cached).toBeLessThanOrEqual(40 * MB);
    await init({ threads: 2 });
  });

  it("memory: an operation that needs more says how much, with its code", async () => {
    await init({ threads: 2 });
    const native = (tf.engine().backend as unknown as { native: { limits(memory: number, cache: number): void } })
      .native;
    const input = tf.fill([floats(40)], 1);
    native.limits(use().live + 50 * MB, 64 * MB);
    try {
      expect(() => tf.mul(tf.square(input), input)).toThrow(
        expect.objectContaining({
          code: "SPECTRAI_BACKEND_MEMORY",
          message: expect.stringMatching(
            /^The onednn backend could not run \w+ of .*\d+ bytes are needed while \d+ of \d+/,
          ),
        }) as Error,
      );
      expect(() => tf.tensor1d(new Float32Array(floats(60)))).toThrow(
        expect.objectContaining({
          code: "SPECTRAI_BACKEND_MEMORY",
          message: expect.stringMatching(/^The onednn/),
        }) as Error,
      );
    } finally {
      await init({ threads: 2 });
      tf.disposeVariables();
      input.dispose();
    }
    const sum = tf.sum(tf.ones([1000]));
    expect(sum.dataSync()[0]).toBe(1000);
    sum.dispose();
  });
});
