import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { ErrorCode } from "@spectrai/core";
import { expect } from "vitest";
import type { Ran } from "./spectrai.ts";

/** Every file below a folder. */
export const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && !e.parentPath.includes("node_modules"))
    .map((e) => join(e.parentPath, e.name).slice(folder.length + 1))
    .sort();

/** What every failure must look like. Returns the sentence. */
export function expectFailure({ code, stdout, stderr, seconds }: Ran, expected: ErrorCode, exit = 1): string {
  expect(code, stderr).toBe(exit);
  expect(stderr, "one line").toMatch(/^spectrai: [^\n]+\n$/);
  expect(stderr).toContain(`[${expected}]`);
  expect(stderr, "no trace").not.toMatch(/^\s+at |node:internal|\.js:\d+|defect of spectrai/m);
  const answer = JSON.parse(stdout) as { error: { code: string; message: string } };
  expect(Object.keys(answer)).toEqual(["error"]);
  expect(answer.error.code).toBe(expected);
  expect(stderr).toBe(`spectrai: ${answer.error.message.replaceAll(/\s*\n\s*/g, " ")} [${expected}]\n`);
  expect(answer.error.message, "a sentence").toMatch(/^\S.*[.?)]$/s);
  expect(seconds).toBeLessThan(20);
  return answer.error.message;
}
