import type * as tf from "@tensorflow/tfjs-core";
import type { WebGpu } from "../backend.ts";
import { dispatch, groupsFor, output, type Shader } from "../program.ts";
import { productCode, writesFours } from "./gemm-code.ts";
import { type Ending, endingPart, plainEnding } from "./gemm-ending.ts";
import type { Factor } from "./gemm-factor.ts";
import { sumPartials } from "./gemm-sum.ts";
import { layOut, tilesFor } from "./gemm-tiles.ts";

/** Matrix products, the factors of which may be gathered from tensors in any way. */
export interface Product {
  readonly left: Factor;
  readonly right: Factor;
  readonly leftTensor: tf.TensorInfo;
  readonly rightTensor: tf.TensorInfo;
  /** `[batches, rows, columns]`, or where {@link Product.place} puts its rows. */
  readonly result: tf.TensorInfo;
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  readonly batches?: number;
  readonly ending?: Ending;
  /** How batches find their matrices. */
  readonly setup?: Helper;
  /** Puts rows of the result elsewhere: `fn rowAt(row: u32) -> u32`. */
  readonly place?: Helper;
  /** Values of the scalars of factors, setup and place. */
  readonly values?: Readonly<Record<string, number>>;
}

interface Helper {
  readonly key: string;
  readonly scalars: Shader["scalars"];
  readonly code: string;
}

const shaders = new Map<string, Shader>();
const own = {
  rows: "u32",
  columns: "u32",
  inner: "u32",
  batches: "u32",
  slices: "u32",
  share: "u32",
  tilesDown: "u32",
  tilesAcross: "u32",
} as const;

/** Writes the products into `result`; the same numbers each time. */
export function multiply(backend: WebGpu, product: Product): void {
  const { left, right, leftTensor, rightTensor, result, rows, columns, inner } = product;
  const { batches = 1, ending = plainEnding, setup, place, values = {} } = product;
  const { tile, tilesDown, tilesAcross, splits, share } = layOut(rows, columns, inner, batches, {
    maySplit: !place,
    tiles: tilesFor(backend.software),
  });
  const split = splits > 1;
  const part = endingPart(split ? plainEnding : ending);
  const key = [
    `product ${tile.across}×${tile.down}×${tile.rows}`,
    left.key,
    right.key,
    part.key,
    setup?.key ?? "",
    place?.key ?? "",
  ].join(", ");
  let shader = shaders.get(key);
  if (!shader) {
    const type = (wide: boolean) => (wide ? "vec4<f32>" : "f32");
    shader = {
      key,
      threads: tile.across * tile.down,
      bindings: [
        { name: "left", type: type(left.wide) },
        { name: "right", type: type(right.wide) },
        ...part.bindings,
        { name: "result", type: type(writesFours(right)), written: true },
      ],
      scalars: { ...own, ...left.scalars, ...right.scalars, ...setup?.scalars, ...place?.scalars, ...part.scalars },
      code: productCode(
        tile,
        left,
        right,
        `${part.code}\n${place?.code ?? "fn rowAt(row: u32) -> u32 { return row; }"}`,
        setup?.code ?? "",
      ),
    };
    shaders.set(key, shader);
  }
  const slices = splits * batches;
  const numbers = {
    rows,
    columns,
    inner,
    batches,
    slices,
    share,
    tilesDown,
    tilesAcross,
    ...part.values,
    ...values,
  } as Readonly<Record<string, number>>;
  const size = batches * rows * columns;
  const written = split ? output(backend, [splits, size]) : result;
  dispatch(
    backend,
    shader,
    [leftTensor, rightTensor, ...part.tensors, written],
    Object.keys(shader.scalars).map((name) => numbers[name]!),
    groupsFor(backend, tilesDown * tilesAcross * slices, 1),
  );
  if (!split) return;
  sumPartials(backend, written, splits, size, columns, ending, result);
  backend.disposeData(written.dataId);
}
