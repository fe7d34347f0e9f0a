import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { bottleneckOf, sharesOf } from "../src/gpu/bottleneck.ts";
import { gpu } from "../src/gpu/index.ts";
import { measureDevices, measureWorkload } from "../src/gpu/measure.ts";
import { parseGpu } from "../src/gpu/options.ts";
import { pack } from "../src/gpu/pack.ts";
import { countPasses } from "../src/gpu/passes.ts";
import { publishedPeak } from "../src/gpu/peaks.ts";
import type { DeviceReport, GpuReport } from "../src/gpu/report.ts";
import type { Precision } from "../src/gpu/setting.ts";
import type { GpuSide, SideName } from "../src/gpu/sides.ts";
import { gpuTable } from "../src/gpu/table.ts";
import { countTraffic } from "../src/gpu/traffic.ts";
import { operations } from "../src/networks/products.ts";
import { smallWorkloads, workloads } from "../src/networks/workloads.ts";
import { main } from "../src/index.ts";
import { gpuPlaces } from "../src/paths.ts";

const folder = mkdtempSync(join(tmpdir(), "spectrai-bench-gpu-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  vi.restoreAllMocks();
});

/** What is written to a stream from here on. */
const heard = (stream: NodeJS.WriteStream): (() => string) => {
  const said = vi.spyOn(stream, "write").mockReturnValue(true);
  return () => said.mock.calls.map(([text]) => String(text)).join("");
};

describe("parseGpu", () => {
  it("has defaults, and takes lists and counts", () => {
    const all = ["resunet1d", "unet2d", "rcan", "unet3d"];
    expect(parseGpu([])).toMatchObject({
      workloads: all,
      precisions: ["f32", "tf32", "bf16"],
      repeat: 7,
      small: false,
    });
    expect(parseGpu([]).backends).toBeUndefined();
    const words = "--backend webgpu --workload rcan --precision f32,bf16 --repeat 3 --python none --software --json";
    expect(parseGpu(words.split(" "))).toMatchObject({
      backends: ["webgpu"],
      workloads: ["rcan"],
      precisions: ["f32", "bf16"],
      repeat: 3,
      python: undefined,
      software: true,
      json: true,
    });
  });

  it("says what there is instead of what it does not know", () => {
    expect(() => parseGpu(["--backend", "metal"])).toThrow('There is no backend "metal"; there are cuda and webgpu.');
    expect(() => parseGpu(["--node"])).toThrow("--node belongs to --pack.");
  });
});

describe("publishedPeak", () => {
  it("knows cards as CUDA and as Dawn name them", () => {
    for (const name of ["NVIDIA H100 80GB HBM3", "nvidia-h100-80gb-hbm3", "NVIDIA H200"])
      expect(publishedPeak(name)?.teraflops).toBe(67);
    expect(publishedPeak("NVIDIA A100-SXM4-80GB")?.teraflops).toBe(19.5);
    expect(publishedPeak("NVIDIA GeForce RTX 4090")?.teraflops).toBe(82.6);
  });

  it("takes no card for another", () => {
    const others = ["NVIDIA A100-SXM4-40GB MIG 1g.5gb", "NVIDIA H100 NVL", "NVIDIA GH200 480GB", "NVIDIA A10G"];
    for (const name of [...others, "NVIDIA GeForce RTX 4090 Laptop GPU", "swiftshader-device-subzero-"])
      expect(publishedPeak(name)).toBeUndefined();
  });
});

