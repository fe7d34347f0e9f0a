import { type CaseKind, parityBounds } from "@spectrai/parity";
import type { BackendParity } from "./parity-runs.ts";
import { duration, table } from "./table.ts";

const words: Readonly<Record<CaseKind, string>> = {
  operation: "operations",
  layer: "layers",
  model: "models",
  training: "training steps",
};

/** How many failures of a backend are told; `--json` has all. */
const told = 10;

/** A table of the largest differences, where each was found, and what failed. */
export function parityText(backends: readonly BackendParity[]): string {
  const kinds = Object.keys(words) as CaseKind[];
  const rows = backends.map((b) => [
    b.software ? `${b.name} (software)` : b.name,
    b.device,
    `${b.results.length}`,
    `${failuresOf(b).length}`,
    ...kinds.map((kind) => largestOf(b, kind)?.difference.toExponential(1) ?? ""),
    duration(b.seconds),
  ]);
  const header = ["backend", "device", "cases", "failed", ...kinds.map((kind) => words[kind]), "took"];
  const bounds = `Bounds: ${kinds.map((kind) => `${words[kind]} ${parityBounds[kind].toExponential(0)}`).join(", ")}.`;
  return [table(header, rows), "", bounds, ...backends.slice(1).flatMap((b) => details(b, kinds))].join("\n");
}

const failuresOf = ({ results }: BackendParity): BackendParity["results"] =>
  results.filter((r) => r.failure !== undefined);

const largestOf = ({ summary }: BackendParity, kind: CaseKind) => summary.find((s) => s.kind === kind)?.largest;

function details(backend: BackendParity, kinds: readonly CaseKind[]): string[] {
  const lines = kinds.flatMap((kind) => {
    const largest = largestOf(backend, kind);
    return largest
      ? [`  ${words[kind]}: ${largest.difference.toExponential(1)} in ${largest.title}, ${largest.what}`]
      : [];
  });
  const failures = failuresOf(backend);
  return [
    "",
    `${backend.name}, largest differences:`,
    ...lines,
    ...(failures.length > 0 ? [`${backend.name}, failures:`] : []),
    ...failures.slice(0, told).map((f) => `  ${f.kind} ${f.title}: ${f.failure}`),
    ...(failures.length > told ? [`  and ${failures.length - told} more; --json has all`] : []),
    ...(backend.ended === undefined ? [] : [`${backend.name}: ${backend.ended}`]),
  ];
}

/** Why the backends do not agree, in one sentence; undefined where they do. */
export function disagreement(backends: readonly BackendParity[]): string | undefined {
  const wrong = backends.flatMap((b) => {
    if (b.ended !== undefined) return [`${b.name}: ${b.ended}`];
    const failures = failuresOf(b).length;
    return failures > 0 ? [`${b.name}: ${failures} of ${b.results.length} cases`] : [];
  });
  if (wrong.length === 0) return undefined;
  return `Not every backend computes what the cpu backend does: ${wrong.join("; ")}; train and apply on another, and report this with the output of spectrai doctor --parity --json.`;
}
