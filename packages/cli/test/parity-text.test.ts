import { type CaseResult, summarize } from "@spectrai/parity";
import { expect, it } from "vitest";
import type { BackendParity } from "../src/parity-runs.ts";
import { disagreement, parityText } from "../src/parity-text.ts";

const backend = (name: string, results: readonly CaseResult[], more: Partial<BackendParity> = {}): BackendParity => ({
  name,
  device: "a device",
  software: false,
  seconds: 2,
  results,
  summary: summarize(results),
  ...more,
});
const fine: CaseResult = { kind: "model", title: "unet", difference: 3.21e-5, what: "the output" };
const wrong: CaseResult = { kind: "layer", title: "conv", failure: "gave 1 results where the reference gave 2" };
const cpu = backend("cpu", [{ ...fine, difference: 0 }]);

it("the table has the largest difference of each kind, and where it was", () => {
  const text = parityText([cpu, backend("wasm", [fine, { ...fine, title: "rcan", difference: 1e-6 }])]);
  expect(text).toMatch(/^backend +device +cases +failed +operations +layers +models +training steps +took$/m);
  expect(text).toMatch(/^wasm +a device +2 +0 +3\.2e-5 +2\.0 s$/m);
  expect(text).toContain("  models: 3.2e-5 in unet, the output\n".trimEnd());
  expect(text).not.toContain("failures");
  expect(disagreement([cpu, backend("wasm", [fine])])).toBeUndefined();
});

it("failures are told, the first ten of them, and software is marked", () => {
  const webgpu = backend("webgpu", [...Array.from({ length: 12 }, () => wrong), fine], { software: true });
  const text = parityText([cpu, webgpu]);
  expect(text).toMatch(/^webgpu \(software\) +a device +13 +12 +3\.2e-5/m);
  expect(text.match(/ {2}layer conv: gave 1 results/g)).toHaveLength(10);
  expect(text).toContain("  and 2 more; --json has all");
  const died = backend("onednn", [], { ended: "its process was ended by SIGSEGV" });
  expect(parityText([cpu, died])).toContain("onednn: its process was ended by SIGSEGV");
  expect(disagreement([cpu, webgpu, died])).toContain(
    "does: webgpu: 12 of 13 cases; onednn: its process was ended by SIGSEGV; train",
  );
});