describe("the bottleneck", () => {
  const step = {
    queuedSeconds: 0.01,
    hostSeconds: 0.002,
    deviceSeconds: 0.009,
    dispatches: 100,
    operations: 4e9,
    bytes: 1e9,
  };
  const device = { productRate: 1e12, bandwidth: 1e12, dispatchSeconds: 1e-6 };
  const of = (change: Partial<typeof step>) => bottleneckOf(sharesOf({ ...step, ...change }, device));

  it("follows from shares of the step", () => {
    const shares = sharesOf(step, device);
    expect(shares.host).toBeCloseTo(0.2, 12);
    expect(shares.dispatches).toBeCloseTo(0.01, 12);
    expect(shares.busy).toBeCloseTo(0.9, 12);
    expect(shares.compute).toBeCloseTo(0.4, 12);
    expect(shares.memory).toBeCloseTo(0.1, 12);
  });

  it("is launching where the device waits for orders", () => {
    expect(of({ hostSeconds: 0.0081, deviceSeconds: 0.0079 })).toBe("launch");
    // The orders may wait for the device, and not the other way round.
    expect(of({ hostSeconds: 0.0081 })).toBe("kernels");
    expect(of({ dispatches: 5001 })).toBe("launch");
    expect(of({ deviceSeconds: 0.0049 })).toBe("launch");
  });

  it("is the larger of arithmetic and memory where it takes half of the step, else the kernels", () => {
    expect(of({})).toBe("kernels");
    expect(of({ operations: 6e9 })).toBe("compute");
    expect(of({ operations: 6e9, bytes: 7e9 })).toBe("memory");
    const unknown = { ...step, deviceSeconds: null, dispatches: null, bytes: null };
    expect(bottleneckOf(sharesOf(unknown, device))).toBe("kernels");
    expect(bottleneckOf(sharesOf({ ...unknown, hostSeconds: 0.0081 }, device))).toBe("launch");
  });
});

describe("countTraffic", () => {
  beforeAll(async () => {
    await tf.setBackend("cpu");
    (tf.backend() as { firstUse?: boolean }).firstUse = false;
  });

  it("counts inputs and outputs once, parts as far as they are read, views not at all", () => {
    const x = tf.ones([10, 4]);
    const count = (f: () => tf.Tensor): number => countTraffic("cpu", () => f().dispose());
    expect(count(() => tf.relu(x))).toBe(2 * 160);
    expect(count(() => tf.add(x, tf.tensor1d([1, 2, 3, 4])))).toBe(160 + 16 + 160);
    expect(count(() => tf.slice(x, [0, 0], [2, 4]))).toBe(2 * 32);
    expect(count(() => tf.reshape(x, [40]))).toBe(0);
    x.dispose();
    // The kernels are given back.
    expect(countTraffic("cpu", () => undefined)).toBe(0);
  });
});

/** A side whose answers are made up: steps that take `seconds`, and 10 % more when each is waited for. */
function fakeSide(name: SideName, precisions: readonly Precision[], seconds: number, asked: string[] = []): GpuSide {
  const answers: Record<string, object> = {
    open: { parameters: 11_437, firstSeconds: 2, warmSeconds: [0.1, 0.1, 0.1] },
    count: { dispatches: 10, deviceSeconds: seconds, bytes: 1e6 },
    product: { amount: 1e12, seconds: 0.1 },
    bandwidth: { copy: { amount: 1e12, seconds: 1 }, elementwise: { amount: 5e11, seconds: 1 } },
    dispatch: { empty: null, smallest: 2e-6 },
  };
  return {
    name,
    precisions,
    hello: { card: "NVIDIA H200", versions: "made up", software: false },
    ask: <A extends object>(what: string | { steps: number }, precision?: string, layout?: string) => {
      asked.push(`${name} ${typeof what === "string" ? what : what.steps} ${precision} ${layout}`);
      if (typeof what === "string") return Promise.resolve(answers[what] as A);
      const slow = layout === "channels_last" ? 2 : 1;
      return Promise.resolve({
        seconds: slow * seconds * (what.steps === 1 ? 1.1 : 1),
        hostSeconds: seconds / 10,
      } as A);
    },
    close: () => Promise.resolve(),
  };
}

