/**
 * What compares one backend with the reference, in a process of its own: a backend that takes its process down (a driver, a
 * native library) then stops neither the others nor the command.
 */
import {
  compareBackend,
  type CaseResult,
  type ParityCase,
  type ParityProgress,
  type Reference,
  type Value,
} from "@spectrai/parity";
import { casesOf, createBackend, openBench } from "./parity-bench.ts";

/** What the process is told. */
export interface ParityOrder {
  readonly folder: string;
  readonly plugins: readonly string[];
  readonly backend: string;
  /** What each case gives on the cpu backend, in the order of the cases; null where it failed. */
  readonly reference: readonly (readonly Value[] | null)[];
}

/** What it tells: how far it is, then how each case went. */
export type ParityMessage = { readonly progress: ParityProgress } | { readonly results: readonly CaseResult[] };

async function compare(order: ParityOrder, send: (message: ParityMessage) => void): Promise<void> {
  const bench = await openBench(order.plugins, order.folder);
  const values = new Map<ParityCase, readonly Value[]>();
  casesOf(bench).forEach((one, i) => {
    const expected = order.reference[i];
    if (expected) values.set(one, expected);
  });
  const reference: Reference = { values, failed: [] };
  const backend = await createBackend(bench, order.backend);
  const results = await compareBackend(backend, reference, (progress) => send({ progress }));
  send({ results });
  await backend.dispose?.();
  await bench.services.dispose();
}

process.once("message", (order) => {
  const send = (message: ParityMessage): void => void process.send!(message);
  compare(order as ParityOrder, send).then(
    () => process.disconnect(),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exit(1);
    },
  );
});
