import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";
import { describeNative } from "./support/native.ts";

const folder = mkdtempSync(join(tmpdir(), "spectrai-choices-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Convolves in a process of its own, which remembers its choices below `cache` when it ends. */
async function convolve(cache: string): Promise<string> {
  const script = `import { onednnBackend } from "@spectrai/backend-onednn";
    import * as tf from "@tensorflow/tfjs-core";
    const { value } = await onednnBackend.schema["~standard"].validate({});
    await (await onednnBackend.create(value, {})).init();
    console.log((await tf.conv2d(tf.ones([1, 9, 9, 2]), tf.ones([3, 3, 2, 1]), 1, "valid").data())[0]);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
    cwd: join(import.meta.dirname, ".."),
    env: { ...process.env, SPECTRAI_CACHE: cache },
    timeout: 30_000,
  });
  return stdout;
}

describeNative("what was found out about the speed of algorithms", () => {
  it("is kept in a folder that is made for it", async () => {
    const made = join(folder, "of", "several");
    expect(await convolve(made)).toBe("18\n");
    expect(readdirSync(made)).toEqual([expect.stringMatching(/^onednn-.*\.json$/)]);
  });

  it.skipIf(!existsSync("/proc"))("is forgotten where none can be made", async () => {
    expect(await convolve("/proc/none/of/it")).toBe("18\n");
  });
});
