/** Writes docs/errors.md from core's table of codes; a test fails while they differ. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorCodes } from "@spectrai/core";
import { root } from "./setup.mjs";

export const errorsPage = () =>
  [
    "# Errors",
    "",
    "Every failure that a user can cause or mend ends in one sentence that says what was wrong, where, and what to do,",
    "followed by its code in brackets. The command's exit status is 1, or 2 for a wrong command line, or 130 after Ctrl-C.",
    'With `--json` the object on stdout is `{ "error": { "code", "message" } }`.',
    "",
    "| code | meaning |",
    "| --- | --- |",
    ...Object.entries(errorCodes).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`),
    "",
  ].join("\n");

if (process.argv[1] === import.meta.filename) writeFileSync(join(root, "docs", "errors.md"), errorsPage());
