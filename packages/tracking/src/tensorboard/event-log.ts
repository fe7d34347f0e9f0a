import type { ArtifactStore } from "@spectrai/core";
import { versionEvent } from "./events.ts";
import { readEventHead, type EventHead } from "./read-event.ts";
import { encodeRecord, readRecords } from "./records.ts";

const namePattern = /^events\.out\.tfevents\.\d+\.spectrai\./;

/** Events held back before they are written together. */
const held = 64;

/** An event file that is being written. */
export interface EventLog {
  readonly name: string;
  add(event: Uint8Array): Promise<void>;
  flush(): Promise<void>;
}

/**
 * Opens the run's event file: the one it has, or a new one. In every event file of ours in the folder, the first event
 * that is `beyond` and all after it are cut off, and so is an end that a crash left unfinished.
 */
export async function openEventLog(
  store: ArtifactStore,
  runId: string,
  beyond: (head: EventHead) => boolean,
): Promise<{ readonly log: EventLog; readonly resumed: boolean }> {
  const names = (await store.list()).filter((name) => namePattern.test(name)).sort();
  for (const name of names) await cutEvents(store, name, beyond);
  const last = names.at(-1);
  // A file that lost even its first record is of no use to TensorBoard.
  const usable = last !== undefined && ((await store.read(last))?.length ?? 0) > 0;
  const seconds = Math.floor(Date.now() / 1000);
  const name = usable
    ? last
    : `events.out.tfevents.${seconds}.spectrai.${runId.replace(/[^A-Za-z0-9_-]+/g, "-") || "run"}`;
  const log = eventLog(store, name);
  if (!usable) await log.add(versionEvent(Date.now() / 1000));
  return { log, resumed: usable };
}

async function cutEvents(store: ArtifactStore, name: string, beyond: (head: EventHead) => boolean): Promise<void> {
  const file = await store.read(name);
  if (!file) return;
  let end = 0;
  for (const record of readRecords(file)) {
    if (beyond(readEventHead(record.data))) break;
    end = record.end;
  }
  if (end < file.length) await store.truncate(name, end);
}

function eventLog(store: ArtifactStore, name: string): EventLog {
  let waiting: Uint8Array[] = [];
  const flush = async (): Promise<void> => {
    if (waiting.length === 0) return;
    const all = new Uint8Array(waiting.reduce((n, r) => n + r.length, 0));
    let at = 0;
    for (const record of waiting) {
      all.set(record, at);
      at += record.length;
    }
    waiting = [];
    await store.append(name, all);
  };
  return {
    name,
    flush,
    async add(event) {
      waiting.push(encodeRecord(event));
      if (waiting.length >= held) await flush();
    },
  };
}
