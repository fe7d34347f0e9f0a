import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, expect, it } from "vitest";
import { limitsOf } from "../src/adapter.ts";
import { Buffers } from "../src/buffers.ts";
import { dispatch, type Shader } from "../src/program.ts";
import { backendOf, describeWebGpu, webgpu } from "./support/webgpu.ts";

const start = async (cache?: number) => {
  const backend = await backendOf(cache === undefined ? {} : { cache });
  await backend.init();
  return backend;
};
const failure = async (work: () => Promise<unknown>): Promise<unknown> => work().catch((e: unknown) => e);

describeWebGpu("the device", () => {
  afterEach(async () => (await backendOf()).dispose!());

  it("is described with its limits, and says whether it is software", async () => {
    const probe = await (await backendOf()).probe();
    expect(probe).toMatchObject({ available: true, device: expect.stringMatching(/\w/) });
    if (!probe.available) return;
    expect(probe.software).toBe(/swiftshader|llvmpipe|software/i.test(probe.device));
    expect(probe.limits!["maxStorageBufferBindingSize"]).toBeGreaterThanOrEqual(128 * 2 ** 20);
    await start();
    expect(limitsOf(webgpu().device as unknown as GPUAdapter)).toEqual(probe.limits);
  });

  it("refuses an adapter that is not there, with a reason", async () => {
    const { webgpuBackend } = await import("../src/index.ts");
    const absent = await webgpuBackend.create({ adapter: "no such card", power: "low-power", cache: 0 }, {});
    expect(await absent.probe()).toEqual({
      available: false,
      reason: 'WebGPU found no graphics adapter with "no such card" in its name',
    });
    expect(await failure(() => absent.init())).toMatchObject({ code: "SPECTRAI_BACKEND_UNAVAILABLE" });
  });

  it("refuses a tensor beyond what it binds, and goes on", async () => {
    await start();
    const most = webgpu().device.limits.maxStorageBufferBindingSize;
    expect(() => tf.fill([most / 4 + 1], 1)).toThrow(
      /^One tensor needs \d+ MB, and this graphics adapter binds at most \d+ MB/,
    );
    expect(await tf.square(tf.tensor([3])).data()).toEqual(Float32Array.of(9));
  });

  it("tells of an operation that it refused, once", async () => {
    await start();
    const wrong: Shader = {
      key: "wrong",
      bindings: [{ name: "y", type: "f32", written: true }],
      scalars: {},
      code: "nonsense",
    };
    const y = tf.ones([4]);
    const product = tf.mul(y, tf.range(0, 4));
    dispatch(webgpu(), wrong, [product], [], [1, 1, 1]);
    expect(await failure(() => product.data())).toMatchObject({
      code: "SPECTRAI_BACKEND_OP",
      message: expect.stringMatching(/^The graphics device refused an operation: .+\.$/),
    });
    expect(await tf.add(y, 1).data()).toEqual(Float32Array.of(2, 2, 2, 2));
  });

  it("says that it was lost, and starts anew when asked", async () => {
    const backend = await start();
    const x = tf.fill([5000], 3);
    expect((await tf.neg(x).data())[4999]).toBe(-3);
    expect(backend.lost!()).toBeUndefined();
    webgpu().device.destroy();
    expect(await failure(() => tf.neg(x).data())).toMatchObject({ code: "SPECTRAI_BACKEND_LOST" });
    expect(backend.lost!()).toMatch(/destroyed/);
    await backend.init();
    expect(backend.lost!()).toBeUndefined();
    expect(await tf.neg(tf.tensor([4])).data()).toEqual(Float32Array.of(-4));
  });

  it("reads what a kernel changed in place since the last reading", async () => {
    await start();
    const x = tf.mul(tf.range(0, 3), 2);
    expect([...(await x.data())]).toEqual([0, 2, 4]);
    const plusOne: Shader = {
      key: "plus one",
      bindings: [{ name: "y", type: "f32", written: true }],
      scalars: { n: "u32" },
      code: `@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
        if (id.x < scalars.n) { y[id.x] += 1.0; }
      }`,
    };
    dispatch(webgpu(), plusOne, [x], [3], [1, 1, 1]);
    expect([...(await x.data())]).toEqual([1, 3, 5]);
  });

  it("keeps no more memory than the option `cache` allows", async () => {
    await start(1);
    const { bufferManager } = webgpu();
    expect(bufferManager).toBeInstanceOf(Buffers);
    for (const n of [100_000, 200_000, 300_000, 150_000]) {
      const x = tf.fill([n], 1);
      await tf.sum(x).data();
      x.dispose();
    }
    expect(bufferManager.numBytesAllocated - bufferManager.numBytesUsed).toBeLessThanOrEqual(1e6);
    expect(bufferManager.numBytesAllocated).toBeGreaterThan(0);
  });

  it("lets the process end, whether it was disposed or not", () => {
    for (const end of ["", "await backend.dispose();"]) {
      const script = `import { webgpuBackend } from "@spectrai/backend-webgpu";
        import * as tf from "@tensorflow/tfjs-core";
        const backend = await webgpuBackend.create({ power: "high-performance", cache: 8 }, {});
        await backend.init();
        console.log(...(await tf.square(tf.tensor([1, 2, 3])).data()));
        ${end}`;
      const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
        encoding: "utf8",
        timeout: 30_000,
        cwd: fileURLToPath(new URL("..", import.meta.url)),
      });
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "1 4 9\n", stderr: "" });
    }
  });
});
