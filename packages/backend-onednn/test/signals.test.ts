import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { addonFile } from "../src/native.ts";
import { describeNative } from "./support/native.ts";

interface Answer {
  /** Signals that the process handled. */
  readonly handled: number;
  /** Largest error of what it computed. */
  readonly worst: number;
  /** Threads that were started for the computation and take no signals. */
  readonly threads: number;
}

/** Computes in a process of its own, which damaged memory would end. */
async function underSignals(): Promise<Answer> {
  const script = join(import.meta.dirname, "support", "signals.mjs");
  const { stdout } = await promisify(execFile)(process.execPath, [script, addonFile()!], { timeout: 100_000 });
  return JSON.parse(stdout) as Answer;
}

describeNative("a process that handles signals while it computes", () => {
  it("goes on and computes the same; the signals reach none of the threads that compute beside it", async () => {
    const { handled, worst, threads } = await underSignals();
    expect(handled).toBeGreaterThan(50);
    expect(worst).toBe(0);
    expect(threads).toBe(1);
  }, 120_000);
});
