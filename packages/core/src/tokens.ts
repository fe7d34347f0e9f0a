import type { ArtifactStore, FileSystem } from "./contracts/files.ts";
import type { ByteSource, DataFile } from "./contracts/reader.ts";
import type { Writer } from "./contracts/writer.ts";
import { token } from "./services.ts";

export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}

/** Opens any file with the installed reader that fits it. */
export interface Formats {
  /** @throws SPECTRAI_FILE_UNSUPPORTED, naming the package that would read it where one is known. */
  open(source: ByteSource): Promise<DataFile>;
  /** The extensions that readers claim, lower case, with the dot. */
  extensions(): Promise<readonly string[]>;
  /** @throws SPECTRAI_FILE_UNSUPPORTED */
  writer(extension: string): Promise<Writer>;
}

/** The services core provides to every component of a run. */
export const services = {
  logger: token<Logger>("spectrai/logger"),
  files: token<FileSystem>("spectrai/files"),
  formats: token<Formats>("spectrai/formats"),
  /** Files of the run; absent when nothing is written (preview, apply). */
  artifacts: token<ArtifactStore>("spectrai/artifacts"),
  /** The run's seed; derive streams with `rng(seed, …)`. */
  seed: token<number>("spectrai/seed"),
};
