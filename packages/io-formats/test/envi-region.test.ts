import { fileSource } from "@spectrai/core/node";
import type { Region } from "@spectrai/core";
import fc from "fast-check";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openEnvi } from "../src/envi/open.ts";
import { type Cube, enviTypes, folderOf, headerText, rawBytes, slowRegion } from "./envi-samples.ts";

const range = (length: number): fc.Arbitrary<readonly [number, number]> =>
  fc.tuple(fc.nat(length), fc.nat(length)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

const cubeWithin = (lines: number, samples: number, bands: number): fc.Arbitrary<Cube> =>
  fc.record({
    lines: fc.integer({ min: 1, max: lines }),
    samples: fc.integer({ min: 1, max: samples }),
    bands: fc.integer({ min: 1, max: bands }),
    type: fc.constantFrom(...enviTypes),
    interleave: fc.constantFrom("bsq", "bil", "bip"),
    little: fc.boolean(),
    offset: fc.constantFrom(0, 1, 512),
  });
const withRegion = (cubes: fc.Arbitrary<Cube>): fc.Arbitrary<readonly [Cube, Region]> =>
  cubes.chain((cube) =>
    fc.tuple(fc.constant(cube), fc.tuple(range(cube.lines), range(cube.samples), range(cube.bands))),
  );
const whole = ({ lines, samples, bands }: Cube): Region => [
  [0, lines],
  [0, samples],
  [0, bands],
];

describe("regions of ENVI images", () => {
  it("are what reading number by number gives, for any shape, type, interleave and byte order", async () => {
    await fc.assert(
      fc.asyncProperty(withRegion(cubeWithin(6, 7, 9)), fc.boolean(), async ([cube, region], into) => {
        const folder = folderOf({ "a.hdr": headerText(cube), "a.dat": rawBytes(cube) }, into);
        const file = await openEnvi(folder.open("a.dat"));
        expect(await file.read("data", region)).toEqual(slowRegion(cube, region));
        expect(await file.read("data")).toEqual(slowRegion(cube, whole(cube)));
      }),
      { numRuns: 300 },
    );
  });

  it("are the same where gaps are passed over and reads are split", async () => {
    // Rows of up to 1.2 MB: gaps on either side of what a call costs, and more than one read is allowed to hold.
    await fc.assert(
      fc.asyncProperty(withRegion(cubeWithin(6, 700, 400)), async ([cube, region]) => {
        const folder = folderOf({ "a.hdr": headerText(cube), "a.dat": rawBytes(cube) });
        const { data } = await (await openEnvi(folder.open("a.hdr"))).read("data", region);
        const slow = slowRegion(cube, region).data;
        expect(Buffer.compare(new Uint8Array(data.buffer), new Uint8Array(slow.buffer))).toBe(0);
        expect(Math.max(0, ...folder.reads.filter((r) => r.name === "a.dat").map((r) => r.length))).toBeLessThanOrEqual(
          2 ** 21,
        );
      }),
      { numRuns: 25 },
    );
  }, 120_000);

  const cube: Cube = {
    lines: 64,
    samples: 400,
    bands: 50,
    type: "float32",
    interleave: "bip",
    little: true,
    offset: 0,
  };
  const patch: Region = [
    [10, 26],
    [100, 116],
    [0, 50],
  ];
  const needed = 16 * 16 * 50 * 4;

  it.each([
    // A run of 3.2 kB a row; 77 kB to the next.
    ["bip", patch, { reads: 16, bytes: needed }],
    // Rows of 80 kB whose runs are 1.5 kB apart: one read of them all.
    ["bil", patch, { reads: 1, bytes: 16 * 400 * 50 * 4 }],
    // In each band the rows lie 1.5 kB apart, and 77 kB lie between the bands.
    ["bsq", patch, { reads: 50, bytes: 50 * (15 * 400 + 16) * 4 }],
    [
      "bsq",
      [
        [0, 64],
        [0, 400],
        [7, 9],
      ] as Region,
      { reads: 1, bytes: 2 * 64 * 400 * 4 },
    ],
  ] as const)("of %s are read in few calls, and without what is far from them", async (interleave, region, most) => {
    const stored = { ...cube, interleave };
    const folder = folderOf({ "a.hdr": headerText(stored), "a.dat": rawBytes(stored) });
    const file = await openEnvi(folder.open("a.dat"));
    folder.reads.length = 0;
    expect(await file.read("data", region)).toEqual(slowRegion(stored, region));
    expect(folder.reads.length).toBeLessThanOrEqual(most.reads);
    expect(folder.reads.reduce((n, r) => n + r.length, 0)).toBeLessThanOrEqual(most.bytes);
  });

  it("that do not lie in the image are refused", async () => {
    const folder = folderOf({ "a.hdr": headerText(), "a.dat": new Uint8Array(24) });
    const file = await openEnvi(folder.open("a.dat"));
    await expect(
      file.read("data", [
        [0, 3],
        [0, 3],
        [0, 4],
      ]),
    ).rejects.toMatchObject({ code: "SPECTRAI_DATA_SHAPE" });
  });

  it("tell of a file that is cut short after it was opened", async () => {
    const folder = await mkdtemp(join(tmpdir(), "spectrai-envi-"));
    const path = join(folder, "a.bip");
    const stored = { ...cube, lines: 4 };
    await writeFile(path, rawBytes(stored));
    await writeFile(join(folder, "a.hdr"), headerText(stored));
    const source = await fileSource(path);
    const file = await openEnvi(source);
    const region: Region = [
      [1, 3],
      [5, 60],
      [3, 40],
    ];
    expect(await file.read("data", region)).toEqual(slowRegion(stored, region));
    await writeFile(path, new Uint8Array(1000));
    await expect(file.read("data", region)).rejects.toMatchObject({ code: "SPECTRAI_FILE_DAMAGED" });
    await file.close();
    await source.close!();
    await rm(folder, { recursive: true });
  });
});
