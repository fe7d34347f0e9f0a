import { dtypes, type NdArray, type Region, sizeOf } from "@spectrai/core";
import type { Entry } from "../bytes/entries.ts";
import { heldAs, widthOf } from "../bytes/elements.ts";
import { regionShape, wholeRegion } from "../bytes/region.ts";
import { stridesOf } from "../bytes/strided.ts";
import { BlockCache } from "./block-cache.ts";
import type { TiffFile } from "./directory.ts";
import type { Page } from "./page.ts";
import { checkAmount, type OpenPage, openPage, readDirectly, readPage } from "./read-page.ts";

/** A page and the file it is in. */
export interface PlacedPage {
  readonly open: TiffFile;
  readonly page: Page;
}

/** Pages of equal size and type that make up one variable. */
export interface Stack {
  readonly name: string;
  /** `[H, W]`, `[H, W, L]`, or with further dimensions in front. */
  readonly shape: readonly number[];
  /** One page that holds all bands, or a page a band; with dimensions in front, all bands of each place after another. */
  readonly pages: readonly PlacedPage[];
}

/** A stack as a variable. */
export function stackEntry(file: string, stack: Stack): Entry {
  const { name, shape } = stack;
  const { type } = stack.pages[0]!.page;
  const cache = new BlockCache();
  const opened = new Map<number, Promise<OpenPage>>();
  const use = (n: number): Promise<OpenPage> => {
    let page = opened.get(n);
    if (!page) opened.set(n, (page = openPage(stack.pages[n]!.open, stack.pages[n]!.page, String(n))));
    return page;
  };
  const read = async (region?: Region): Promise<NdArray> => {
    const wanted = wholeRegion(file, name, shape, region);
    return readStack(stack, wanted, use, cache);
  };
  return { info: { name, kind: "numeric", shape, dtype: heldAs(type) }, read };
}

async function readStack(
  { shape, pages: all }: Stack,
  wanted: Region,
  use: (n: number) => Promise<OpenPage>,
  cache: BlockCache,
): Promise<NdArray> {
  const { type } = all[0]!.page;
  const outShape = regionShape(wanted);
  const dtype = heldAs(type);
  const front = Math.max(0, shape.length - 3);
  const rows = wanted[front]!;
  const columns = wanted[front + 1]!;
  const bands = wanted[front + 2] ?? ([0, 1] as const);
  const single = all.length === 1;
  const perPlace = single ? 1 : (shape[front + 2] ?? 1);
  const places = placesOf(shape.slice(0, front), wanted.slice(0, front));
  const [first, last] = single ? [0, 1] : bands;
  const numbers = places.flatMap((p) => Array.from({ length: last - first }, (_, b) => p * perPlace + first + b));
  const pages: OpenPage[] = [];
  for (const n of numbers) pages.push(await use(n));
  const size = sizeOf(outShape);
  checkAmount(pages, size * widthOf(type));
  if (size === 0) return { data: new dtypes[dtype](0), shape: outShape, dtype };
  if (single) {
    const direct = await readDirectly(pages[0]!, { rows, columns, samples: bands });
    if (direct) return { ...direct, shape: outShape };
  }
  const data = new dtypes[dtype](size);
  const strides = stridesOf([outShape[front]!, outShape[front + 1]!, outShape[front + 2] ?? 1], "C") as [
    number,
    number,
    number,
  ];
  const placeSize = size / places.length;
  const bandsRead = last - first;
  for (let k = 0; k < pages.length; k++)
    await readPage(
      pages[k]!,
      { rows, columns, samples: single ? bands : [0, 1] },
      { data, start: Math.floor(k / bandsRead) * placeSize + (single ? 0 : k % bandsRead), strides },
      cache,
    );
  return { data, shape: outShape, dtype };
}

/** The places in the front dimensions that a region covers, as positions in C order. */
function placesOf(dims: readonly number[], region: Region): number[] {
  return dims.reduce<number[]>(
    (places, d, k) => {
      const [a, b] = region[k]!;
      return places.flatMap((p) => Array.from({ length: b - a }, (_, i) => p * d + a + i));
    },
    [0],
  );
}
