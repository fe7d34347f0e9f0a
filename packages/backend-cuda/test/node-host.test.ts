import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cudaBackend } from "../src/cuda.ts";
import { nodeHost } from "../src/node-host.ts";

const folder = mkdtempSync(join(tmpdir(), "cuda-"));
afterAll(() => rmSync(folder, { recursive: true }));
const host = nodeHost();

describe("the real machine", () => {
  it("reads, lists and follows links, and has nothing where nothing is", () => {
    writeFileSync(join(folder, "a.txt"), "text");
    symlinkSync("a.txt", join(folder, "b"));
    expect(host.read(join(folder, "b"))).toBe("text");
    expect(host.real(join(folder, "b"))).toBe(host.real(join(folder, "a.txt")));
    expect([...host.list(folder)].sort()).toEqual(["a.txt", "b"]);
    const none = join(folder, "none");
    expect([host.read(none), host.real(none), host.list(none)]).toEqual([undefined, undefined, []]);
  });

  it("resolves and loads modules", () => {
    expect(host.resolve("@tensorflow/tfjs-core")).toBe(host.core);
    expect(host.resolve("@spectrai/none-such")).toBeUndefined();
    expect(host.resolve("@spectrai/none-such", folder)).toBeUndefined();
    writeFileSync(join(folder, "m.cjs"), "module.exports = { seven: 7 };");
    expect(host.load(join(folder, "m.cjs"))).toEqual({ seven: 7 });
  });

  it("runs programs, and says how they ended", async () => {
    const run = (script: string, seconds = 30) =>
      host.run(host.execPath, ["-e", script, "given"], { env: { SPECTRAI_ASKED: "yes" }, seconds });
    expect(await run("console.log(process.env.SPECTRAI_ASKED, process.argv[1])")).toEqual({
      status: 0,
      stdout: "yes given\n",
      stderr: "",
    });
    expect(await run("console.error('no'); process.exit(3)")).toEqual({ status: 3, stdout: "", stderr: "no\n" });
    expect(await run("process.kill(process.pid, 'SIGILL')")).toMatchObject({ status: undefined, ended: "SIGILL" });
    expect(await run("setTimeout(() => {}, 60000)", 1)).toMatchObject({ status: undefined, ended: "no end after 1 s" });
    expect(await host.run(join(folder, "none"), [], { seconds: 1 })).toMatchObject({
      status: undefined,
      ended: "ENOENT",
    });
  });

  it("is probed without harm", async () => {
    const env = { ...process.env };
    const backend = await cudaBackend.create(cudaBackend.schema.parse({}), {});
    const probe = await backend.probe();
    if (!probe.available) expect(probe.reason.length).toBeGreaterThan(10);
    expect({ ...process.env }).toEqual(env);
  });
});
