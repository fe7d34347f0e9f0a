import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mat5 } from "./support/files.ts";
import { emptyFolder, spectrai, workFolder } from "./support/spectrai.ts";

type Json = Record<string, unknown>;
const parse = (text: string): Json => JSON.parse(text) as Json;
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const cube = mat5("indian_pines_corrected", [6, 5, 4], (i) => i);
const labels = mat5("indian_pines_gt", [6, 5], (i) => i % 17);

/** A folder with a mirror of one set, and the environment that leads to it. */
function mirrored(): { folder: string; env: Record<string, string> } {
  const folder = workFolder();
  mkdirSync(join(folder, "mirror", "indian-pines"), { recursive: true });
  writeFileSync(join(folder, "mirror", "indian-pines", "Indian_pines_corrected.mat"), cube);
  writeFileSync(join(folder, "mirror", "Indian_pines_gt.mat"), labels);
  return { folder, env: { SPECTRAI_DATA_HOME: join(folder, "home"), SPECTRAI_MIRROR: join(folder, "mirror") } };
}

describe("spectrai data", () => {
  it("lists the sets, and which are here", async () => {
    const { folder, env } = mirrored();
    const { code, stdout, stderr } = await spectrai(folder, ["data", "list"], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^name +what +size +licence +how +here\n/);
    expect(stdout).toMatch(/\nindian-pines +Indian Pines +145 × 145 × 200 +not stated +get\n/);
    expect(stdout).toMatch(/\nhouston-2013 .* by hand\n/);
    await spectrai(folder, ["data", "get", "indian-pines"], { env });
    const { sets } = parse((await spectrai(folder, ["data", "list", "--json"], { env })).stdout) as { sets: Json[] };
    expect(sets.filter((s) => s["present"]).map((s) => s["name"])).toEqual(["indian-pines"]);
  });

  it("says all that is known of a set", async () => {
    const { folder, env } = mirrored();
    const { stdout } = await spectrai(folder, ["data", "info", "indian-pines"], { env });
    for (const part of [
      "Sensor    AVIRIS",
      "Classes   Alfalfa, Corn-notill",
      "doi:10.4231/R7RX991C",
      "https://www.ehu.eus/ccwintco/uploads/6/67/Indian_pines_corrected.mat, sha256 not verified",
      `Folder    ${join(folder, "home", "indian-pines")} (not there)`,
      "data: { name: scene, scene: indian-pines }\nsplit: { name: class-rows,",
      "split: { name: random-pixels,",
    ])
      expect(stdout).toContain(part);
    const byHand = await spectrai(folder, ["data", "info", "houston-2013", "--to", "h"], { env });
    expect(byHand.stdout).toContain("By hand:\n  1. Fill in the form");
    expect(byHand.stdout).toContain(`train: ${join(folder, "h", "train.tif")}`);
    expect(byHand.stdout).toContain("folder: h");
    const { config, missing } = parse((await spectrai(folder, ["data", "info", "ksc", "--json"], { env })).stdout);
    expect(config).toMatchObject({ data: { name: "scene", scene: "ksc" } });
    expect(missing).toEqual(["KSC.mat", "KSC_gt.mat"]);
  });

  it("fetches a set, which a config then reads", async () => {
    const { folder, env } = mirrored();
    const { code, stdout, stderr } = await spectrai(folder, ["data", "get", "indian-pines", "--json"], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const got = parse(stdout) as { folder: string; fetched: Json[]; config: Json };
    expect(got.folder).toBe(join(folder, "home", "indian-pines"));
    expect(got.fetched.map((f) => f["sha256"])).toEqual([sha256(cube), sha256(labels)]);
    expect(readFileSync(join(got.folder, "Indian_pines_gt.mat"))).toEqual(Buffer.from(labels));
    const again = await spectrai(folder, ["data", "get", "indian-pines"], { env });
    expect(again.stdout).toContain(`Indian Pines is in ${got.folder} already.\nLicence: not stated.`);
    const info = await spectrai(folder, ["data", "info", "indian-pines"], { env });
    expect(info.stdout).toContain(`sha256 of what was fetched ${sha256(cube)}`);
    const plugins = ["@spectrai/io-formats", "@spectrai/datasets"];
    const data = { name: "scene", scene: "indian-pines" };
    writeFileSync(join(folder, "spectrai.config.json"), JSON.stringify({ plugins, task: "segmentation", data }));
    const component = await spectrai(folder, ["info", "scene"], { env });
    expect(component.stdout).toContain("dataset/scene: A published data set by its name");
  });

  it("tells a mistake in one sentence", async () => {
    const { folder, env } = mirrored();
    expect(await spectrai(folder, ["data", "get", "indian_pine"], { env })).toMatchObject({
      code: 2,
      stderr: 'spectrai: There is no data set called "indian_pine". Did you mean "indian-pines"? [SPECTRAI_USAGE]\n',
    });
    const byHand = await spectrai(folder, ["data", "get", "icvl", "--json"], { env });
    expect(byHand.code).toBe(1);
    expect(parse(byHand.stdout)).toMatchObject({ error: { code: "SPECTRAI_DOWNLOAD_FAILED" } });
    const wrong = await spectrai(folder, ["data", "get", "ksc"], { env: { ...env, SPECTRAI_MIRROR: "nowhere" } });
    expect(wrong.stderr).toBe('spectrai: SPECTRAI_MIRROR: there is no folder "nowhere". [SPECTRAI_FILE_NOT_FOUND]\n');
  });
});

describe("spectrai data get from a server", () => {
  const bytes = randomBytes(400_000);
  const ranges: (string | undefined)[] = [];
  let slow = true;
  let address = "";
  const server = createServer((request, response) => {
    if (!request.url!.endsWith("/Indian_pines_corrected.mat")) return void response.end("labels");
    ranges.push(request.headers.range);
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    response.writeHead(start > 0 ? 206 : 200, {
      etag: '"1"',
      "content-length": bytes.length - start,
      ...(start > 0 ? { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {}),
    });
    if (slow) response.write(bytes.subarray(start, start + 150_000));
    else response.end(bytes.subarray(start));
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each(["SIGINT", "SIGKILL"] as const)("goes on after %s where it ended", async (signal) => {
    const folder = emptyFolder();
    const env = { SPECTRAI_MIRROR: address, SPECTRAI_DATA_HOME: folder };
    const part = join(folder, "indian-pines", "Indian_pines_corrected.mat.part");
    const halfway = (): boolean => existsSync(part) && readFileSync(part).length >= 150_000;
    ranges.length = 0;
    slow = true;
    const args = ["data", "get", "indian-pines"];
    if (signal === "SIGKILL") await spectrai(folder, args, { env, killWhen: halfway });
    else {
      const running = spectrai(folder, args, {
        env: { ...env, SPECTRAI_TEST_WATCH: part },
        program: [
          process.execPath,
          "--input-type=module",
          "-e",
          // Runs the command, and sends it Ctrl-C as soon as half of the file is there.
          `import { spawn } from "node:child_process"; import { statSync } from "node:fs";
           const child = spawn(process.execPath, ${JSON.stringify([join(import.meta.dirname, "../bin/spectrai.js"), ...args])}, { stdio: "inherit" });
           const timer = setInterval(() => { if ((statSync(process.env.SPECTRAI_TEST_WATCH, { throwIfNoEntry: false })?.size ?? 0) >= 150000) { clearInterval(timer); child.kill("SIGINT"); } }, 10);
           child.on("exit", (code) => { clearInterval(timer); process.exit(code ?? 99); });`,
        ],
      });
      const { code, stderr } = await running;
      expect(code).toBe(1);
      expect(stderr).toContain(
        "was interrupted; the same command goes on where it stopped. [SPECTRAI_DOWNLOAD_FAILED]",
      );
    }
    expect(halfway()).toBe(true);
    slow = false;
    const { code, stderr } = await spectrai(folder, args, { env });
    expect(code, stderr).toBe(0);
    expect(ranges).toEqual([undefined, "bytes=150000-"]);
    expect(readFileSync(join(folder, "indian-pines", "Indian_pines_corrected.mat"))).toEqual(bytes);
    expect(existsSync(part)).toBe(false);
  });
});

describe("spectrai data simulate", () => {
  it("writes a scene that is read again", async () => {
    const folder = workFolder({
      "spectrai.config.json": JSON.stringify({
        plugins: ["@spectrai/io-formats"],
        task: "segmentation",
        data: "cubes",
      }),
    });
    const args = ["data", "simulate", "sets/scene.dat", "--set", "height=20", "--set", "width=30", "--set", "bands=8"];
    const { code, stdout, stderr } = await spectrai(folder, [...args, "--json"]);
    expect(code, stderr).toBe(0);
    expect(parse(stdout)).toMatchObject({ height: 20, width: 30, bands: 8, bytes: 20 * 30 * 8 * 4, seed: 0 });
    const info = parse((await spectrai(folder, ["info", "sets/scene.hdr", "--json"])).stdout) as Json;
    expect(info).toMatchObject({ axis: { unit: "nm", first: 400, last: 2500, points: 8 } });
    expect(JSON.stringify(info["variables"])).toContain("[20,30,8]");
    const mask = readFileSync(join(folder, "sets/scene_labels.dat"));
    expect(mask.length).toBe(600);
    expect(Math.min(...mask)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...mask)).toBeLessThanOrEqual(9);
    expect((await spectrai(folder, args)).stderr).toContain("is already there; --force replaces it");
    expect((await spectrai(folder, [...args, "--force"])).stdout).toMatch(
      /^Wrote .*: 20 × 30 pixels × 8 bands, 19\.2 kB/,
    );
    const typo = await spectrai(folder, ["data", "simulate", "x.dat", "--set", "heigth=3"]);
    expect(typo.stderr).toContain('heigth: there is no such option. Did you mean "height"?');
  });
});
