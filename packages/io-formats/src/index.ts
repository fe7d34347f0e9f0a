/**
 * Readers and writers for spectral file formats, and data sets made of files.
 *
 * @packageDocumentation
 */
import { definePlugin, type Plugin } from "@spectrai/core";
import { csvReader } from "./csv-reader.ts";
import { csvWriter } from "./csv-writer.ts";
import { cubes } from "./cubes.ts";
import { hdf5Reader } from "./hdf5-reader.ts";
import { enviReader } from "./envi-reader.ts";
import { enviWriter } from "./envi-writer.ts";
import { matReader } from "./mat-reader.ts";
import { matWriter } from "./mat-writer.ts";
import { netcdfReader } from "./netcdf-reader.ts";
import { npyReader } from "./npy-reader.ts";
import { npyWriter } from "./npy-writer.ts";
import { npzReader } from "./npz-reader.ts";
import { npzWriter } from "./npz-writer.ts";
import { pngReader } from "./png-reader.ts";
import { pngWriter } from "./png-writer.ts";
import { spectra } from "./spectra.ts";
import { tiffReader } from "./tiff-reader.ts";
import { tiffWriter } from "./tiff-writer.ts";
import { zarrReader } from "./zarr-reader.ts";

export * from "./csv-reader.ts";
export * from "./csv-writer.ts";
export * from "./cubes.ts";
export * from "./hdf5-reader.ts";
export * from "./envi-reader.ts";
export * from "./envi-writer.ts";
export * from "./mat-reader.ts";
export * from "./mat-writer.ts";
export * from "./netcdf-reader.ts";
export * from "./npy-reader.ts";
export * from "./npy-writer.ts";
export * from "./npz-reader.ts";
export * from "./npz-writer.ts";
export * from "./png-reader.ts";
export * from "./png-writer.ts";
export * from "./spectra.ts";
export * from "./tiff-reader.ts";
export * from "./tiff-writer.ts";
export * from "./zarr-reader.ts";

const plugin: Plugin = definePlugin({
  name: "@spectrai/io-formats",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [
    csvReader,
    csvWriter,
    cubes,
    hdf5Reader,
    enviReader,
    enviWriter,
    matReader,
    matWriter,
    netcdfReader,
    npyReader,
    npyWriter,
    npzReader,
    npzWriter,
    pngReader,
    pngWriter,
    spectra,
    tiffReader,
    tiffWriter,
    zarrReader,
  ],
});
export default plugin;
