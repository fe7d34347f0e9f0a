import { encode } from "fast-png";
import { testReader } from "@spectrai/testing";
import { csvReader, matReader, npyReader, npzReader, pngReader } from "../src/index.ts";
import { numpyCompressed, scipyMat } from "./python-files.ts";
import { csvBytes, example, mat4, mat73Bytes, matBytes, npyBytes, npzBytes, rawNpy } from "./samples.ts";

const png = (interlace: "null" | "Adam7", channels: number, depth: 8 | 16): Uint8Array => {
  const [width, height] = [13, 11];
  const size = width * height * channels;
  const data =
    depth === 8
      ? Uint8Array.from({ length: size }, (_, i) => i * 37)
      : Uint16Array.from({ length: size }, (_, i) => i * 977);
  return encode({ width, height, data, channels, depth }, { interlace });
};

testReader(matReader, { name: "compressed.mat", bytes: await matBytes(true) });
testReader(matReader, { name: "plain.mat", bytes: await matBytes(false) });
testReader(matReader, {
  name: "version4.mat",
  bytes: mat4("spectra", 0, 6, 7, new Uint8Array(example(42).data.buffer)),
});
// Slower: the library sets up and takes down a file each time.
testReader(matReader, { name: "version73.mat", bytes: await mat73Bytes(), cuts: 60, flips: 60 });
testReader(npyReader, { name: "array.npy", bytes: await npyBytes() });
testReader(npyReader, {
  name: "fortran.npy",
  bytes: rawNpy("<f8", [4, 5, 6], new Uint8Array(example(120).data.buffer), true),
});
testReader(npzReader, { name: "plain.npz", bytes: await npzBytes(false) });
testReader(npzReader, { name: "compressed.npz", bytes: await npzBytes(true) });
testReader(pngReader, { name: "grey.png", bytes: png("null", 1, 8) });
testReader(pngReader, { name: "interlaced.png", bytes: png("Adam7", 3, 16) });
testReader(csvReader, { name: "table.csv", bytes: await csvBytes(), detectsCuts: false });
// Many variables of many kinds: a cut between two leaves a file that is sound as far as it goes.
testReader(matReader, { name: "kinds.mat", bytes: scipyMat, detectsCuts: false });
testReader(npzReader, { name: "kinds.npz", bytes: numpyCompressed });
