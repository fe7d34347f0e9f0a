import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { onednnBackend } from "@spectrai/backend-onednn";
import { describe, expect, it } from "vitest";
import { emptyFolder, spectrai, tinyConfig, tinyFolder } from "./support/spectrai.ts";

const probe = await (await onednnBackend.create({ precision: "f32" }, {})).probe();
const half = await (await onednnBackend.create({ precision: "bf16" }, {})).probe();
const plugins = [...(tinyConfig["plugins"] as string[]), "@spectrai/backend-onednn", "@spectrai/models-unet"];
const onednn = (options: object = {}): object => ({ name: "onednn", threads: 2, ...options });

interface Result {
  readonly metrics: Readonly<Record<string, number>>;
}

/** The test error of a run, from the object that --json prints. */
function mse(stdout: string): number {
  const { metrics } = JSON.parse(stdout) as Result;
  return metrics["mse"]!;
}

describe.skipIf(!probe.available)(
  `training on the native backend${probe.available ? "" : ` (skipped: ${probe.reason})`}`,
  () => {
    it("goes on after an interruption with the numbers of a run that was not interrupted", async () => {
      const config = {
        plugins,
        model: { name: "resunet", width: 8 },
        data: { name: "raman-pairs", samples: 24, points: 64, cellRows: 4 },
        baselines: ["raw"],
        backend: onednn(),
        train: { epochs: 40, minSteps: null, batchSize: 4, checkpointSeconds: 0 },
      };
      // What one run learns about the speed of algorithms, the next one has to compute with.
      const env = { SPECTRAI_CACHE: emptyFolder() };
      const whole = await spectrai(tinyFolder(config), ["train", "--json", "--no-report"], { env });
      expect(whole.code, whole.stderr).toBe(0);

      const folder = tinyFolder(config);
      const runs = join(folder, "runs");
      const started = (): boolean =>
        existsSync(runs) && readdirSync(runs).some((run) => existsSync(join(runs, run, "last.safetensors")));
      const cut = await spectrai(folder, ["train", "--no-report"], { env, killWhen: started });
      expect(cut.signal).toBe("SIGKILL");
      const rest = await spectrai(folder, ["train", "--resume", "--json", "--no-report"], { env });
      expect(rest.code).toBe(0);
      expect(mse(rest.stdout)).toBe(mse(whole.stdout));
    });

    it.skipIf(!half.available)("comes to the same error in bf16, within 2 %", async () => {
      const run = async (precision: string): Promise<number> => {
        const folder = tinyFolder({
          plugins,
          model: { name: "resunet", width: 16, depth: 2 },
          data: { name: "raman-pairs", samples: 160, points: 128 },
          baselines: ["raw"],
          backend: onednn({ precision }),
          train: { epochs: 12, minSteps: null, batchSize: 16 },
        });
        const ran = await spectrai(folder, ["train", "--json", "--no-report"]);
        expect(ran.code, ran.stderr).toBe(0);
        return mse(ran.stdout);
      };
      const [full, rounded] = [await run("f32"), await run("bf16")];
      expect(Math.abs(rounded / full - 1)).toBeLessThan(0.02);
    });
  },
);
