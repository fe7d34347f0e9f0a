import { type Peer, peersOf, startWorker } from "./children.ts";
import { measure } from "./measure.ts";
import { type OnednnOptions, parseOnednn, usage } from "./options.ts";
import { type Profile, profile, profileTable } from "./profile.ts";
import { type Row, rowJson, rowTable } from "./row.ts";
import type { Setting } from "./setting.ts";

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const tell = (line: string): void => void process.stderr.write(`${line}\n`);

/** Runs the benchmark and prints what it measured. @returns the exit status */
export async function onednn(args: readonly string[]): Promise<number> {
  try {
    const options = parseOnednn(args);
    if (options.help) process.stdout.write(usage);
    else if (options.profile) await profiles(options);
    else await comparisons(options);
    return 0;
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

const settings = ({ workloads, modes, threads }: OnednnOptions): Setting[] =>
  modes.flatMap((mode) => workloads.map((workload) => ({ workload, mode, threads })));

function peerOf({ against }: OnednnOptions): Peer {
  if (against !== undefined) return { backend: against };
  const python = process.env["SPECTRAI_PEER_PYTHON"];
  if (python) return { python };
  tell("SPECTRAI_PEER_PYTHON does not name a Python that has PyTorch, so only our own figures are measured.");
  return undefined;
}

async function comparisons(options: OnednnOptions): Promise<void> {
  const { backend, repeat, json } = options;
  const peer = peerOf(options);
  const rows: Row[] = [];
  for (const setting of settings(options)) {
    const row = await measure(
      setting,
      () => startWorker({ ...setting, backend, profile: false }),
      peersOf(setting, peer),
      repeat,
      tell,
    );
    if (!row) continue;
    rows.push(row);
    if (json) print(rowJson(row));
    else tell(`${row.workload} ${row.mode}: ${row.seconds.toFixed(4)} s`);
  }
  if (!json && rows.length > 0) print(rowTable(rows));
}

async function profiles(options: OnednnOptions): Promise<void> {
  const { backend, repeat, json } = options;
  const taken: Profile[] = [];
  for (const setting of settings(options)) {
    const found = await profile(setting, () => startWorker({ ...setting, backend, profile: true }), repeat, tell);
    if (!found) continue;
    if (json) print(JSON.stringify(found));
    else taken.push(found);
  }
  if (taken.length > 0) print(taken.map(profileTable).join("\n\n"));
}
