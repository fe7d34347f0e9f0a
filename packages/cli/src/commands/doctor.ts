import { availableParallelism, totalmem } from "node:os";
import * as tf from "@tensorflow/tfjs-core";
import {
  chooseBackend,
  coreVersion,
  createComponent,
  isSpectraiError,
  openWorkbench,
  packagesOf,
  type Plugin,
  resolveRef,
  type Probe,
  rng,
  SpectraiError,
  type Workbench,
} from "@spectrai/core";
import { nodeFileSystem } from "@spectrai/core/node";
import { findConfig } from "../config-file.ts";
import { consoleLogger, printResult } from "../console.ts";
import { isInstalled, loadPlugins } from "../load-plugins.ts";
import type { CommonOptions } from "../open-config.ts";
import { figure, table } from "../table.ts";
import { withParity } from "../with-parity.ts";

export interface DoctorOptions extends CommonOptions {
  readonly parity?: boolean;
  readonly backend?: readonly string[];
}

interface BackendReport {
  readonly name: string;
  readonly available: boolean;
  readonly device: string;
  /** The processor plays the graphics card: `auto` passes it over. */
  readonly software: boolean;
  /** What the device bounds, by name. */
  readonly limits: NonNullable<Extract<Probe, { available: true }>["limits"]>;
  /** Largest difference from the first working backend's answer, relative to the largest value. */
  readonly difference: number | null;
  readonly gflops: number | null;
}

export async function run(_: readonly string[], flags: DoctorOptions): Promise<void> {
  if (flags.backend && !flags.parity)
    throw new SpectraiError("SPECTRAI_USAGE", "--backend says which backends --parity compares; add --parity.");
  const folder = process.cwd();
  const installed = [...packagesOf()].filter((name) => name !== "@spectrai/core" && isInstalled(name, folder));
  const named = await configPlugins(flags);
  const names = [...new Set([...named, ...installed])];
  if (flags.parity) return compare(names, folder, flags);
  const plugins: Plugin[] = await loadPlugins(names, folder);
  const bench = await openWorkbench({ plugins, files: nodeFileSystem(folder), logger: consoleLogger(flags), seed: 0 });
  const backends: BackendReport[] = [];
  let reference: Float32Array | undefined;
  for (const { component } of bench.registry.list("backend")) {
    const backend = await createComponent(
      resolveRef(bench.registry, "backend", { name: component.name, options: {} }, "backend"),
      bench.services,
    );
    const probe = await backend.probe();
    if (!probe.available) {
      backends.push({
        name: component.name,
        available: false,
        device: probe.reason,
        software: false,
        limits: {},
        difference: null,
        gflops: null,
      });
      continue;
    }
    await backend.init();
    const answer = await smallNetwork();
    reference ??= answer;
    backends.push({
      name: component.name,
      available: true,
      device: probe.device,
      software: probe.software === true,
      limits: probe.limits ?? {},
      difference: relativeDifference(answer, reference),
      gflops: await matrixSpeed(),
    });
    await backend.dispose?.();
  }
  const auto = await whatAutoTakes(bench);
  const result = {
    spectrai: coreVersion,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    cores: availableParallelism(),
    memoryGiB: Number((totalmem() / 2 ** 30).toFixed(1)),
    plugins: plugins.map((p) => ({ name: p.name, version: p.version })),
    backends,
    auto,
  };
  printResult(flags, result, () =>
    [
      `spectrai ${result.spectrai}, Node.js ${result.node} on ${result.platform}, ${result.cores} cores, ${result.memoryGiB} GiB`,
      "",
      table(
        ["backend", "works", "auto", "device or reason", "difference", "GFLOP/s"],
        backends.map((b) => [
          b.name,
          b.available ? "yes" : "no",
          auto === null || !b.available
            ? ""
            : b.name === auto.name
              ? "takes it"
              : b.software
                ? "passes it over: software"
                : `after ${auto.name}`,
          b.device,
          b.difference === null ? "" : b.difference.toExponential(1),
          b.gflops === null ? "" : figure(b.gflops),
        ]),
      ),
      "",
      ...(auto ? [`auto takes ${auto.name}: ${auto.why}.`, ""] : []),
      ...limitLines(backends),
      table(
        ["plugin", "version"],
        result.plugins.map((p) => [p.name, p.version]),
      ),
    ].join("\n"),
  );
  await bench.services.dispose();
  if (!backends.some((b) => b.available))
    throw new SpectraiError(
      "SPECTRAI_BACKEND_UNAVAILABLE",
      "No backend works here; install @spectrai/backend-wasm, which runs anywhere.",
    );
}

