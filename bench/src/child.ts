import { spawn } from "node:child_process";
import { performance } from "node:perf_hooks";

export interface ChildResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
  /** Largest resident set of the process, MB (10⁶ bytes); undefined when it ended without saying. */
  readonly peakMegabytes: number | undefined;
}

/** Written to stderr's neighbour, file descriptor 3, when the process ends: `maxRSS` is the kernel's own high-water mark, in KiB. */
const reporter = `import { writeSync } from "node:fs"; process.on("exit", () => writeSync(3, String(process.resourceUsage().maxRSS)));`;

/** Runs Node on a script; with `measureMemory`, a module loaded before it reports the peak of the whole process at its end. */
export function runNode(
  args: readonly string[],
  { measureMemory = false, cwd = process.cwd() } = {},
): Promise<ChildResult> {
  const flags = measureMemory ? ["--import", `data:text/javascript,${encodeURIComponent(reporter)}`] : [];
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, [...flags, ...args], { cwd, stdio: ["ignore", "pipe", "pipe", "pipe"] });
    const read = (index: 1 | 2 | 3): { text: string } => {
      const gathered = { text: "" };
      child.stdio[index]?.on("data", (chunk: Buffer) => (gathered.text += chunk.toString()));
      return gathered;
    };
    const [stdout, stderr, report] = [read(1), read(2), read(3)];
    child.on("error", reject);
    child.on("close", (status) =>
      resolve({
        status,
        stdout: stdout.text,
        stderr: stderr.text,
        seconds: (performance.now() - started) / 1000,
        peakMegabytes: report.text === "" ? undefined : (Number(report.text) * 1024) / 1e6,
      }),
    );
  });
}
