import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isComplete } from "../src/complete.ts";
import { addonFile } from "../src/native.ts";
import { describeNative } from "./support/native.ts";

describeNative("an addon's file", () => {
  it("is taken when whole, and not when cut off anywhere", () => {
    const whole = addonFile()!;
    const bytes = readFileSync(whole);
    const folder = mkdtempSync(join(tmpdir(), "spectrai-addon-"));
    const cut = join(folder, "cut.node");
    try {
      expect(isComplete(whole)).toBe(true);
      for (const length of [0, 10, 64, 5000, bytes.length >> 1, bytes.length - 1]) {
        writeFileSync(cut, bytes.subarray(0, length));
        expect(isComplete(cut), `${length} bytes`).toBe(false);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
