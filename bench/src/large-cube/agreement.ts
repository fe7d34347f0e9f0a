import { type Logger, openWorkbench, services, toFloat64 } from "@spectrai/core";
import { fileSource, nodeFileSystem } from "@spectrai/core/node";
import ioFormats from "@spectrai/io-formats";

/** Shares of labelled pixels that are given their label. */
export interface Agreement {
  readonly all: number;
  /** Of rows that training has not seen. */
  readonly unseen: number;
  readonly pixels: number;
}

const rowsAtOnce = 64;

/** Compares two label images row by row; 0 in `truth` is a pixel without a label. */
export async function agreement(truth: string, predicted: string, firstUnseen: number): Promise<Agreement> {
  const logger: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined };
  const bench = await openWorkbench({ plugins: [ioFormats], files: nodeFileSystem("."), logger, seed: 1 });
  const sources = [await fileSource(truth), await fileSource(predicted)] as const;
  try {
    const formats = bench.services.get(services.formats);
    const [a, b] = [await formats.open(sources[0]), await formats.open(sources[1])];
    const [height, width] = a.variables[0]!.shape as [number, number];
    const counts = { seen: [0, 0], unseen: [0, 0] };
    for (let y0 = 0; y0 < height; y0 += rowsAtOnce) {
      const y1 = Math.min(height, y0 + rowsAtOnce);
      const rows = async (file: typeof a) => {
        const { name, shape } = file.variables[0]!;
        if (shape[0] !== height || shape[1] !== width)
          throw new Error(`${predicted} has the shape [${shape.join(", ")}], not ${height} × ${width}.`);
        return toFloat64(
          (await file.read(name, [[y0, y1], [0, width], ...shape.slice(2).map((d) => [0, d] as const)])).data,
        );
      };
      const [labels, found] = [await rows(a), await rows(b)];
      for (let p = 0; p < labels.length; p++) {
        if (labels[p] === 0) continue;
        const count = y0 + Math.floor(p / width) < firstUnseen ? counts.seen : counts.unseen;
        count[0]!++;
        if (labels[p] === found[p]) count[1]!++;
      }
    }
    const total = counts.seen[0]! + counts.unseen[0]!;
    return {
      all: (counts.seen[1]! + counts.unseen[1]!) / total,
      unseen: counts.unseen[1]! / counts.unseen[0]!,
      pixels: total,
    };
  } finally {
    for (const source of sources) await source.close?.();
    await bench.services.dispose();
  }
}
