import {
  type Backend,
  chooseBackend,
  defineComponent,
  definePlugin,
  openWorkbench,
  SpectraiError,
} from "@spectrai/core";
import { expect, it } from "vitest";
import { z } from "zod";
import { noFiles, silent } from "./support/toy-plugin.ts";

type Probe = Awaited<ReturnType<Backend["probe"]>>;

/** Backends that are, or are not, there; which one was started last. */
async function among(probes: Readonly<Record<string, Probe & { readonly fails?: Error }>>, wanted = "auto") {
  const started: string[] = [];
  const components = Object.entries(probes).map(([name, { fails, ...probe }]) =>
    defineComponent({
      kind: "backend",
      name,
      summary: "A backend.",
      schema: z.strictObject({}),
      create: (): Backend => ({
        name,
        probe: () => Promise.resolve(probe as Probe),
        init: () => {
          if (fails) return Promise.reject(fails);
          started.push(name);
          return Promise.resolve();
        },
        capabilities: () => ({ missingKernels: [], bf16: false, threads: 1 }),
      }),
    }),
  );
  const plugin = definePlugin({ name: "backends", version: "1.0.0", core: ">=0.1.0 <1", components });
  const bench = await openWorkbench({ plugins: [plugin], files: noFiles, logger: silent, seed: 0 });
  const { name, why } = await chooseBackend(bench.registry, { name: wanted, options: {} }, bench.services);
  expect(started).toEqual([name]);
  return { name, why };
}

const there: Probe = { available: true, device: "a device" };
const software: Probe = { available: true, device: "SwiftShader", software: true };
const missing: Probe = { available: false, reason: "there is no driver" };

it("takes the best backend that is there, and says why those before it were passed over", async () => {
  expect(await among({ cpu: there, wasm: there, webgpu: there, onednn: there, cuda: missing })).toEqual({
    name: "onednn",
    why: "the best that works here; cuda: there is no driver",
  });
  expect(await among({ cpu: there, own: there })).toEqual({ name: "cpu", why: "the best that is installed" });
});

it("passes over a software adapter, unless it is named", async () => {
  const probes = { webgpu: software, wasm: there };
  expect(await among(probes)).toEqual({
    name: "wasm",
    why: "the best that works here; webgpu: only a software adapter (SwiftShader); backend: webgpu takes it",
  });
  expect(await among(probes, "webgpu")).toEqual({ name: "webgpu", why: "as the config says" });
  expect(await among({ webgpu: { ...software, software: false }, wasm: there })).toMatchObject({ name: "webgpu" });
});

it("goes on where a backend that seemed to be there does not start, but not over a defect", async () => {
  const refused = new SpectraiError("SPECTRAI_BACKEND_UNAVAILABLE", "The adapter gave no device.");
  expect(await among({ webgpu: { ...there, fails: refused }, cpu: there })).toEqual({
    name: "cpu",
    why: "the best that works here; webgpu: The adapter gave no device",
  });
  await expect(among({ webgpu: { ...there, fails: refused }, cpu: there }, "webgpu")).rejects.toBe(refused);
  const defect = new Error("a defect");
  await expect(among({ webgpu: { ...there, fails: defect }, cpu: there })).rejects.toBe(defect);
});

it("says of every backend why it cannot be taken", async () => {
  await expect(among({ cuda: missing, webgpu: software })).rejects.toThrow(
    "backend: auto cannot run here: cuda: there is no driver; webgpu: only a software adapter (SwiftShader); backend: webgpu takes it.",
  );
  await expect(among({ cuda: missing }, "cuda")).rejects.toThrow("backend: cuda cannot run here: there is no driver.");
  await expect(among({})).rejects.toThrow("no plugin of the config provides a backend; add @spectrai/backend-wasm");
});
