import { type DataFile, dtypes, type NdArray, type Reader, sizeOf } from "@spectrai/core";
import { nodeFileSystem } from "@spectrai/core/node";
import { dataFolder } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { crc32 } from "../src/bytes/crc32.ts";
import { matReader, netcdfReader, zarrReader } from "../src/index.ts";

const data = dataFolder();
const files = nodeFileSystem(`${data}/formats`);

async function opened<T>(path: string, work: (file: DataFile) => T | Promise<T>): Promise<T> {
  const component = path.endsWith(".mat") ? matReader : /\.(nc|cdf)$/.test(path) ? netcdfReader : zarrReader;
  const source = await files.open(path);
  const file = await (component.create({}, {}) as Reader).open(source);
  try {
    return await work(file);
  } finally {
    await file.close();
    await source.close?.();
  }
}

/** Shape, type and the CRC-32 of the little-endian bytes in C order. */
const summary = ({ shape, dtype, data: values }: NdArray): unknown[] => [
  shape,
  dtype,
  crc32(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
];

// Figures of h5py 3.7, netCDF4 1.6 and zarr 2.13 in Python.
const matlab: Record<string, Record<string, unknown[]>> = {
  "Indian_pines_gt_v73.mat": { gt: [[145, 145], "uint8", 2724477093] },
  "PaviaU_gt_v73.mat": { gt: [[610, 340], "uint8", 2908275975] },
  "Salinas_gt_v73.mat": { gt: [[512, 217], "uint8", 3531256310] },
  "Sandiego_v73.mat": {
    hsi: [[100, 100, 189], "float64", 3678818308],
    hsi_gt: [[100, 100], "float64", 635010732],
  },
  "bundles_v73.mat": { bundle: [[144, 50], "float64", 1974102018], groups: [[50, 1], "float64", 2775638436] },
  "wavelengthVNIR_v73.mat": { wavelengthVNIR: [[1, 128], "float64", 2299019051] },
};
/** Variables, numeric ones, the exclusive or of the latter's CRCs, and a few of them. */
const netcdf: Record<string, readonly [number, number, number, Record<string, unknown[]>]> = {
  "agilent_hplc.cdf": [24, 22, 400822133, { ordinate_values: [[4651], "float32", 256932454] }],
  "ichthyop.nc": [6, 6, 3925598375, { lon: [[49, 1000], "float32", 4050619903] }],
  "madis-sao.nc": [
    114,
    92,
    3803947292,
    { temperature: [[178], "float32", 1310093132], temperatureICA: [[178], "int32", 1766040938] },
  ],
};
const one = [[4], "int16", 2459505686];
const square = [[2, 2], "int16", 2459505686];
const cube = [[3, 3, 3], "int16", 1814046389];
const halves = [[4], "float32", 1225730957];
const both = {
  "1d.chunked.i2": one,
  "1d.chunked.ragged.i2": [[5], "int16", 988550537],
  "1d.contiguous.blosc.i2": one,
  "1d.contiguous.f4.be": halves,
  "1d.contiguous.f4.le": halves,
  "1d.contiguous.u1": [[4], "uint8", 1818567839],
  "2d.chunked.i2": square,
  "2d.chunked.ragged.i2": [[3, 3], "int16", 1505436598],
  "2d.contiguous.i2": square,
  "3d.chunked.i2": cube,
  "3d.chunked.mixed.i2.C": cube,
  "3d.chunked.mixed.i2.F": cube,
  "3d.contiguous.i2": cube,
};
const blobs = { "0": [[3, 12, 12], "float64", 4184855562] };
const zarr: Record<string, Record<string, unknown[]>> = {
  "zarr/zarrita/v2/data.zarr": {
    ...both,
    "1d.contiguous.lz4.i2": one,
    "1d.contiguous.zlib.i2": one,
    "1d.contiguous.zstd.i2": one,
  },
  "zarr/zarrita/v3/data.zarr": { ...both, "1d.contiguous.gzip.i2": one },
  "ome/viv/ome-zarr/blobs_image_v04.ome.zarr": blobs,
  "ome/viv/ome-zarr/blobs_image_v05.ome.zarr": blobs,
  "ome/viv/bioformats-zarr/data.zarr": {
    "0/0": [[1, 3, 1, 167, 439], "int8", 2901093731],
    "0/1": [[1, 3, 1, 83, 219], "int8", 942451478],
  },
};

describe.skipIf(!data)("files of other programs", () => {
  it.each(Object.keys(matlab))("reads %s", (name) =>
    opened(`mat_v73/${name}`, async (file) => {
      for (const [variable, expected] of Object.entries(matlab[name]!))
        expect(summary(await file.read(variable)), variable).toEqual(expected);
    }),
  );

  it.each(Object.keys(netcdf))("reads %s", (name) =>
    opened(`netcdf/${name}`, async (file) => {
      const [count, numeric, checksum, some] = netcdf[name]!;
      expect(file.variables.length).toBe(count);
      const arrays = await Promise.all(
        file.variables.filter((v) => v.kind === "numeric").map((v) => file.read(v.name)),
      );
      expect(arrays.length).toBe(numeric);
      expect(arrays.reduce((sum, a) => sum ^ (summary(a)[2] as number), 0) >>> 0).toBe(checksum);
      for (const [variable, expected] of Object.entries(some))
        expect(summary(await file.read(variable)), variable).toEqual(expected);
      for (const { name: text, kind, shape } of file.variables)
        if (kind === "text") expect((await file.readText(text)).length, text).toBe(sizeOf(shape));
    }),
  );

  it.each(Object.keys(zarr))("reads %s", (path) =>
    opened(path, async (file) => {
      expect(file.variables.map((v) => v.name).sort()).toEqual(Object.keys(zarr[path]!).sort());
      for (const [variable, expected] of Object.entries(zarr[path]!)) {
        const whole = await file.read(variable);
        expect(summary(whole), variable).toEqual(expected);
        // The last half of each dimension, against the whole.
        const region = whole.shape.map((d) => [Math.floor(d / 2), d] as const);
        const part = await file.read(variable, region);
        const strides = whole.shape.map((_, d) => sizeOf(whole.shape.slice(d + 1)));
        const expectedPart = new dtypes[part.dtype](part.data.length);
        for (let i = 0; i < expectedPart.length; i++) {
          let rest = i;
          let at = 0;
          for (let d = part.shape.length - 1; d >= 0; d--) {
            at += (region[d]![0] + (rest % part.shape[d]!)) * strides[d]!;
            rest = Math.floor(rest / part.shape[d]!);
          }
          expectedPart[i] = whole.data[at]!;
        }
        expect(part.data, variable).toEqual(expectedPart);
      }
    }),
  );

  it("has every file of the folders among these", async () => {
    const paths = async (folder: string): Promise<string[]> => (await files.list(folder)).map((f) => f.path);
    expect((await paths("mat_v73")).sort()).toEqual(
      Object.keys(matlab)
        .map((n) => `mat_v73/${n}`)
        .sort(),
    );
    expect((await paths("netcdf")).sort()).toEqual(
      Object.keys(netcdf)
        .map((n) => `netcdf/${n}`)
        .sort(),
    );
    const folders = [...(await files.list("zarr")), ...(await files.list("ome"))].filter((f) => f.folder);
    expect(folders.map((f) => f.path).sort()).toEqual(Object.keys(zarr).sort());
  });
});
