import { readFileSync } from "node:fs";
import { CommanderError } from "commander";
import { createProgram } from "./program.ts";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** Runs the command line. The only place that decides the process's exit status. */
export async function main(argv: readonly string[] = process.argv): Promise<void> {
  const program = createProgram(version);
  if (argv[2] === "complete") {
    const { default: tab } = await import("@bomb.sh/tab/commander");
    tab(program);
  }
  // A reader that closes the pipe early (head, less) is not an error.
  process.stdout.on("error", (e: NodeJS.ErrnoException) => {
    if (e.code !== "EPIPE") throw e;
    process.exit(0);
  });
  const json = argv.includes("--json");
  try {
    await program.parseAsync(argv);
  } catch (e) {
    if (e instanceof CommanderError) {
      // Help and version end this way too.
      if (e.exitCode === 0) return;
      if (e.code === "commander.help") {
        process.exitCode = 2;
        return;
      }
      const { SpectraiError } = await import("@spectrai/core");
      const { report } = await import("./exit.ts");
      const message = e.message.replace(/^error: /, "").replaceAll("\n", " ");
      process.exitCode = report(
        new SpectraiError(
          "SPECTRAI_USAGE",
          `${message.charAt(0).toUpperCase()}${message.slice(1)}${/[.?)]$/.test(message) ? "" : "."} See spectrai --help.`,
        ),
        json,
      );
      return;
    }
    const { report } = await import("./exit.ts");
    process.exitCode = report(e, json);
  }
}
