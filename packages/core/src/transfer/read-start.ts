import type { StartConfig } from "../config/start-schema.ts";
import type { FileSystem } from "../contracts/files.ts";
import { SpectraiError } from "../errors.ts";
import { decodeModelFile, type ModelCard } from "../model-file.ts";
import type { NdArray } from "../ndarray.ts";
import { bestFile, modelFile } from "../run/checkpoint.ts";

/** A trained model that a run goes on from. */
export interface Start {
  /** Its path, for messages. */
  readonly name: string;
  readonly card: ModelCard;
  /** Of the model file; absent where none was read and the card records none. */
  readonly sha256?: string;
  /** By name; absent where the run that started from it is resumed, or a model only evaluated. */
  readonly parameters?: Readonly<Record<string, NdArray>>;
}

/** What is known of a run's start from its own checkpoint or model, without the file it started from. */
export const startOfCard = (from: string, card: ModelCard): Start => ({
  name: from,
  card,
  ...(card.start ? { sha256: card.start.sha256 } : {}),
});

/**
 * Reads the model file of the config's `start` section.
 *
 * @throws SPECTRAI_FILE_NOT_FOUND, SPECTRAI_MODEL_DAMAGED, SPECTRAI_MODEL_MISMATCH where its SHA-256 is another than stated
 */
export async function readStart(files: FileSystem, { from, sha256 }: StartConfig): Promise<Start> {
  const name = await modelFileOf(files, from);
  const source = await files.open(name);
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(await source.read(0, source.size));
  } finally {
    await source.close?.();
  }
  if (isPyTorch(bytes))
    throw new SpectraiError(
      "SPECTRAI_MODEL_MISMATCH",
      `start.from: ${name} is a PyTorch checkpoint; make a model file of it first, with spectrai import ${name} -o model.safetensors.`,
    );
  const found = await sha256Of(bytes);
  if (sha256 !== undefined && sha256 !== found)
    throw new SpectraiError(
      "SPECTRAI_MODEL_MISMATCH",
      `start.from: ${name} has the SHA-256 ${found}, not ${sha256} as start.sha256 says; give the file that is meant, or correct the sum.`,
    );
  const { card, parameters } = decodeModelFile(bytes, name);
  return { name, card, parameters, sha256: found };
}

async function modelFileOf(files: FileSystem, from: string): Promise<string> {
  const info = await files.stat(from);
  if (!info)
    throw new SpectraiError(
      "SPECTRAI_FILE_NOT_FOUND",
      `start.from: ${from}: there is no such model file or run folder.`,
    );
  if (info.kind === "file") return from;
  for (const file of [modelFile, bestFile]) {
    const path = `${from.replace(/[/\\]+$/, "")}/${file}`;
    if ((await files.stat(path))?.kind === "file") return path;
  }
  throw new SpectraiError(
    "SPECTRAI_FILE_NOT_FOUND",
    `start.from: ${from} holds no ${modelFile}; name a finished run's folder or a model file.`,
  );
}

/** A zip archive or a pickle of protocol 2 and later: what `torch.save` writes. */
const isPyTorch = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0x50 && bytes[1] === 0x4b) || (bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5 && bytes[2] !== 0);

async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, "0")).join("");
}
