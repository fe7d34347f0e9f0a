import { writeFileSync } from "node:fs";
import { measureDevices, measureWorkload } from "./measure.ts";
import { type GpuOptions, parseGpu, usage } from "./options.ts";
import type { GpuReport, GpuRow } from "./report.ts";
import type { GpuBackend } from "./setting.ts";
import { closeAll, type Places, type SideName, startSides } from "./sides.ts";
import { gpuTable } from "./table.ts";

/** Exit statuses. */
const status = { measured: 0, failed: 1, misunderstood: 2, noCard: 3 } as const;

const tell = (line: string): void => void process.stderr.write(`${line}\n`);
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Runs the benchmark and prints what it measured.
 *
 * @param pack - makes the folder that `--pack` asks for; absent inside of such a folder
 * @returns the exit status
 */
export async function gpu(
  args: readonly string[],
  places: Places,
  pack?: (folder: string, withNode: boolean) => Promise<string>,
): Promise<number> {
  let options: GpuOptions;
  try {
    options = parseGpu(args);
    if (options.pack !== undefined && !pack) throw new Error("--pack is for the project's own checkout.");
  } catch (error) {
    tell(messageOf(error));
    return status.misunderstood;
  }
  try {
    if (options.help) process.stdout.write(usage);
    else if (options.pack !== undefined) tell(await pack!(options.pack, options.node));
    else return await measure(options, places);
    return status.measured;
  } catch (error) {
    tell(messageOf(error));
    return status.failed;
  }
}

async function measure(options: GpuOptions, places: Places): Promise<number> {
  const { workloads, small, repeat, json, output } = options;
  const reasons = new Map<SideName, string>();
  const wanted = options.backends ?? places.backends;
  for (const name of wanted) if (!places.backends.includes(name)) reasons.set(name, "this folder is without it");
  const tried = wanted.filter((name) => places.backends.includes(name));
  const devices = await startSides(options, places, tried, undefined, (name, reason) => reasons.set(name, reason));
  const backends = tried.filter((name) => devices.some((side) => side.name === name));
  if (backends.length === 0) {
    tell(`There is no graphics card to measure: ${sentence(reasons)}.`);
    return status.noCard;
  }
  if (reasons.size > 0) tell(`Not measured: ${sentence(reasons)}.`);
  const withPeer: GpuOptions = devices.some((side) => side.name === "pytorch")
    ? options
    : { ...options, python: undefined };
  let report: GpuReport;
  try {
    report = { small, repeat, devices: await measureDevices(devices), rows: [] };
  } finally {
    await closeAll(devices);
  }
  for (const workload of workloads) {
    tell(`${workload} …`);
    const rows = await measureOne(withPeer, places, backends, workload, report);
    report = { ...report, rows: [...report.rows, ...rows] };
    // What was measured stays if the next workload fails.
    if (output !== undefined) writeFileSync(output, `${JSON.stringify(report)}\n`);
  }
  process.stdout.write(`${json ? JSON.stringify(report) : gpuTable(report)}\n`);
  return status.measured;
}

async function measureOne(
  options: GpuOptions,
  places: Places,
  backends: readonly GpuBackend[],
  workload: GpuOptions["workloads"][number],
  { devices }: GpuReport,
): Promise<GpuRow[]> {
  const sides = await startSides(options, places, backends, workload, (name, reason) => {
    throw new Error(`${name} could be used for the device and cannot for ${workload}: ${reason}`);
  });
  try {
    return await measureWorkload(workload, options.small, sides, devices, options.repeat);
  } finally {
    await closeAll(sides);
  }
}

const sentence = (reasons: ReadonlyMap<string, string>): string =>
  [...reasons].map(([name, reason]) => `${name}: ${reason.replace(/\.$/, "")}`).join("; ");
