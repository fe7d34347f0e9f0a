import { isSpectraiError } from "@spectrai/core";

/** One sentence and the code on stderr (or a JSON object with `--json`), and the process's exit status. */
export function report(error: unknown, json: boolean): number {
  const known = isSpectraiError(error);
  const interrupted = known && error.code === "SPECTRAI_TRAIN_INTERRUPTED";
  const message = known ? error.message : error instanceof Error ? error.message : String(error);
  const code = known ? error.code : "SPECTRAI_INTERNAL";
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`);
  const advice = known ? "" : " This is a defect of spectrai; please report it (set SPECTRAI_DEBUG=1 for its trace).";
  process.stderr.write(`spectrai: ${message.replaceAll(/\s*\n\s*/g, " ")}${advice} [${code}]\n`);
  if (process.env["SPECTRAI_DEBUG"] && error instanceof Error)
    process.stderr.write(`${error.stack}\n${error.cause instanceof Error ? `caused by ${error.cause.stack}\n` : ""}`);
  if (interrupted) return 130;
  return known && error.code === "SPECTRAI_USAGE" ? 2 : 1;
}
