import { readFile } from "node:fs/promises";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type DataFile, isSpectraiError, type NdArray, type Reader, type Region, rng, sizeOf } from "@spectrai/core";
import { nodeFileSystem } from "@spectrai/core/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as zarrita from "zarrita";
import { zarrReader } from "../src/index.ts";
import { crc32c } from "../src/zarr/crc32c.ts";

const root = mkdtempSync(join(tmpdir(), "spectrai-zarr-"));
let server: Server;
let base: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    readFile(join(root, decodeURIComponent(request.url!))).then(
      (bytes) => {
        const match = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? "");
        if (!match) return response.end(bytes);
        const start = match[1] ? Number(match[1]) : Math.max(0, bytes.length - Number(match[2]));
        const stop = match[1] ? Number(match[2]) + 1 : bytes.length;
        response.writeHead(206, { "content-range": `bytes ${start}-${stop - 1}/${bytes.length}` });
        return response.end(bytes.subarray(start, stop));
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(root, { recursive: true });
});

function put(path: string, content: Uint8Array | object): void {
  const at = join(root, path);
  mkdirSync(dirname(at), { recursive: true });
  writeFileSync(at, content instanceof Uint8Array ? content : JSON.stringify(content));
}

async function opened<T>(path: string, work: (file: DataFile) => T | Promise<T>): Promise<T> {
  const source = await nodeFileSystem(root).open(path);
  const file = await (zarrReader.create({}, {}) as Reader).open(source);
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

const list = ({ data }: NdArray): unknown[] => Array.from(data as Float64Array);
const bytesOf = (data: ArrayBufferView): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** The slow, obvious region of an array in C order. */
function cut(values: readonly unknown[], shape: readonly number[], region: Region): unknown[] {
  return values.filter((_, i) => {
    let rest = i;
    return [...shape].reverse().every((d, k) => {
      const [a, b] = region[shape.length - 1 - k]!;
      const at = rest % d;
      rest = Math.floor(rest / d);
      return at >= a && at < b;
    });
  });
}

/** What zarrita, another implementation, reads. */
async function byZarrita(folder: string, path: string): Promise<unknown[]> {
  const store = {
    get: (key: string) =>
      readFile(join(root, folder, key)).then(
        (b) => new Uint8Array(b),
        () => undefined,
      ),
    getRange: async (key: string, range: { offset: number; length: number } | { suffixLength: number }) => {
      const bytes = await readFile(join(root, folder, key)).then(
        (b) => new Uint8Array(b),
        () => undefined,
      );
      return "suffixLength" in range
        ? bytes?.slice(-range.suffixLength)
        : bytes?.slice(range.offset, range.offset + range.length);
    },
  };
  const array = await zarrita.open(zarrita.root(store).resolve(path), { kind: "array" });
  const { data, shape, stride } = await zarrita.get(array);
  return Array.from({ length: sizeOf(shape) }, (_, i) => {
    let rest = i;
    let at = 0;
    for (let d = shape.length - 1; d >= 0; d--) {
      at += (rest % shape[d]!) * stride[d]!;
      rest = Math.floor(rest / shape[d]!);
    }
    return (data as Float32Array)[at];
  });
}

const v3 = (shape: number[], chunk: number[], type: string, codecs: unknown[], more: object = {}): object => ({
  zarr_format: 3,
  node_type: "array",
  shape,
  data_type: type,
  chunk_grid: { name: "regular", configuration: { chunk_shape: chunk } },
  chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
  fill_value: 0,
  codecs,
  ...more,
});
const little = { name: "bytes", configuration: { endian: "little" } };
const v2 = (shape: number[], chunks: number[], dtype: string, more: object = {}): object => ({
  zarr_format: 2,
  shape,
  chunks,
  dtype,
  compressor: null,
  filters: null,
  fill_value: 0,
  order: "C",
  ...more,
});

describe("Zarr", () => {
  it("computes CRC-32C as RFC 3720 does", () => {
    expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  });

  it("reads what zarrita writes, packed and transposed, whole and in regions", async () => {
    const shape = [5, 7, 4];
    const values = Float32Array.from({ length: 140 }, (_, i) => Math.sin(i) * 100);
    const store = {
      get: async () => undefined,
      set: async (key: string, value: Uint8Array) => put(`w.zarr${key}`, value.slice()),
    };
    await zarrita.create(zarrita.root(store));
    const kinds: Record<string, zarrita.CodecMetadata[]> = {
      plain: [little],
      big: [{ name: "bytes", configuration: { endian: "big" } }],
      turned: [{ name: "transpose", configuration: { order: [1, 2, 0] } }, little],
      blosc: [
        little,
        { name: "blosc", configuration: { cname: "lz4", clevel: 5, shuffle: "shuffle", typesize: 4, blocksize: 0 } },
      ],
      zstd: [little, { name: "zstd", configuration: { level: 1, checksum: false } }],
    };
    for (const [name, codecs] of Object.entries(kinds)) {
      const array = await zarrita.create(zarrita.root(store).resolve(name), {
        shape,
        chunkShape: [2, 3, 4],
        dtype: "float32",
        codecs,
      });
      await zarrita.set(array, null, { data: values, shape, stride: [28, 4, 1] });
    }
    await opened("w.zarr", async (file) => {
      expect(file.variables.map((v) => v.name)).toEqual(Object.keys(kinds).sort());
      const region: Region = [
        [1, 4],
        [2, 7],
        [1, 3],
      ];
      for (const name of Object.keys(kinds)) {
        expect(list(await file.read(name)), name).toEqual(Array.from(values));
        expect(list(await file.read(name, region)), name).toEqual(cut(Array.from(values), shape, region));
      }
    });
  });

  it("reads shards, of which chunks may be missing", async () => {
    for (const place of ["end", "start"]) {
      // One shard of 2 × 2 chunks of 2 × 2 values; the third chunk is not there, the second shard neither.
      const chunks = [[0, 1, 10, 11], [2, 3, 12, 13], undefined, [22, 23, 32, 33]];
      const index = new DataView(new ArrayBuffer(4 * 16 + 4));
      const start = place === "start" ? 68 : 0;
      const parts: Uint8Array[] = [];
      chunks.forEach((chunk, i) => {
        index.setBigUint64(16 * i, chunk ? BigInt(start + 8 * parts.length) : 2n ** 64n - 1n, true);
        index.setBigUint64(16 * i + 8, chunk ? 8n : 2n ** 64n - 1n, true);
        if (chunk) parts.push(bytesOf(Int16Array.from(chunk)));
      });
      index.setUint32(64, crc32c(bytesOf(index).subarray(0, 64)), true);
      const body = parts.flatMap((p) => [...p]);
      const shard = Uint8Array.from(place === "start" ? [...bytesOf(index), ...body] : [...body, ...bytesOf(index)]);
      const folder = `shards-${place}.zarr`;
      put(
        `${folder}/zarr.json`,
        v3(
          [4, 8],
          [4, 4],
          "int16",
          [
            {
              name: "sharding_indexed",
              configuration: {
                chunk_shape: [2, 2],
                codecs: [little],
                index_codecs: [little, { name: "crc32c" }],
                index_location: place,
              },
            },
          ],
          { fill_value: -7 },
        ),
      );
      put(`${folder}/c/0/0`, shard);
      const expected = [
        0, 1, 2, 3, -7, -7, -7, -7, 10, 11, 12, 13, -7, -7, -7, -7, -7, -7, 22, 23, -7, -7, -7, -7, -7, -7, 32, 33, -7,
        -7, -7, -7,
      ];
      for (const path of [folder, `${base}/${folder}`])
        await opened(path, async (file) => {
          expect(file.noData).toBe(-7);
          expect(list(await file.read("data"))).toEqual(expected);
          expect(
            list(
              await file.read("data", [
                [1, 3],
                [2, 5],
              ]),
            ),
          ).toEqual([12, 13, -7, 22, 23, -7]);
        });
      if (place === "end") expect(await byZarrita(folder, "/")).toEqual(expected);
      shard[place === "start" ? 3 : shard.length - 20]! ^= 1;
      put(`${folder}/c/0/0`, shard);
      await expect(opened(folder, (file) => file.read("data"))).rejects.toMatchObject({
        code: "SPECTRAI_FILE_DAMAGED",
        message: expect.stringMatching(/checksum of its index/) as string,
      });
    }
  });

  it("reads version 2: orders, fill values, texts, 16-bit floats, xarray's conventions", async () => {
    put("old.zarr/.zgroup", { zarr_format: 2 });
    put("old.zarr/.zattrs", { title: "made" });
    put("old.zarr/a/.zgroup", { zarr_format: 2 });
    put(
      "old.zarr/a/cube/.zarray",
      v2([3, 2, 4], [2, 2, 4], "<i2", { order: "F", dimension_separator: "/", fill_value: -999 }),
    );
    put("old.zarr/a/cube/.zattrs", { _ARRAY_DIMENSIONS: ["y", "x", "wavelength"], scale_factor: 0.5, add_offset: 1 });
    // First index fastest: value 8 y + 4 x + b.
    put(
      "old.zarr/a/cube/0/0/0",
      bytesOf(Int16Array.from({ length: 16 }, (_, i) => 8 * (i % 2) + 4 * (Math.floor(i / 2) % 2) + Math.floor(i / 4))),
    );
    put("old.zarr/a/wavelength/.zarray", v2([4], [4], ">f8"));
    put("old.zarr/a/wavelength/.zattrs", { units: "nm" });
    const wavelengths = new DataView(new ArrayBuffer(32));
    [400, 500, 600, 700].forEach((w, i) => wavelengths.setFloat64(8 * i, w));
    put("old.zarr/a/wavelength/0", bytesOf(wavelengths));
    put("old.zarr/half/.zarray", v2([3], [2], "<f2", { fill_value: "NaN" }));
    put("old.zarr/half/0", bytesOf(Uint16Array.of(0x3c00, 0xc000)));
    put("old.zarr/names/.zarray", v2([2], [2], "<U3"));
    put("old.zarr/names/0", bytesOf(Uint32Array.from("ab\0ß\0\0", (c) => c.codePointAt(0)!)));
    put("old.zarr/tags/.zarray", v2([2], [1], "|S3"));
    put("old.zarr/tags/0", new TextEncoder().encode("xyz"));
    put("old.zarr/objects/.zarray", v2([2], [2], "|O", { filters: [{ id: "vlen-utf8" }] }));
    put("old.zarr/lzma/.zarray", v2([2], [2], "<f4", { compressor: { id: "lzma" } }));
    put("old.zarr/delta/.zarray", v2([2], [2], "<f4", { filters: [{ id: "delta" }] }));
    await opened("old.zarr", async (file) => {
      const expected = Array.from({ length: 24 }, (_, i) => (i < 16 ? i : -999) * 0.5 + 1);
      expect(list(await file.read("a/cube"))).toEqual(expected);
      expect(
        list(
          await file.read("a/cube", [
            [1, 3],
            [1, 2],
            [2, 4],
          ]),
        ),
      ).toEqual([14, 15, -999, -999].map((v) => v * 0.5 + 1));
      expect(file.noData).toBe(-999 * 0.5 + 1);
      expect(file.axis).toMatchObject({ unit: "nm", values: Float64Array.of(400, 500, 600, 700) });
      expect(file.attributes).toMatchObject({
        format: "Zarr 2",
        global: { title: "made" },
        variables: { "a/cube": { dimensions: ["y", "x", "wavelength"] } },
      });
      expect(list(await file.read("half"))).toEqual([1, -2, NaN]);
      expect(await file.readText("names")).toEqual(["ab", "ß"]);
      expect(await file.readText("tags")).toEqual(["xyz", ""]);
      for (const [name, why] of [
        ["objects", /type \|O/],
        ["lzma", /compressed with lzma/],
        ["delta", /filter delta/],
      ] as const)
        await expect(file.read(name)).rejects.toMatchObject({
          code: "SPECTRAI_FILE_UNSUPPORTED",
          message: expect.stringMatching(why) as string,
        });
    });
  });

  it("finds arrays behind an address in the list of its metadata, in OME-Zarr's, or not at all", async () => {
    const array = v3([2, 2, 3], [2, 2, 3], "uint8", [{ name: "bytes" }]);
    const small = v3([2, 1, 2], [2, 1, 2], "uint8", [{ name: "bytes" }]);
    for (const [folder, group] of [
      ["listed.zarr", { consolidated_metadata: { metadata: { "0": array, "1": small, "../out": array } } }],
      [
        "ome.zarr",
        {
          attributes: {
            ome: {
              multiscales: [
                {
                  axes: [{ name: "c" }, { name: "y", unit: "micrometer" }, { name: "x" }],
                  datasets: [
                    { path: "0", coordinateTransformations: [{ type: "scale", scale: [1, 0.5, 0.5] }] },
                    { path: "1" },
                    { path: "../secret" },
                  ],
                },
              ],
            },
          },
        },
      ],
      ["bare.zarr", {}],
    ] as const) {
      put(`${folder}/zarr.json`, { zarr_format: 3, node_type: "group", attributes: {}, ...group });
      put(`${folder}/0/zarr.json`, array);
      put(
        `${folder}/0/c/0/0/0`,
        Uint8Array.from({ length: 12 }, (_, i) => i),
      );
      put(`${folder}/1/zarr.json`, small);
    }
    put("out/zarr.json", array);
    put("out/c/0/0/0", new Uint8Array(12).fill(9));
    await opened(`${base}/listed.zarr`, async (file) => {
      expect(
        list(
          await file.read("0", [
            [1, 2],
            [0, 2],
            [1, 3],
          ]),
        ),
      ).toEqual([7, 8, 10, 11]);
      expect(list(await file.read("1"))).toEqual([0, 0, 0, 0]);
      // A name that leads out of the folder leads nowhere.
      expect(list(await file.read("../out"))).toEqual(new Array(12).fill(0));
    });
    for (const path of [`${base}/ome.zarr`, "ome.zarr"])
      await opened(path, async (file) => {
        expect(file.variables.map((v) => v.name)).toEqual(["0", "1"]);
        expect(file.attributes).toMatchObject({
          variables: {
            "0": {
              dimensions: ["c", "y", "x"],
              level: 0,
              axes: [{}, { name: "y", unit: "micrometer", scale: 0.5 }, {}],
            },
            "1": { level: 1 },
          },
        });
        expect(list(await file.read("0"))).toEqual(Array.from({ length: 12 }, (_, i) => i));
      });
    await expect(opened(`${base}/bare.zarr`, () => undefined)).rejects.toMatchObject({
      code: "SPECTRAI_FILE_UNSUPPORTED",
      message: expect.stringMatching(/no list of its arrays/) as string,
    });
    await opened("bare.zarr", (file) => expect(file.variables.map((v) => v.name)).toEqual(["0", "1"]));
    await opened(`${base}/bare.zarr/0`, async (file) => expect((await file.read("data")).shape).toEqual([2, 2, 3]));
    await expect(opened(`${base}/none.zarr`, () => undefined)).rejects.toMatchObject({
      code: "SPECTRAI_FILE_UNSUPPORTED",
    });
  });

  it("bounds what metadata and chunks announce", async () => {
    put("bad.zarr/.zgroup", { zarr_format: 2 });
    const blosc = new Uint8Array(32);
    new DataView(blosc.buffer).setUint32(4, 0x7fffffff, true);
    new DataView(blosc.buffer).setUint32(12, 32, true);
    const zeros = new Uint8Array(
      await new Response(
        new Blob([new Uint8Array(1 << 20)]).stream().pipeThrough(new CompressionStream("gzip")),
      ).arrayBuffer(),
    );
    // A frame of 256 bytes at most that says 2 GiB: descriptor 0xa0 = single segment, size in 4 bytes; one raw block.
    const zstd = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0x80, 1, 0, 0);
    const chunks: Record<string, [object | null, Uint8Array, RegExp]> = {
      blosc: [{ id: "blosc" }, blosc, /unpacks to 2147483647 bytes/],
      gzip: [{ id: "gzip" }, zeros, /unpack to more than the 16 bytes/],
      zstd: [{ id: "zstd" }, zstd, /unpacks to 2147483648 bytes/],
      lz4: [{ id: "lz4" }, Uint8Array.of(255, 255, 255, 127, 0), /unpacks to 2147483647 bytes/],
      short: [null, new Uint8Array(15), /15 bytes where 16 are due/],
      notZstd: [{ id: "zstd" }, new Uint8Array(40), /not what zstd makes/],
    };
    for (const [name, [compressor, chunk]] of Object.entries(chunks)) {
      put(`bad.zarr/${name}/.zarray`, v2([4], [4], "<f4", { compressor }));
      put(`bad.zarr/${name}/0`, chunk);
    }
    put("bad.zarr/huge/.zarray", v2([1e6, 1e6], [10, 10], "<f8"));
    put("bad.zarr/hugeChunk/.zarray", v2([1e6, 1e6], [1e6, 1e6], "<f8"));
    put("bad.zarr/long/.zarray", v2([4], [4], "<f4"));
    put("bad.zarr/long/0", new Uint8Array(200_000));
    await opened("bad.zarr", async (file) => {
      for (const [name, [, , message]] of Object.entries(chunks))
        await expect(file.read(name), name).rejects.toMatchObject({
          code: "SPECTRAI_FILE_DAMAGED",
          message: expect.stringMatching(message) as string,
        });
      for (const name of ["huge", "long"])
        await expect(file.read(name), name).rejects.toMatchObject({ code: "SPECTRAI_FILE_TOO_LARGE" });
      await expect(file.read("hugeChunk")).rejects.toMatchObject({ code: "SPECTRAI_FILE_UNSUPPORTED" });
      expect(
        list(
          await file.read("huge", [
            [999_999, 1e6],
            [5, 7],
          ]),
        ),
      ).toEqual([0, 0]);
    });
    for (const meta of [
      v2([-1], [1], "<f4"),
      v2([4], [0], "<f4"),
      v2([4, 4], [4], "<f4"),
      v2([1.5], [1], "<f4"),
      v3([4], [4], "int8", [{ name: "transpose", configuration: { order: [1] } }, little]),
    ]) {
      rmSync(join(root, "broken.zarr"), { recursive: true, force: true });
      put(`broken.zarr/${"data_type" in meta ? "zarr.json" : ".zarray"}`, meta);
      await expect(
        opened("broken.zarr", () => undefined),
        JSON.stringify(meta),
      ).rejects.toMatchObject({ code: "SPECTRAI_FILE_DAMAGED" });
    }
    put("broken.zarr/zarr.json", new TextEncoder().encode("{"));
    await expect(opened("broken.zarr", () => undefined)).rejects.toMatchObject({ code: "SPECTRAI_FILE_DAMAGED" });
  });

  it("meets damaged bytes with a SpectraiError or with data", async () => {
    const random = rng(1, "zarr");
    const files = [
      "w.zarr/zstd/zarr.json",
      "w.zarr/zstd/c/0/0/0",
      "w.zarr/blosc/c/0/0/0",
      "shards-start.zarr/c/0/0",
      "old.zarr/a/cube/.zarray",
    ];
    for (const path of files) {
      const sound = readFileSync(join(root, path));
      for (let n = 0; n < 40; n++) {
        const bytes = Uint8Array.from(sound);
        for (let k = 1 + random.integer(3); k > 0; k--) bytes[random.integer(bytes.length)] = random.integer(256);
        put(path, bytes);
        await opened(path.split("/")[0]!, async (file) => {
          for (const v of file.variables)
            if (v.kind === "numeric") {
              const outcome = await file.read(v.name).catch((e: unknown) => e);
              expect(outcome instanceof Error ? isSpectraiError(outcome) : true, `${path}: ${String(outcome)}`).toBe(
                true,
              );
            }
        }).catch((e: unknown) => {
          if (!isSpectraiError(e)) throw e;
        });
      }
      put(path, Uint8Array.from(sound));
    }
  });
});
