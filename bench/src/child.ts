import { spawn } from "node:child_process";
import { performance } from "node:perf_hooks";

export interface ChildResult {
  /** null when it was killed. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
  /** Largest resident set of the process, MB (10⁶ bytes); undefined when it ended without saying. */
  readonly peakMegabytes: number | undefined;
}

/** Writes to file descriptor 3 when the process ends; `maxRSS` is the kernel's own high-water mark, in KiB. */
const reporter = `import { writeSync } from "node:fs"; process.on("exit", () => writeSync(3, String(process.resourceUsage().maxRSS)));`;

/**
 * Runs Node on a script; with `measureMemory`, a module loaded before it reports the peak of the whole process at its end.
 * A child that outlives `seconds`, or this process, is killed: SIGTERM would only ask it to save its run.
 */
export function runNode(
  args: readonly string[],
  {
    measureMemory = false,
    seconds = 60,
    env = {},
  }: { measureMemory?: boolean; seconds?: number; env?: Readonly<Record<string, string>> } = {},
): Promise<ChildResult> {
  const flags = measureMemory ? ["--import", `data:text/javascript,${encodeURIComponent(reporter)}`] : [];
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, [...flags, ...args], {
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), seconds * 1000);
    const stop = (): never => {
      child.kill("SIGKILL");
      process.exit(130);
    };
    process.on("SIGINT", stop).on("SIGTERM", stop);
    const finish = (): void => {
      clearTimeout(timer);
      process.off("SIGINT", stop).off("SIGTERM", stop);
    };
    const read = (index: 1 | 2 | 3): { text: string } => {
      const gathered = { text: "" };
      child.stdio[index]?.on("data", (chunk: Buffer) => (gathered.text += chunk.toString()));
      return gathered;
    };
    const [stdout, stderr, report] = [read(1), read(2), read(3)];
    child.on("error", (error) => {
      finish();
      reject(error);
    });
    child.on("close", (status) => {
      finish();
      resolve({
        status,
        stdout: stdout.text,
        stderr: stderr.text,
        seconds: (performance.now() - started) / 1000,
        peakMegabytes: report.text === "" ? undefined : (Number(report.text) * 1024) / 1e6,
      });
    });
  });
}