/** Compares the backends in processes of their own, and fails where they do not agree. */
async function compare(plugins: readonly string[], folder: string, flags: DoctorOptions): Promise<void> {
  const { parityBounds } = await withParity(() => import("@spectrai/parity"));
  const { compareBackends } = await import("../parity-runs.ts");
  const { disagreement, parityText } = await import("../parity-text.ts");
  const backends = await compareBackends({
    folder,
    plugins,
    ...(flags.backend ? { only: flags.backend } : {}),
    ...(flags.quiet || flags.json ? {} : { stream: process.stderr }),
  });
  const message = disagreement(backends);
  const error = message === undefined ? undefined : new SpectraiError("SPECTRAI_BACKEND_DIFFERS", message);
  if (flags.json) {
    // One object, with the error in it where there is one.
    const failed = error ? { error: { code: error.code, message: error.message } } : {};
    process.stdout.write(`${JSON.stringify({ bounds: parityBounds, backends, ...failed })}\n`);
    if (error) {
      process.stderr.write(`spectrai: ${error.message} [${error.code}]\n`);
      process.exitCode = 1;
    }
    return;
  }
  process.stdout.write(`${parityText(backends)}\n`);
  if (error) throw error;
}

/** What `backend: auto` would take here, and why; null where no backend works. */
async function whatAutoTakes(bench: Workbench): Promise<{ readonly name: string; readonly why: string } | null> {
  try {
    const { name, why, backend } = await chooseBackend(bench.registry, { name: "auto", options: {} }, bench.services);
    await backend.dispose?.();
    return { name, why };
  } catch (e) {
    if (isSpectraiError(e) && e.code === "SPECTRAI_BACKEND_UNAVAILABLE") return null;
    throw e;
  }
}

/** What the devices bound, a line a backend. */
const limitLines = (backends: readonly BackendReport[]): string[] =>
  backends.flatMap(({ name, limits }) => {
    const stated = Object.entries(limits);
    return stated.length > 0
      ? [`${name}, limits: ${stated.map(([limit, value]) => `${limit} ${value.toLocaleString("en")}`).join(", ")}.`, ""]
      : [];
  });

async function configPlugins(flags: CommonOptions): Promise<string[]> {
  try {
    const { value } = await findConfig(flags.config);
    return Array.isArray(value["plugins"]) ? (value["plugins"] as string[]) : [];
  } catch (e) {
    if (flags.config !== undefined) throw e;
    return [];
  }
}

const uniform = (name: string, shape: number[]): tf.Tensor => {
  const source = rng("doctor", name);
  return tf.tensor(
    Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => source.uniform(-1, 1)),
    shape,
    "float32",
  );
};

/** A convolution, an activation, a pooling and a dense layer: enough to tell whether a backend computes what the others do. */
async function smallNetwork(): Promise<Float32Array> {
  const out = tf.tidy(() => {
    const x = uniform("x", [4, 1, 100, 8]) as tf.Tensor4D;
    const y = tf.relu(tf.conv2d(x, uniform("w", [1, 5, 8, 16]) as tf.Tensor4D, 1, "same"));
    const z = tf.reshape(tf.maxPool(y, [1, 2], [1, 2], "valid"), [4, 800]);
    return tf.softmax(tf.matMul(z, uniform("d", [800, 10])));
  });
  const data = (await out.data()).slice() as Float32Array;
  out.dispose();
  return data;
}

function relativeDifference(a: Float32Array, b: Float32Array): number {
  let worst = 0;
  let scale = 0;
  for (let i = 0; i < b.length; i++) {
    worst = Math.max(worst, Math.abs(a[i]! - b[i]!));
    scale = Math.max(scale, Math.abs(b[i]!));
  }
  return worst / scale;
}

/** The best of three products of square matrices, sized so that a slow backend takes a fraction of a second. */
async function matrixSpeed(): Promise<number> {
  const n = 256;
  const a = uniform("a", [n, n]) as tf.Tensor2D;
  let best = 0;
  for (let k = 0; k < 4; k++) {
    const start = performance.now();
    const c = tf.matMul(a, a);
    await c.data();
    c.dispose();
    if (k > 0) best = Math.max(best, (2 * n ** 3) / (performance.now() - start) / 1e6);
  }
  a.dispose();
  return best;
}
