import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type Ran, spectrai, tinyConfig, tinyFolder } from "./support/spectrai.ts";

/**
 * Everything with a memory: random augmentation and dropout, an average of the weights, a schedule and an optimizer with
 * state, early stopping, the best checkpoint. Written as a plugin in the config's folder, which a user may do, too.
 */
const network = `
import { defineComponent, definePlugin } from "@spectrai/core";
import { add, batchNorm, dense, dropout, networkModel, parameterScope, relu, sequential } from "@spectrai/nn";
import { z } from "zod";
export default definePlugin({
  name: "local", version: "0.1.0", core: ">=0.1.0 <1",
  components: [defineComponent({
    kind: "model", name: "dropped", summary: "A perceptron with all that has a memory.", schema: z.strictObject({}),
    create: () => ({ build({ input: [points] }, init) {
      const scope = parameterScope(init);
      const body = sequential(
        dense(scope.at("first"), { in: points, out: 8 }), batchNorm(scope.at("norm"), { channels: 8 }), relu(),
        dropout(scope.at("drop"), { rate: 0.3 }), dense(scope.at("last"), { in: 8, out: points }),
      );
      return networkModel(scope, (x, context) => add(body(x, context), x));
    } }),
  })],
});
`;
const epochs = 30;
const steps = epochs * 3;
const changes = {
  plugins: [...(tinyConfig["plugins"] as string[]), "./network.mjs"],
  model: "dropped",
  augment: [{ name: "noise-resample" }, { name: "spectral-shift" }, { name: "mixup" }],
  baselines: ["raw"],
  callbacks: [{ name: "jsonl", every: 1 }, "csv"],
  train: {
    epochs,
    minSteps: null,
    batchSize: 5,
    optimizer: "adam",
    schedule: { name: "plateau", patience: 2 },
    ema: 0.9,
    clipNorm: 0.5,
    checkpointSeconds: 0,
    earlyStopping: { patience: 200 },
  },
};

interface Step {
  readonly event: string;
  readonly step: number;
}

/** What a run leaves, less the clock: seconds, names of folders. */
function leftovers(folder: string): object {
  const runs = readdirSync(join(folder, "runs"));
  expect(runs).toHaveLength(1);
  const run = join(folder, "runs", runs[0]!);
  const files = readdirSync(run, { recursive: true }) as string[];
  expect(
    files.filter((f) => f.includes(".tmp")),
    "no temporary files",
  ).toEqual([]);
  const text = (name: string): string => readFileSync(join(run, name), "utf8");
  const result = JSON.parse(text("result.json")) as Record<string, unknown> & { training: object };
  const untimed = (line: string): unknown => ({ ...(JSON.parse(line) as object), seconds: 0 });
  const log = text("metrics.jsonl").trim().split("\n").map(untimed);
  const [header, ...rows] = text("metrics.csv")
    .trim()
    .split(/\r?\n/)
    .map((row) => row.split(","));
  const clock = header!.indexOf("seconds");
  return {
    files: files.sort(),
    metrics: result["metrics"],
    test: result["test"],
    training: result.training,
    // The same bytes: weights, running statistics.
    model: readFileSync(join(run, "model.safetensors")).toString("base64"),
    log,
    table: rows.map((row) => row.filter((_, i) => i !== clock)),
    steps: (log as Step[]).filter((l) => l.event === "step").map((l) => l.step),
  };
}

const train = (folder: string, args: readonly string[] = [], options = {}): Promise<Ran> =>
  spectrai(folder, ["train", "--no-report", ...args], options);

const makeFolder = (more: object = {}): string => tinyFolder({ ...changes, ...more }, { "network.mjs": network });

/** The task's own model and recipe, as far as a run of a second allows. */
const recipe = {
  model: undefined,
  augment: undefined,
  train: { epochs: 8, minSteps: null, batchSize: 5, checkpointSeconds: 0 },
};

async function uninterrupted(folder: string): Promise<object> {
  const { code, stderr } = await train(folder, ["-q"]);
  expect(code, stderr).toBe(0);
  return leftovers(folder);
}

let whole: object;
beforeAll(async () => {
  whole = await uninterrupted(makeFolder());
}, 60_000);

describe("a run that was interrupted ends as one that was not, digit for digit", () => {
  it("logs every step once", () => {
    expect(whole).toMatchObject({ steps: Array.from({ length: steps }, (_, i) => i) });
  });

  it.each([
    ["SIGINT", {}],
    ["SIGTERM", recipe],
  ] as const)("by %s", async (signal, more) => {
    const folder = makeFolder(more);
    let sent = false;
    const stopped = await train(folder, [], {
      watch: (stderr: string) => {
        if (sent || !/^Training (dropped|spectral-denoiser)/m.test(stderr)) return undefined;
        sent = true;
        return signal;
      },
    });
    expect(stopped.code, stopped.stderr).toBe(130);
    expect(stopped.signal).toBeNull();
    expect(stopped.stdout).toBe("");
    expect(stopped.stderr.trimEnd().split("\n").at(-1)).toMatch(
      /^spectrai: Training was interrupted in epoch \d+ of \d+.*--resume.*\[SPECTRAI_TRAIN_INTERRUPTED\]$/,
    );
    const resumed = await train(folder, ["--resume", "-q"]);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(leftovers(folder)).toEqual(more === recipe ? await uninterrupted(makeFolder(more)) : whole);
  });

  it("by kill -9, wherever it hits", async () => {
    const folder = makeFolder();
    let kills = 0;
    // Somewhere in an epoch: while a step, the log or a checkpoint is being written.
    for (const [epoch, delay] of [
      [3, 0],
      [8, 5],
      [15, 11],
      [21, 2],
    ] as const) {
      let reached: number | undefined;
      const killWhen = (): boolean => {
        if (reached === undefined && epochsLogged(folder) >= epoch) reached = performance.now();
        return reached !== undefined && performance.now() - reached >= delay;
      };
      const killed = await train(folder, kills > 0 ? ["--resume", "-q"] : ["-q"], { killWhen });
      expect(killed.signal, killed.stderr).toBe("SIGKILL");
      kills++;
    }
    expect(kills).toBe(4);
    const resumed = await train(folder, ["--resume", "-q"]);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(leftovers(folder)).toEqual(whole);
  });
});

function epochsLogged(folder: string): number {
  try {
    const runs = join(folder, "runs");
    return readFileSync(join(runs, readdirSync(runs)[0]!, "metrics.csv"), "utf8").split("\n").length - 2;
  } catch {
    return 0;
  }
}
