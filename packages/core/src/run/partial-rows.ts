import { hashJson } from "../config/hash.ts";
import type { ArtifactStore, FileEntry } from "../contracts/files.ts";
import type { Span } from "../images/tiles.ts";
import type { JsonObject } from "../json.ts";
import type { ModelCard } from "../model-file.ts";

/** Where rows that are done are kept until their file is whole. */
export interface PartialRows {
  readonly store: ArtifactStore;
  /** Removes what was kept of a file. */
  clear(): Promise<void>;
  /** Take what is there, if it is of the same model, file and settings. */
  readonly resume: boolean;
}

/** What rows belong to: rows of another model, file or setting are not taken. */
interface Belonging {
  readonly entry: FileEntry;
  readonly card: ModelCard;
  readonly plan: { readonly rows: readonly Span[]; readonly columns: readonly Span[] };
  readonly options: JsonObject;
  readonly bands: number;
}

export interface KeptRows {
  /** Rows that are there already, from the top. */
  readonly done: number;
  rows(line: number): AsyncGenerator<Float32Array>;
  add(y0: number, y1: number, values: Float32Array): Promise<void>;
  clear(): Promise<void>;
}

const nothing: KeptRows = {
  done: 0,
  // eslint-disable-next-line require-yield
  async *rows() {},
  add: () => Promise.resolve(),
  clear: () => Promise.resolve(),
};

interface Manifest {
  readonly key: string;
  readonly blocks: readonly (readonly [y0: number, y1: number])[];
}

const manifestFile = "rows.json";
const blockFile = (y0: number): string => `rows-${y0}.f32`;

/** The rows that an earlier attempt has left, and a place for those that are made now. */
export async function keptRows(partial: PartialRows | undefined, belonging: Belonging): Promise<KeptRows> {
  if (!partial) return nothing;
  const { store } = partial;
  const { entry, card, plan, options, bands } = belonging;
  const spans = (of: readonly Span[]): number[][] => of.map(({ start, stop }) => [start, stop]);
  const key = await hashJson({
    input: entry.relative,
    size: entry.size,
    config: card.configHash,
    metrics: card.metrics,
    rows: spans(plan.rows),
    columns: spans(plan.columns),
    options,
    bands,
  });
  const found = partial.resume ? await readManifest(store) : undefined;
  const blocks = found?.key === key ? [...found.blocks] : [];
  return {
    done: blocks.at(-1)?.[1] ?? 0,
    async *rows(line) {
      for (const [y0, y1] of blocks.slice()) {
        const bytes = await store.read(blockFile(y0));
        if (bytes?.byteLength !== (y1 - y0) * line * 4) throw new Error(`${blockFile(y0)} is not whole`);
        yield new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
      }
    },
    async add(y0, y1, values) {
      await store.write(blockFile(y0), new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      blocks.push([y0, y1]);
      await store.write(manifestFile, JSON.stringify({ key, blocks } satisfies Manifest));
    },
    clear: () => partial.clear(),
  };
}

async function readManifest(store: ArtifactStore): Promise<Manifest | undefined> {
  const bytes = await store.read(manifestFile);
  if (!bytes) return undefined;
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes)) as Manifest;
    return Array.isArray(value.blocks) ? value : undefined;
  } catch {
    // What cannot be read was not finished: the image is begun anew.
    return undefined;
  }
}
