import * as tf from "@tensorflow/tfjs-core";
import { type Component, type ForwardContext, type ModelSpec, rng } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { take } from "./read.ts";

/** A network that claims a receptive field, to be held to it. */
export interface TilesCase {
  /** Options as a user writes them; absent = none. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** What is asked for; height and width are 0, for images of any size. */
  readonly spec: ModelSpec;
  /** Rows and columns of the whole image. */
  readonly image: readonly [number, number];
  /** Where the tile starts in it, multiples of the network's `gridStep`, and its rows and columns. */
  readonly tile: { readonly start: readonly [number, number]; readonly size: readonly [number, number] };
}

const evaluation: ForwardContext = { training: false, seed: 0, update: () => {} };

/**
 * What a `receptiveField` and a `gridStep` promise: half a field (rounded up) away from the edges that a tile cut, the output
 * of the tile is that of the whole image, to 1e-5 of its largest value, which is float32's rounding in sums of another order. Call it in
 * a test file that has imported a tfjs backend; it registers the test.
 */
export function testTiles(component: Component<"model">, { options = {}, spec, image, tile }: TilesCase): void {
  describe(`tiles of ${component.name} ${JSON.stringify(options)} for ${spec.task}`, () => {
    it("give the whole image's output away from their cut edges", async () => {
      await tf.ready();
      const checked = await component.schema["~standard"].validate(options);
      if (checked.issues) throw new Error(JSON.stringify(checked.issues));
      const model = (await component.create(checked.value as never, {} as never)).build(spec, rng("testTiles"));
      const { receptiveField, gridStep = [1, 1] } = model;
      expect(receptiveField, "the network states a receptive field").toHaveLength(2);
      const random = rng("testTiles", "image");
      const bands = spec.input.at(-1)!;
      const [start, size] = [tile.start, tile.size];
      const scale = spec.scale ?? 1;
      const whole = tf.tensor4d(
        Float32Array.from({ length: image[0] * image[1] * bands }, () => random.normal()),
        [1, image[0], image[1], bands],
      );
      const part = tf.slice(whole, [0, ...start, 0], [1, ...size, bands]);
      const from: number[] = [];
      const extent: number[] = [];
      for (const i of [0, 1] as const) {
        expect(start[i] % gridStep[i]!, "the tile starts on the grid").toBe(0);
        const margin = Math.ceil(receptiveField![i]! / 2);
        const first = start[i] === 0 ? 0 : margin;
        const last = start[i] + size[i] === image[i] ? size[i] : size[i] - margin;
        expect(last, "the tile has an interior").toBeGreaterThan(first);
        from.push(first * scale);
        extent.push((last - first) * scale);
      }
      const [expected, found] = tf.tidy(() => {
        const inWhole = from.map((f, i) => f + start[i as 0 | 1] * scale);
        return [
          tf.slice(model.apply(whole, evaluation), [0, ...inWhole, 0], [1, ...extent, -1]),
          tf.slice(model.apply(part, evaluation), [0, ...from, 0], [1, ...extent, -1]),
        ] as const;
      });
      const extremes = tf.tidy(() => [tf.max(tf.abs(tf.sub(expected, found))), tf.max(tf.abs(expected))]);
      const [far, largest] = (await take(extremes)).map((values) => values[0]!) as [number, number];
      tf.dispose([whole, part, expected, found]);
      model.dispose();
      expect(largest).toBeGreaterThan(0);
      expect(far / largest).toBeLessThanOrEqual(1e-5);
    });
  });
}
