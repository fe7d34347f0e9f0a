import { fork } from "node:child_process";
import { type Probe, SpectraiError, type Workbench } from "@spectrai/core";
import { type CaseResult, evaluateReference, type KindSummary, summarize } from "@spectrai/parity";
import { casesOf, createBackend, openBench } from "./parity-bench.ts";
import type { ParityMessage, ParityOrder } from "./parity-process.ts";
import { parityProgress } from "./parity-progress.ts";

/** How one backend compares with the reference. */
export interface BackendParity {
  readonly name: string;
  readonly device: string;
  /** The processor plays the graphics card. */
  readonly software: boolean;
  readonly seconds: number;
  readonly summary: readonly KindSummary[];
  readonly results: readonly CaseResult[];
  /** Why the comparison ended before its end; absent = it did not. */
  readonly ended?: string;
}

export interface ParityRuns {
  readonly folder: string;
  readonly plugins: readonly string[];
  /** Backends to compare; absent = all that work here. */
  readonly only?: readonly string[];
  /** Where progress goes; absent = nowhere. */
  readonly stream?: NodeJS.WriteStream;
}

/** Compares every backend that works here with the cpu backend, which comes first: what fails there can be compared nowhere. */
export async function compareBackends({ folder, plugins, only, stream }: ParityRuns): Promise<BackendParity[]> {
  const bench = await openBench(plugins, folder);
  const found = await available(bench, only ?? bench.registry.list("backend").map((r) => r.component.name));
  const missing = found.find((f) => !f.probe.available && only);
  if (missing && !missing.probe.available)
    throw new SpectraiError(
      "SPECTRAI_BACKEND_UNAVAILABLE",
      `--backend ${missing.name}: it cannot run here: ${missing.probe.reason}.`,
    );
  const cases = casesOf(bench);
  const progress = parityProgress(stream);
  const start = performance.now();
  const reference = await evaluateReference(cases, progress.on("cpu"));
  const results = cases.flatMap((one) =>
    reference.values.has(one) ? [{ kind: one.kind, title: one.title, difference: 0, what: "the reference" }] : [],
  );
  const cpu = [...results, ...reference.failed];
  const compared: BackendParity[] = [
    {
      name: "cpu",
      device: "the reference",
      software: false,
      seconds: secondsSince(start),
      summary: summarize(cpu),
      results: cpu,
    },
  ];
  const values = cases.map((one) => reference.values.get(one) ?? null);
  for (const { name, probe } of found) {
    if (name === "cpu" || !probe.available) continue;
    const began = performance.now();
    const { results: own, ended } = await inProcess(
      { folder, plugins, backend: name, reference: values },
      progress.on(name),
    );
    compared.push({
      name,
      device: probe.device,
      software: probe.software === true,
      seconds: secondsSince(began),
      summary: summarize(own),
      results: own,
      ...(ended === undefined ? {} : { ended }),
    });
  }
  await bench.services.dispose();
  return compared;
}

/** @throws SPECTRAI_COMPONENT_UNKNOWN where a name is none of a backend */
const available = (bench: Workbench, names: readonly string[]): Promise<{ name: string; probe: Probe }[]> =>
  Promise.all(names.map(async (name) => ({ name, probe: await (await createBackend(bench, name)).probe() })));

const secondsSince = (start: number): number => Number(((performance.now() - start) / 1000).toFixed(1));

/** A process of its own, which may end as it likes. */
function inProcess(
  order: ParityOrder,
  onProgress: ReturnType<ReturnType<typeof parityProgress>["on"]>,
): Promise<{ results: readonly CaseResult[]; ended?: string }> {
  return new Promise((resolve) => {
    const child = fork(new URL(import.meta.resolve("#parity-process")), {
      serialization: "advanced",
      // Its stdout is not the command's, which holds results alone.
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    let results: readonly CaseResult[] | undefined;
    let at = "";
    let said = "";
    child.stderr!.setEncoding("utf8").on("data", (text: string) => (said = `${said}${text}`.slice(-2000)));
    child.on("message", (message: ParityMessage) => {
      if ("results" in message) ({ results } = message);
      else {
        at = message.progress.title;
        onProgress(message.progress);
      }
    });
    child.on("close", (code, signal) => {
      if (results && code === 0) resolve({ results });
      else {
        const how = signal ? `was ended by ${signal}` : `exited with status ${code ?? "unknown"}`;
        const last = said.trim().split("\n").at(-1);
        const where = results ? "after the last case" : at === "" ? "before the first case" : `in the case "${at}"`;
        resolve({ results: results ?? [], ended: `its process ${how} ${where}${last ? `: ${last}` : ""}` });
      }
    });
    child.send(order);
  });
}
