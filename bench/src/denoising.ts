import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { runNode } from "./child.ts";
import type { Figure } from "./figure.ts";
import { cli, denoisingConfig } from "./paths.ts";

/** A run that takes longer than this has gone wrong. */
const LIMIT_SECONDS = 900;

/** Peak memory of a whole denoising run from the command line: reading, training, baselines, report. */
export async function denoising(config: string = denoisingConfig, settings: readonly string[] = []): Promise<Figure[]> {
  const path = resolve(config);
  if (!existsSync(path))
    throw new Error(
      `${path} does not exist; name the config of the run to measure: npm run bench -- denoising <config>`,
    );
  const output = await mkdtemp(join(tmpdir(), "spectrai-bench-"));
  try {
    const set = settings.flatMap((setting) => ["--set", setting]);
    const run = await runNode([cli, "train", "--config", path, "--output", output, "--json", ...set], {
      measureMemory: true,
      seconds: LIMIT_SECONDS,
    });
    if (run.status === null)
      throw new Error(`spectrai train was stopped after ${run.seconds.toFixed(0)} s: ${run.stderr}`);
    if (run.status !== 0) throw new Error(`spectrai train failed with status ${run.status}: ${run.stderr}`);
    if (run.peakMegabytes === undefined) throw new Error("spectrai train ended without reporting its memory");
    return [
      {
        name: "denoising run, peak memory",
        unit: "MB",
        ours: run.peakMegabytes,
        limit: 600,
        reference: 1190,
        method: `maxRSS of one process that took ${run.seconds.toFixed(1)} s, ${summary(run.stdout)}; the reference's figure is one epoch on 1,000 spectra`,
      },
    ];
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

/** What the run's own JSON says about it. */
function summary(stdout: string): string {
  const result = JSON.parse(stdout) as { readonly backend?: unknown; readonly metrics?: unknown };
  return `backend ${JSON.stringify(result.backend)}, metrics ${JSON.stringify(result.metrics)}`;
}
