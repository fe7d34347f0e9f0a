/** What became of a program that was run. */
export interface Ran {
  /** Its exit status; undefined when it did not end by itself. */
  readonly status: number | undefined;
  /** The signal that ended it, or why it could not be started. */
  readonly ended?: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** The machine and process that the backend looks at: real ones, or those of a test. */
export interface Host {
  readonly platform: string;
  readonly arch: string;
  readonly node: string;
  /** The highest version of Node-API that this Node.js has. */
  readonly napi: number;
  /** Whether `util.isNullOrUndefined` is there, which Node.js 23 took away. */
  readonly legacyUtil: boolean;
  /** Whether what is written into `env` reaches native code. */
  readonly mainThread: boolean;
  /** The process's environment; written into before TensorFlow is loaded. */
  readonly env: Record<string, string | undefined>;
  /** The file that a name means to a module in this folder; without a folder, to the user's project, else to this package. */
  resolve(name: string, folder?: string): string | undefined;
  /** The file of the TensorFlow.js core that this package uses. */
  readonly core: string;
  /** Loads a CommonJS module. */
  load(file: string): unknown;
  /** A text file; undefined where there is none. */
  read(file: string): string | undefined;
  /** Names in a folder; none where it does not exist. */
  list(folder: string): readonly string[];
  /** A file's path with links followed; undefined where there is none. */
  real(file: string): string | undefined;
  /** Runs a program; never throws. Output beyond 4 MB is cut. */
  run(program: string, args: readonly string[], options: RunOptions): Promise<Ran>;
  /** The program that runs JavaScript. */
  readonly execPath: string;
}

export interface RunOptions {
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly seconds: number;
}