describe("measuring", () => {
  it("takes turns, compares with PyTorch's faster layout, and counts the arithmetic", async () => {
    const asked: string[] = [];
    const sides = [fakeSide("webgpu", ["f32"], 0.03, asked), fakeSide("pytorch", ["f32", "bf16"], 0.02, asked)];
    const devices = await measureDevices(sides);
    expect(devices.map((d) => d.side)).toEqual(["webgpu", "pytorch"]);
    expect(devices[0]).toMatchObject({
      productGflops: { f32: 1e4 },
      copyGigabytes: 1000,
      elementwiseGigabytes: 500,
      published: { teraflops: 67 },
    });
    asked.length = 0;
    const rows = await measureWorkload("unet2d", false, sides, devices, 2);
    expect(rows.map((r) => `${r.side} ${r.precision} ${r.layout}`)).toEqual([
      "webgpu f32 contiguous",
      "pytorch f32 contiguous",
      "pytorch f32 channels_last",
      "pytorch bf16 contiguous",
      "pytorch bf16 channels_last",
    ]);
    // Steps of 0.1 s: queues of three, a single step before each.
    expect(asked.slice(5, 9)).toEqual([
      "webgpu 1 f32 contiguous",
      "webgpu 3 f32 contiguous",
      "pytorch 1 f32 contiguous",
      "pytorch 3 f32 contiguous",
    ]);
    const [own, , last, bf16] = rows;
    const count = operations(workloads.unet2d.products, true);
    expect(own!.ratio).toBeCloseTo(1.5, 12);
    expect(own!.seconds).toBeCloseTo(0.033, 12);
    expect(own!.gflops).toBeCloseTo(count / 0.03 / 1e9, 6);
    expect(own!.shareOfProduct).toBeCloseTo(own!.gflops / 1e4, 12);
    expect(own!.shareOfPublished).toBeCloseTo(own!.gflops / 67e3, 12);
    expect(own).toMatchObject({ firstStepSeconds: 2, dispatches: 10, queuedSeconds: 0.03 });
    expect(own!.warmUpSeconds).toBeCloseTo(0.3, 12);
    expect(last).toMatchObject({ ratio: null, queuedSeconds: 0.04 });
    expect(bf16!.shareOfPublished).toBeNull();
  });

  it("refuses networks that differ", async () => {
    const sides = [fakeSide("webgpu", ["f32"], 1), fakeSide("pytorch", ["f32"], 1)];
    const devices = await measureDevices(sides);
    const other = {
      ...sides[1]!,
      ask: <A extends object>() => Promise.resolve({ parameters: 1, warmSeconds: [1] } as A),
    };
    await expect(measureWorkload("resunet1d", true, [sides[0]!, other], devices, 1)).rejects.toThrow(
      "one has 11437 parameters, that of pytorch 1.",
    );
  });

  it("prints tables, unknown where nothing is published", async () => {
    const sides = [fakeSide("webgpu", ["f32"], 0.03), fakeSide("pytorch", ["f32", "bf16"], 0.02)];
    const devices = await measureDevices(sides);
    const rows = await measureWorkload("resunet1d", true, sides, devices, 1);
    const report: GpuReport = { small: true, repeat: 1, devices, rows };
    const text = gpuTable(report);
    expect(text).toMatch(/webgpu +10000 +– +– +67000 +1000 +500 +– +2\.0\n/);
    expect(text).toMatch(/resunet1d +webgpu +f32 +contiguous +2000\.00 +33\.00 +30\.00 +3\.00 +30\.00 +10 +/);
    expect(text).toContain("NVIDIA H200 Tensor Core GPU datasheet");
    expect(text).toContain("these are no figures of merit");
    const unlisted = devices.map((d): DeviceReport => ({ ...d, published: null }));
    const again = { ...report, devices: unlisted, rows: rows.map((r) => ({ ...r, shareOfPublished: null })) };
    expect(gpuTable(again)).toMatch(/resunet1d +webgpu .* unknown +1\.50 +kernels\n/);
  });
});

describe("the command", () => {
  const childThat = (says: string): string => {
    const file = join(folder, "child.mjs");
    writeFileSync(file, `console.log(${JSON.stringify(says)})`);
    return file;
  };
  const places = (says: string) => ({ ...gpuPlaces, child: childThat(says) });

  it("ends with 2 where it does not understand", async () => {
    const said = heard(process.stderr);
    expect(await main(["gpu", "--workload", "resnet"])).toBe(2);
    expect(said()).toMatch(/^There is no workload "resnet"; .*\n$/);
    expect(await gpu(["--pack", "x"], gpuPlaces)).toBe(2);
    expect(said()).toContain("--pack is for the project's own checkout.");
  });

  it("ends with 3 and every backend's reason where there is no card, and with 1 where a child fails", async () => {
    const said = heard(process.stderr);
    expect(await gpu([], places('{"unavailable":"no driver."}'))).toBe(3);
    expect(said()).toBe("There is no graphics card to measure: cuda: no driver; webgpu: no driver.\n");
    expect(await gpu(["--backend", "cuda"], { ...places("{}"), backends: ["webgpu"] })).toBe(3);
    expect(said()).toContain("cuda: this folder is without it.");
    expect(await gpu(["--backend", "webgpu"], places("nonsense"))).toBe(1);
    expect(said()).toContain('the device on webgpu said "nonsense"');
  });
});

