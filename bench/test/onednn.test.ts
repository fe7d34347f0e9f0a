import * as tf from "@tensorflow/tfjs-core";
import { relu } from "@spectrai/nn";
import { unetNetwork } from "@spectrai/models-unet";
import { afterEach, describe, expect, it, vi } from "vitest";
import { main } from "../src/index.ts";
import type { Workload } from "../src/networks/workloads.ts";
import { openBackend } from "../src/onednn/backend.ts";
import type { Ready } from "../src/onednn/children.ts";
import { kernelProduct } from "../src/onednn/kernel-product.ts";
import { timeKernels } from "../src/onednn/kernel-times.ts";
import { inTurn, measure, median } from "../src/onednn/measure.ts";
import { parseOnednn } from "../src/onednn/options.ts";
import { profile, profileTable, shares } from "../src/onednn/profile.ts";
import { type Row, rowJson, rowOf, rowTable } from "../src/onednn/row.ts";
import type { Setting } from "../src/onednn/setting.ts";
import { type Side, startSide } from "../src/onednn/side.ts";
import { makeTask } from "../src/onednn/task.ts";

const setting: Setting = { workload: "resunet1d", mode: "train", threads: 2 };
const row: Row = rowOf(
  setting,
  2_855_617,
  { seconds: 0.75, peakRssBytes: 400e6 },
  [
    { name: "slow", seconds: 2, peakRssBytes: 700e6 },
    { name: "fast", seconds: 1, peakRssBytes: 800e6 },
  ],
  250,
);

afterEach(() => {
  vi.restoreAllMocks();
});

describe("parseOnednn", () => {
  it("takes lists, counts and names, and has defaults", () => {
    expect(parseOnednn([])).toEqual({
      workloads: ["resunet1d", "unet2d", "rcan", "unet3d"],
      modes: ["train", "bf16", "infer"],
      threads: 2,
      repeat: 7,
      backend: "onednn",
      against: undefined,
      profile: false,
      json: false,
      help: false,
    });
    const words = "--workload rcan,unet2d --mode infer --threads 1 --repeat 3 --backend wasm --against cpu --json";
    expect(parseOnednn(words.split(" "))).toMatchObject({
      workloads: ["rcan", "unet2d"],
      modes: ["infer"],
      threads: 1,
      repeat: 3,
      backend: "wasm",
      against: "cpu",
      json: true,
    });
  });

  it("says what there is instead of what it does not know", () => {
    expect(() => parseOnednn(["--workload", "rcan,resnet"])).toThrow(
      'There is no workload "resnet"; there are resunet1d, unet2d, rcan and unet3d.',
    );
    expect(() => parseOnednn(["--mode", "eval"])).toThrow(/no mode "eval"; there are train, bf16 and infer/);
    expect(() => parseOnednn(["--repeat", "0"])).toThrow('--repeat is a whole number of at least 1, not "0".');
  });

  it("is asked by the command, which then ends with 1", async () => {
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    expect(await main(["--json", "onednn", "--workload", "resnet"])).toBe(1);
    expect(said.mock.calls.flat().join("")).toMatch(/^There is no workload "resnet"; .*\n$/);
    await expect(main(["startup", "onednn"])).rejects.toThrow("its name comes first");
  });
});

describe("rows", () => {
  it("compare with the faster peer, and count the arithmetic", () => {
    expect(row).toMatchObject({ peer: "fast", peerSeconds: 1, ratio: 0.75, rssRatio: 0.5, peakGflops: 250 });
    // 150.8 GFLOP, checked by hand beside the networks.
    expect(row.gflops).toBeCloseTo(201, 0);
    expect(row.share).toBeCloseTo(row.gflops / 250, 12);
    expect(rowOf({ ...setting, mode: "infer" }, 1, row, [], 250).gflops).toBeCloseTo(row.gflops / 3, 0);
  });

  it("print as one JSON object a line with every key", () => {
    const line = rowJson(row);
    expect(line).not.toContain("\n");
    expect(Object.keys(JSON.parse(line) as object)).toEqual(
      "workload mode threads seconds peerSeconds ratio peakRssBytes peerPeakRssBytes rssRatio gflops peakGflops share parameters peer".split(
        " ",
      ),
    );
  });

  it("print as a table, with or without a peer", () => {
    expect(rowTable([row])).toMatch(/resunet1d +train +0\.7500 +1\.0000 +0\.75 +400 +800 +0\.50 +201.\d +80 % of 250/);
    expect(rowTable([row])).toContain("peers: resunet1d train: fast");
    const alone = rowTable([rowOf(setting, 1, row, [], 250)]);
    expect(alone).toMatch(/resunet1d +train +0\.7500 +– +– +400 +– +– +201.\d/);
    expect(alone).not.toContain("peers:");
  });
});

