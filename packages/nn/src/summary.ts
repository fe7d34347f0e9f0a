import type { Model } from "@spectrai/core";

export interface ParameterSummary {
  readonly name: string;
  readonly shape: readonly number[];
  readonly count: number;
  readonly trainable: boolean;
}

export interface ModelSummary {
  readonly parameters: readonly ParameterSummary[];
  /** Trainable values. */
  readonly trainable: number;
  /** Values of buffers. */
  readonly buffers: number;
  /** All as float32. */
  readonly bytes: number;
}

/** What a model consists of. */
export function summary(model: Pick<Model, "parameters">): ModelSummary {
  const parameters = model.parameters.map(({ name, variable, trainable }) => ({
    name,
    shape: variable.shape,
    count: variable.size,
    trainable,
  }));
  const count = (trainable: boolean): number =>
    parameters.reduce((n, p) => n + (p.trainable === trainable ? p.count : 0), 0);
  const [trainable, buffers] = [count(true), count(false)];
  return { parameters, trainable, buffers, bytes: 4 * (trainable + buffers) };
}

/** The summary as a table, one parameter a line, for a terminal. */
export function formatSummary({ parameters, trainable, buffers, bytes }: ModelSummary): string {
  const rows = parameters.map((p) => [p.name, `[${p.shape.join(", ")}]`, `${p.count}`, p.trainable ? "" : "buffer"]);
  const widths = [0, 1, 2].map((i) => Math.max(0, ...rows.map((r) => r[i]!.length)));
  const lines = rows.map(([name, shape, count, kind]) =>
    `${name!.padEnd(widths[0]!)}  ${shape!.padEnd(widths[1]!)}  ${count!.padStart(widths[2]!)}  ${kind}`.trimEnd(),
  );
  const total = `${trainable.toLocaleString("en")} parameters, ${buffers.toLocaleString("en")} in buffers, ${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return [...lines, total].join("\n");
}