/** Whether a WebGPU adapter of any kind is here, which only a process of its own may try. */
const adapter = ((): boolean => {
  if (!existsSync(gpuPlaces.child)) return false;
  const setting = JSON.stringify({ backend: "webgpu", precision: "f32", software: true, small: true });
  const run = spawnSync(process.execPath, [gpuPlaces.child, "child", setting], { input: "", encoding: "utf8" });
  return run.stdout.includes('"card"');
})();

describe.skipIf(!adapter)("on a graphics adapter", () => {
  it("counts dispatches and takes the time of passes", async () => {
    const { create, globals } = await import("webgpu");
    for (const [name, value] of Object.entries(globals))
      if (!(name in globalThis)) Reflect.set(globalThis, name, value);
    const found = await create([]).requestAdapter();
    const timed = found!.features.has("timestamp-query");
    const device = await found!.requestDevice({ requiredFeatures: timed ? ["timestamp-query"] : [] });
    const module = device.createShaderModule({ code: "@compute @workgroup_size(1) fn main() {}" });
    const pipeline = device.createComputePipeline({ layout: "auto", compute: { module, entryPoint: "main" } });
    const order = async (perPass: readonly number[]): Promise<void> => {
      const encoder = device.createCommandEncoder();
      for (const count of perPass) {
        const pass = encoder.beginComputePass();
        pass.setPipeline(pipeline);
        for (let i = 0; i < count; i++) pass.dispatchWorkgroups(1);
        pass.end();
      }
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
    };
    const counts = await countPasses(device, () => order([2, 5]));
    expect(counts.dispatches).toBe(7);
    if (timed) expect(counts.seconds).toBeGreaterThanOrEqual(0);
    else expect(counts.seconds).toBeNull();
    expect((await countPasses(device, () => Promise.resolve())).dispatches).toBe(0);
    await order([1]);
    device.destroy();
  });

  it("runs from a copied folder", async () => {
    const made = join(folder, "made");
    expect(await pack(made, false)).toMatch(/made\.tar\.gz: \d+ MB/);
    await expect(pack(made, false)).rejects.toThrow("has something in it already");
    await expect(pack("/proc/made", false)).rejects.toThrow("/proc/made");
    const copied = join(folder, "elsewhere", "copied");
    cpSync(made, copied, { recursive: true });
    const python = process.env["SPECTRAI_PEER_PYTHON"] || "none";
    const words = ["--software", "--small", "--json", "--workload", "resunet1d", "--repeat", "1", "--python", python];
    // Idle threads of PyTorch's would take the processor from the adapter that it imitates.
    const env = { ...process.env, OMP_NUM_THREADS: "1" };
    const run = spawnSync(join(copied, "run.sh"), words, { cwd: folder, encoding: "utf8", timeout: 100_000, env });
    expect(run.status, run.stderr).toBe(0);
    const report = JSON.parse(run.stdout) as GpuReport;
    expect(JSON.parse(readFileSync(join(copied, "result.json"), "utf8"))).toEqual(report);
    const sides = new Set(report.rows.map((r) => r.side));
    expect([...sides]).toEqual(python === "none" ? ["webgpu"] : ["webgpu", "pytorch"]);
    const [own] = report.rows;
    expect(own).toMatchObject({
      workload: "resunet1d",
      precision: "f32",
      parameters: 11_437,
      operations: operations(smallWorkloads.resunet1d.products, true),
    });
    for (const value of [own!.seconds, own!.queuedSeconds, own!.hostSeconds, own!.dispatches, own!.bytes])
      expect(value).toBeGreaterThan(0);
    expect(own!.hostSeconds).toBeLessThanOrEqual(own!.seconds);
    expect(report.devices[0]!.productGflops.f32).toBeGreaterThan(0);
    expect(own!.shares.compute).toBeCloseTo(own!.shareOfProduct, 9);
    // A software adapter is no graphics card.
    if (!report.devices[0]!.software) return;
    const without = spawnSync(join(copied, "run.sh"), ["--json"], { cwd: folder, encoding: "utf8", timeout: 60_000 });
    expect(without.status).toBe(3);
    expect(without.stderr).toMatch(/There is no graphics card to measure: webgpu: only a software adapter is here/);
  }, 180_000);
});
