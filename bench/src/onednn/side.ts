import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** One side of a comparison: a child process that holds a network and takes a step when told. */
export interface Side<First extends object = object> {
  /** What it said when it was ready. */
  readonly first: First;
  /** Sends a line and waits for the line of JSON that answers it. */
  ask<Answer extends object>(line: string): Promise<Answer>;
  /** Ends the child. */
  close(): Promise<void>;
}

const lastLines = (text: string, count: number): string => text.trimEnd().split("\n").slice(-count).join("\n");

/**
 * Starts a child and waits for its first line.
 *
 * @param label - what it is, for messages
 * @param seconds - how long one answer may take; then the child is killed
 * @throws Error with the end of the child's stderr where it ends before it has answered
 */
export async function startSide<First extends object>(
  label: string,
  command: string,
  args: readonly string[],
  seconds = 300,
): Promise<Side<First>> {
  const child = spawn(command, [...args], { stdio: ["pipe", "pipe", "pipe"] });
  let complaints = "";
  child.stderr.on("data", (chunk: Buffer) => (complaints = (complaints + chunk.toString()).slice(-10_000)));
  // What became of it shows in the missing answer.
  child.stdin.on("error", () => undefined);
  const ended = new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(`could not be started: ${error.message}`));
    child.on("close", (status, signal) => {
      const how = status === null ? `was ended by ${signal}` : `ended with status ${status}`;
      resolve(complaints === "" ? `${how}.` : `${how}:\n${lastLines(complaints, 10)}`);
    });
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  const next = async (): Promise<object> => {
    const timer = setTimeout(() => child.kill("SIGKILL"), seconds * 1000);
    try {
      const line = await lines.next();
      if (line.done) throw new Error(`${label} ${await ended}`);
      try {
        return JSON.parse(line.value) as object;
      } catch {
        throw new Error(`${label} said "${line.value}" where a line of JSON belongs.`);
      }
    } finally {
      clearTimeout(timer);
    }
  };
  const close = async (): Promise<void> => {
    child.stdin.end();
    const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
    await ended;
    clearTimeout(timer);
  };

  try {
    return {
      first: (await next()) as First,
      async ask<Answer extends object>(line: string) {
        child.stdin.write(`${line}\n`);
        return (await next()) as Answer;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
