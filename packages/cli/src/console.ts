import type { Logger } from "@spectrai/core";

export interface Output {
  readonly quiet: boolean;
  readonly json: boolean;
}

/** Notices go to stderr, so that stdout holds results alone. */
export const consoleLogger = ({ quiet, json }: Output): Logger => ({
  debug: (message) => {
    if (process.env["SPECTRAI_DEBUG"]) process.stderr.write(`${message}\n`);
  },
  info: (message) => {
    if (!quiet && !json) process.stderr.write(`${message}\n`);
  },
  warn: (message) => {
    if (!quiet) process.stderr.write(`Note: ${message}\n`);
  },
});

/** The result: one JSON object with `--json`, otherwise the text. */
export function printResult({ json }: Output, object: unknown, text: () => string): void {
  process.stdout.write(json ? `${JSON.stringify(object)}\n` : `${text()}\n`);
}
