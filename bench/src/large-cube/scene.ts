import { existsSync } from "node:fs";
import { open, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hyperspectralSceneSchema } from "@spectrai/datasets";
import { writeScene } from "@spectrai/datasets/node";
import type { Interleave, LargeCubeOptions } from "./options.ts";

type SceneSize = Pick<LargeCubeOptions, "lines" | "samples" | "bands">;

interface SceneFiles {
  readonly image: string;
  /** 0 = none, then the materials in their order. */
  readonly labels: string;
  readonly bytes: number;
}

/** Where a scene of this size lies. */
export function sceneFiles({
  folder,
  interleave,
  lines,
  samples,
  bands,
}: SceneSize & Pick<LargeCubeOptions, "folder" | "interleave">): SceneFiles {
  const name = `scene-${lines}x${samples}x${bands}`;
  return {
    image: join(folder, `${name}${interleave === "bip" ? "" : `-${interleave}`}.dat`),
    labels: join(folder, `${name}_labels.dat`),
    bytes: 4 * lines * samples * bands,
  };
}

/** Writes the scene where it is not there yet. @returns whether it was written */
export async function makeScene(options: LargeCubeOptions): Promise<boolean> {
  const { image, labels } = sceneFiles(options);
  if (existsSync(image) && existsSync(labels)) return false;
  const { lines: height, samples: width, bands } = options;
  const pixelwise = sceneFiles({ ...options, interleave: "bip" }).image;
  if (!existsSync(pixelwise) || !existsSync(labels))
    await writeScene(pixelwise, hyperspectralSceneSchema.parse({ height, width, bands }));
  if (options.interleave !== "bip") await rearrange(pixelwise, image, options.interleave, options);
  return true;
}

const rowsAtOnce = 16;

/** Writes a pixel-interleaved image again, by lines or by bands. */
async function rearrange(from: string, to: string, interleave: Exclude<Interleave, "bip">, size: SceneSize) {
  const { lines, samples, bands } = size;
  const header = await readFile(headerOf(from), "utf8");
  const temporary = `${to}.tmp`;
  const [source, target] = [await open(from, "r"), await open(temporary, "w")];
  try {
    const pixels = new Float32Array(rowsAtOnce * samples * bands);
    for (let y0 = 0; y0 < lines; y0 += rowsAtOnce) {
      const rows = Math.min(rowsAtOnce, lines - y0);
      const length = 4 * rows * samples * bands;
      for (let done = 0; done < length;) {
        const { bytesRead } = await source.read(
          new Uint8Array(pixels.buffer, done, length - done),
          0,
          length - done,
          4 * y0 * samples * bands + done,
        );
        if (bytesRead === 0) throw new Error(`${from} is cut short.`);
        done += bytesRead;
      }
      const write = (values: Float32Array, at: number) =>
        target.write(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 0, values.byteLength, 4 * at);
      if (interleave === "bil")
        for (let y = 0; y < rows; y++) {
          const line = new Float32Array(bands * samples);
          for (let b = 0; b < bands; b++) takeBand(pixels, bands, b, y * samples, line, b * samples, samples);
          await write(line, (y0 + y) * bands * samples);
        }
      else
        for (let b = 0; b < bands; b++) {
          const band = new Float32Array(rows * samples);
          takeBand(pixels, bands, b, 0, band, 0, band.length);
          await write(band, (b * lines + y0) * samples);
        }
    }
    await target.sync();
  } finally {
    await source.close();
    await target.close();
  }
  await writeFile(headerOf(to), header.replace(/^interleave = bip$/m, `interleave = ${interleave}`));
  await rename(temporary, to);
}

const headerOf = (path: string): string => path.replace(/\.dat$/, ".hdr");

function takeBand(
  pixels: Float32Array,
  bands: number,
  band: number,
  first: number,
  out: Float32Array,
  at: number,
  count: number,
): void {
  for (let p = 0; p < count; p++) out[at + p] = pixels[(first + p) * bands + band]!;
}
