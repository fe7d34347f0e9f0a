import { onednnBackend } from "@spectrai/backend-onednn";
import { describe, expect, it } from "vitest";
import { expectFailure } from "./support/failure.ts";
import { spectrai, workFolder } from "./support/spectrai.ts";

interface Result {
  readonly kind: string;
  readonly title: string;
  readonly difference?: number;
  readonly failure?: string;
}
interface Parity {
  readonly error?: { readonly code: string; readonly message: string };
  readonly bounds: Readonly<Record<string, number>>;
  readonly backends: readonly {
    readonly name: string;
    readonly results: readonly Result[];
    readonly summary: readonly { readonly kind: string; readonly run: number; readonly failed: number }[];
    readonly ended?: string;
  }[];
}

/** A backend that takes its process with it, as a driver can. */
const dying = `
import { defineComponent, definePlugin } from "@spectrai/core";
import { z } from "zod";
export default definePlugin({ name: "dying", version: "1.0.0", core: ">=0.1.0 <1", components: [defineComponent({
  kind: "backend", name: "dying", summary: "Ends its process.", schema: z.strictObject({}),
  create: () => ({
    name: "dying",
    probe: async () => ({ available: true, device: "a bad driver" }),
    init: async () => process.kill(process.pid, "SIGKILL"),
    capabilities: () => ({ missingKernels: [], bf16: false, threads: 1 }),
  }),
})] });
`;

describe("doctor", () => {
  it("--parity compares each backend with cpu, goes on where one takes its process down, and fails for that alone", async () => {
    const folder = workFolder({ "dying.mjs": dying, "spectrai.config.json": '{ "plugins": ["./dying.mjs"] }' });
    const onednn = await (await onednnBackend.create({ precision: "f32" }, {})).probe();
    const names = ["dying", "wasm", ...(onednn.available ? ["onednn"] : [])];
    const args = ["doctor", "--parity", "--json", ...names.flatMap((name) => ["-b", name])];
    const { code, stdout } = await spectrai(folder, args, { limit: 300_000 });
    const { error, bounds, backends } = JSON.parse(stdout) as Parity;
    expect(backends.map((b) => b.name)).toEqual(["cpu", ...names]);
    const [cpu, died, ...compared] = backends;
    expect(died).toMatchObject({ results: [], ended: "its process was ended by SIGKILL before the first case" });
    for (const { kind, run } of cpu!.summary) expect(run, kind).toBeGreaterThan(20);
    for (const { name, results, ended } of [cpu!, ...compared]) {
      expect(ended).toBeUndefined();
      expect(results).toHaveLength(cpu!.results.length);
      expect(results.filter((r) => r.failure !== undefined)).toEqual([]);
      for (const r of results) expect(r.difference, `${name}: ${r.title}`).toBeLessThanOrEqual(bounds[r.kind]!);
    }
    expect(code).toBe(1);
    expect(error).toMatchObject({ code: "SPECTRAI_BACKEND_DIFFERS" });
    expect(error!.message).toContain("does: dying: its process was ended by SIGKILL before the first case; train");
  }, 300_000);

  it("says which backend auto takes and what it passes over", async () => {
    const { code, stdout } = await spectrai(workFolder(), ["doctor"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^auto takes (onednn|wasm|webgpu|cuda): the best that .*\.$/m);
    expect(stdout).toMatch(/^cpu +yes +after /m);
  });

  it("refuses backends without --parity and unknown ones", async () => {
    const folder = workFolder();
    expectFailure(await spectrai(folder, ["doctor", "--json", "-b", "wasm"]), "SPECTRAI_USAGE", 2);
    expectFailure(
      await spectrai(folder, ["doctor", "--parity", "--json", "-b", "abacus"]),
      "SPECTRAI_COMPONENT_UNKNOWN",
    );
  });
});