/** A child that answers its n-th step with `n · unit` seconds. */
const script = (first: object, unit: number): string => `
  const say = (value) => console.log(JSON.stringify(value));
  let n = 0;
  say(${JSON.stringify(first)});
  require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
    if (line === "step") say({ seconds: ++n * ${unit}, peakRssBytes: 1000 + n });
    else if (line === "product") say({ seconds: ${unit}, operations: 2e9 });
    else if (line === "profile") say({ kernels: [{ phase: "forward", kernel: "Relu", shape: null, count: n, milliseconds: 1, operations: 0 }] });
    else { console.error("line one\\nunknown " + line); process.exit(4); }
  });`;
const start = <First extends object = Ready>(code: string): Promise<Side<First>> =>
  startSide("the child", process.execPath, ["--eval", code]);
const startScript = (first: object, unit: number) => () => start(script(first, unit));

describe("startSide", () => {
  it("asks and hears, and ends with the child's last words", async () => {
    const side = await start<{ ready: number }>(script({ ready: 1 }, 1));
    expect(side.first).toEqual({ ready: 1 });
    expect(await side.ask("step")).toEqual({ seconds: 1, peakRssBytes: 1001 });
    await expect(side.ask("jump")).rejects.toThrow("the child ended with status 4:\nline one\nunknown jump");
    await side.close();
  });

  it("says what else went wrong", async () => {
    await expect(start("console.error('no module'); process.exit(1)")).rejects.toThrow(
      "the child ended with status 1:\nno module",
    );
    await expect(start("console.log('hello'); process.stdin.resume()")).rejects.toThrow('said "hello" where');
    await expect(startSide("the peer", "/does/not/exist", [])).rejects.toThrow(
      /the peer could not be started: .*ENOENT/,
    );
    await expect(startSide("the child", process.execPath, ["--eval", "process.stdin.resume()"], 0.2)).rejects.toThrow(
      "the child was ended by SIGKILL.",
    );
  });
});

