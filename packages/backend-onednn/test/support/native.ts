import { describe } from "vitest";
import { loadNative, type Native } from "../../src/native.ts";

const found = loadNative();
const reason = "reason" in found ? found.reason : undefined;

/** Tests that need the addon. Where there is none they are skipped, and their title says why. */
export function describeNative(title: string, body: () => void): void {
  describe.skipIf(reason !== undefined)(reason === undefined ? title : `${title} (skipped: ${reason})`, () => {
    body();
  });
}

/** The addon, in tests of {@link describeNative}. */
export const native = (): Native => {
  if ("reason" in found) throw new Error(found.reason);
  return found.native;
};