describe("measure", () => {
  it("takes steps in turn: the median after the warm-up, and the last word on memory", async () => {
    const order: string[] = [];
    const side = (name: string): Side => ({
      first: {},
      ask: <A extends object>() => {
        order.push(name);
        const n = order.filter((o) => o === name).length;
        return Promise.resolve({ seconds: n === 6 ? 100 : n, peakRssBytes: n } as unknown as A);
      },
      close: () => Promise.resolve(),
    });
    const steps = await inTurn([side("a"), side("b")], 3);
    expect(order.join("")).toBe("ab".repeat(6));
    // Steps 4, 5 and one of 100 s.
    expect(steps[0]).toEqual({ seconds: 5, peakRssBytes: 6 });
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it("compares children of which the faster counts", async () => {
    const ready = { name: "ours", parameters: 5 };
    const peers = [startScript({ ...ready, name: "slow" }, 4), startScript({ ...ready, name: "fast" }, 2)];
    const result = await measure(setting, startScript(ready, 1), peers, 3, () => undefined);
    expect(result).toMatchObject({
      seconds: 5,
      peerSeconds: 10,
      ratio: 0.5,
      peer: "fast",
      parameters: 5,
      peakGflops: 2,
    });
  });

  it("refuses other networks, and tells why something is left out", async () => {
    const ready = { name: "ours", parameters: 5 };
    const told: string[] = [];
    const tell = (line: string): void => void told.push(line);
    const other = startScript({ name: "other", parameters: 6 }, 1);
    await expect(measure(setting, startScript(ready, 1), [other], 1, tell)).rejects.toThrow(
      "ours has 5 parameters, that of other 6",
    );
    const unavailable = startScript({ unavailable: "no bf16" }, 1);
    expect(await measure(setting, unavailable, [], 1, tell)).toBeUndefined();
    expect(await measure(setting, startScript(ready, 1), [unavailable], 1, tell)).toMatchObject({ peer: null });
    expect(told).toEqual(["resunet1d train is left out: no bf16.", "resunet1d train is not compared: no bf16."]);
  });
});

describe("profile", () => {
  it("times kernels without those they run, by phase", () => {
    let clock = 0;
    const backendName = "bench-test";
    const output: tf.TensorInfo = { dataId: {}, shape: [4], dtype: "float32" };
    const spend = (name: string, milliseconds: number, then?: string): void =>
      tf.registerKernel({
        kernelName: name,
        backendName,
        kernelFunc: (params) => {
          clock += milliseconds;
          if (then) tf.getKernel(then, backendName).kernelFunc(params);
          return output;
        },
      });
    const run = (name: string): unknown => tf.getKernel(name, backendName).kernelFunc({ inputs: {}, backend: {} });
    spend("Inner", 3);
    spend("Outer", 10, "Inner");
    const timer = timeKernels(backendName, () => clock);
    timer.enter("forward");
    run("Outer");
    clock += 5;
    timer.enter("backward");
    run("Inner");
    timer.leave();
    clock += 100;
    const none = { shape: null, operations: 0 };
    expect(timer.take()).toEqual([
      { phase: "forward", kernel: "Inner", count: 1, milliseconds: 3, ...none },
      { phase: "forward", kernel: "Outer", count: 1, milliseconds: 10, ...none },
      { phase: "backward", kernel: "Inner", count: 1, milliseconds: 3, ...none },
      { phase: "forward", kernel: null, count: 0, milliseconds: 5, ...none },
      { phase: "backward", kernel: null, count: 0, milliseconds: 0, ...none },
    ]);
    timer.restore();
    timer.enter("forward");
    run("Outer");
    timer.leave();
    expect(timer.take()).toEqual([{ phase: "forward", kernel: null, count: 0, milliseconds: 13, ...none }]);
  });

  it("knows the arithmetic of convolutions, their gradients and products", () => {
    const [x, dy, filter] = [{ shape: [2, 1, 10, 3] }, { shape: [2, 1, 10, 5] }, { shape: [1, 3, 3, 5] }];
    const expected = { shape: "20 × [1, 3, 3, 5]", operations: 2 * 20 * 45 };
    expect(kernelProduct("FusedConv2D", { x, filter, bias: { shape: [5] } }, {}, dy)).toEqual(expected);
    expect(kernelProduct("Conv2DBackpropInput", { dy, filter }, {}, x)).toEqual(expected);
    expect(kernelProduct("Conv2DBackpropFilter", { x, dy }, { filterShape: filter.shape }, filter)).toEqual(expected);
    const [a, b] = [{ shape: [2, 7, 4] }, { shape: [2, 7, 6] }];
    expect(kernelProduct("BatchMatMul", { a, b }, { transposeA: true }, { shape: [2, 4, 6] })?.operations).toBe(
      2 * 48 * 7,
    );
    expect(kernelProduct("Relu", { x }, {}, x)).toBeUndefined();
  });

  it("gives times of one step, by kernel and by shape", () => {
    const time = { phase: "forward", kernel: "Conv3D", count: 4, operations: 4e6 } as const;
    const found = shares(
      [
        { ...time, shape: "8 × [1]", milliseconds: 2 },
        { ...time, shape: "9 × [1]", milliseconds: 6 },
      ],
      2,
      0.01,
    );
    expect(found.kernels).toEqual([
      { phase: "forward", kernel: "Conv3D", count: 4, milliseconds: 4, operations: 4e6, share: 0.4 },
    ]);
    expect(found.products).toEqual([
      { ...time, shape: "9 × [1]", count: 2, milliseconds: 3, operations: 2e6, gflops: 4e6 / 6e6 },
      { ...time, shape: "8 × [1]", count: 2, milliseconds: 1, operations: 2e6, gflops: 2 },
    ]);
    const text = profileTable({ ...setting, seconds: 0.01, ...found });
    expect(text).toContain("resunet1d train: 10.0 ms a step");
    expect(text).toMatch(/Conv3D +forward +4 +4\.00 +40\.0 % +1\n/);
    expect(text).toMatch(/Conv3D +forward +2 +1\.00 +2 +8 × \[1\]$/);
  });

  it("asks a child after the warm-up", async () => {
    const found = await profile(setting, startScript({ name: "ours", parameters: 5 }, 1), 2, () => undefined);
    // Steps 4 and 5.
    expect(found).toMatchObject({ seconds: 4.5, kernels: [{ kernel: "Relu", milliseconds: 0.5 }], products: [] });
  });
});

describe("a task on the wasm backend", () => {
  const work = (target: readonly number[], classes?: number): Workload => ({
    input: [2, 8, 8, 3],
    target,
    loss: classes === undefined ? "l1" : "cross-entropy",
    ...(classes === undefined ? {} : { classes }),
    network: (scope) =>
      unetNetwork(scope, {
        dimension: 2,
        channels: 3,
        filters: [4, 8],
        residual: false,
        activation: "relu",
        norm: "batch",
        dropout: 0,
        upsampling: "auto",
        tail: { kind: "mask", classes: 5, bands: 3 },
      }),
    products: [],
    channelsLast: false,
  });

  it("trains, for either loss, and leaves no tensor behind", async () => {
    const bench = await openBackend("wasm", "train", 1);
    for (const each of [work([2, 8, 8, 5]), work([2, 8, 8], 5)]) {
      const task = await makeTask(bench, each, "train");
      const seen: string[] = [];
      const first = task.step((phase) => seen.push(phase));
      const { numTensors } = tf.memory();
      let last = first;
      for (let i = 0; i < 100; i++) last = task.step();
      expect(seen).toEqual(["forward", "backward", "update"]);
      // A hundred steps of 1e-4 on one batch: less, whatever the start.
      expect(last).toBeLessThan(first);
      expect(tf.memory().numTensors).toBe(numTensors);
      task.dispose();
    }
  });

  it("infers the same each time, and leaves no tensor behind", async () => {
    const bench = await openBackend("wasm", "infer", 1);
    const each = { ...work([2, 8, 8, 5]), network: () => relu() };
    const before = tf.memory().numTensors;
    const task = await makeTask(bench, each, "infer");
    const first = task.step();
    expect(first).toBeGreaterThan(0);
    expect(task.step()).toBe(first);
    task.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("says where bf16 or the backend is missing", async () => {
    await expect(openBackend("wasm", "bf16", 1)).rejects.toThrow("the backend wasm computes in f32 only");
    await expect(openBackend("abacus", "train", 1)).rejects.toThrow("The backend abacus cannot be loaded");
  });
});
