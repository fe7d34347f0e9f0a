import type { Callback, Example } from "@spectrai/core";
import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import { tensorboard, tensorboardSchema } from "../src/index.ts";
import { examplePlot } from "../src/tensorboard/example-image.ts";
import { decodeEvents, type DecodedEvent } from "./decode-events.ts";
import { epochEnd, example, memoryStore, play, runEnd, runStart, silent, start, type MemoryStore } from "./support.ts";

const make = (store: MemoryStore, options: object = {}): Callback =>
  tensorboard.create(tensorboardSchema.parse(options), { artifacts: store, logger: silent }) as Callback;
const fileOf = (store: MemoryStore): string =>
  [...store.files.keys()].find((n) => n.startsWith("events.out.tfevents."))!;
const eventsOf = (store: MemoryStore): DecodedEvent[] => decodeEvents(store.files.get(fileOf(store))!);
const scalars = (store: MemoryStore, tag: string): [number, number][] =>
  eventsOf(store).flatMap((e) =>
    e.values.filter((v) => v.tag === tag).map((v): [number, number] => [e.step, v.scalar!]),
  );
/** Everything but times. */
const content = (store: MemoryStore): unknown[] => eventsOf(store).map((event) => ({ ...event, wallTime: 0 }));

async function wholeRun(options: object = {}, examples: Example[] = []): Promise<MemoryStore> {
  const store = memoryStore();
  const log = make(store, options);
  await start(log, runStart());
  await play(log, 0, 20, examples);
  await log.runEnd!(runEnd());
  return store;
}

describe("tensorboard", () => {
  it("names its file so that TensorBoard finds it, and starts with the file version", async () => {
    const store = await wholeRun();
    expect(fileOf(store)).toMatch(/^events\.out\.tfevents\.\d{10}\.spectrai\.2026-11-22-run-1$/);
    const [first] = eventsOf(store);
    expect(first).toMatchObject({ step: 0, version: "brain.Event:2", values: [] });
    expect(Math.abs(first!.wallTime - Date.now() / 1000)).toBeLessThan(60);
  });

  it("writes step scalars against steps, thinned, and epoch scalars against epochs", async () => {
    const store = await wholeRun({ every: 5 });
    expect(scalars(store, "step/loss")).toEqual([0, 5, 10, 15].map((s) => [s, Math.fround(1 / (s + 1))]));
    expect(scalars(store, "step/learning-rate")).toEqual([0, 5, 10, 15].map((s) => [s, Math.fround(0.001 * (s + 1))]));
    expect(scalars(store, "step/samples-per-second")[0]).toEqual([0, 32]);
    expect(scalars(store, "loss/train")).toEqual([0, 1, 2, 3].map((e) => [e, Math.fround(1 / (e + 1))]));
    expect(scalars(store, "loss/validation")).toEqual([0, 1, 2, 3].map((e) => [e, Math.fround(2 / (e + 1))]));
    expect(scalars(store, "psnr/validation").map((s) => s[1])).toEqual([20, 21, 22, 23]);
    expect(scalars(store, "test/mse/ridge")).toEqual([[4, Math.fround(0.003)]]);
  });

  it("writes config and test table as text that cannot leave its code block or cell", async () => {
    const texts = eventsOf(await wholeRun()).flatMap((e) => e.values.filter((v) => v.text !== undefined));
    expect(texts.map((t) => [t.tag, t.plugin])).toEqual([
      ["config", "text"],
      ["test/table", "text"],
    ]);
    const code = texts[0]!.text!.split("\n\n")[1]!;
    expect(code.split("\n").every((l) => l.startsWith("    "))).toBe(true);
    expect(JSON.parse(code)).toEqual(runStart().config);
    expect(texts[1]!.text!.split("\n")[3]).toBe("| ridge | 0.0030000 |  |");
  });

  it("draws examples as PNG of the stated size, with the network's blue in it", async () => {
    const store = await wholeRun({ imagesEvery: 2, images: 2, width: 320, height: 200 }, [
      example("a"),
      example("b"),
      example("c"),
    ]);
    const found = eventsOf(store).flatMap((e) => e.values.filter((v) => v.image).map((v) => ({ step: e.step, ...v })));
    expect(found.map((f) => [f.tag, f.step])).toEqual([
      ["examples/1", 0],
      ["examples/2", 0],
      ["examples/1", 2],
      ["examples/2", 2],
    ]);
    const { image } = found[0]!;
    expect(image).toMatchObject({ width: 320, height: 200, colorspace: 4 });
    const png = decode(image!.png);
    expect([png.width, png.height, png.channels]).toEqual([320, 200, 4]);
    let blue = 0;
    for (let i = 0; i < png.data.length; i += 4)
      if (png.data[i] === 18 && png.data[i + 1] === 104 && png.data[i + 2] === 214) blue++;
    expect(blue).toBeGreaterThan(100);
  });

  it("plots the middle pixel of a cube, and nothing where the output is no spectrum", () => {
    const one = example("x", 3);
    const target = one.sample.target as Extract<Example["sample"]["target"], { kind: "spectral" }>;
    const cube = (offset: number) => ({
      ...target.value,
      shape: [2, 3, 3],
      data: Float32Array.from({ length: 18 }, (_, i) => i + offset),
    });
    const plot = examplePlot({
      sample: { ...one.sample, input: cube(0), target: { kind: "spectral", value: cube(100) } },
      output: { data: cube(200).data, shape: [2, 3, 3] },
    })!;
    expect(plot.title).toBe("x, middle pixel");
    // Row 1 of 2, column 1 of 3: the fifth pixel, values 12 to 14.
    expect(plot.series.map((s) => Array.from(s.y))).toEqual([
      [12, 13, 14],
      [112, 113, 114],
      [212, 213, 214],
    ]);
    expect(examplePlot({ ...one, output: { data: new Float32Array(4), shape: [4] } })).toBeUndefined();
    expect(examplePlot({ ...one, sample: { ...one.sample, target: { kind: "class", value: 1 } } })).toBeUndefined();
  });

  it.each([
    ["from the end of an epoch", 10],
    ["from the middle of an epoch", 13],
    ["from the start", 0],
  ])("resumed %s, has the events of an uninterrupted run, in one file", async (_, at) => {
    const whole = await wholeRun({ every: 1, imagesEvery: 1, width: 160, height: 120 }, [example()]);
    const store = memoryStore();
    const first = make(store, { every: 1, imagesEvery: 1, width: 160, height: 120 });
    await start(first, runStart());
    await play(first, 0, 17, [example()]);
    await first.runEnd!(runEnd("interrupted"));
    await store.append(fileOf(store), new Uint8Array([12, 0, 0, 0, 0, 0, 0])); // what a crash leaves
    const second = make(store, { every: 1, imagesEvery: 1, width: 160, height: 120 });
    await start(second, runStart({ firstEpoch: Math.floor(at / 5), firstStep: at }));
    await play(second, at, 20, [example()]);
    await second.runEnd!(runEnd());
    expect(store.files.size).toBe(1);
    expect(content(store)).toEqual(content(whole));
  });

  it("goes on after a record that is damaged in the middle by cutting there", async () => {
    const store = await wholeRun({ every: 1 });
    const file = store.files.get(fileOf(store))!;
    file[file.length >> 1]! ^= 0x10;
    const log = make(store, { every: 1 });
    await start(log, runStart({ firstEpoch: 4, firstStep: 20 }));
    expect(() => eventsOf(store)).not.toThrow();
    expect(store.files.get(fileOf(store))!.length).toBeLessThan(file.length);
  });

  it("replaces a file of which nothing can be kept", async () => {
    const store = memoryStore();
    await store.write(
      "events.out.tfevents.1.spectrai.x",
      new Uint8Array([255, 255, 255, 255, 255, 255, 255, 255, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
    );
    await store.write("events.out.tfevents.1.elsewhere", new Uint8Array([1, 2, 3]));
    const log = make(store);
    await start(log, runStart({ firstEpoch: 1, firstStep: 5 }));
    await log.epochEnd!(epochEnd(1), { stop: () => undefined });
    expect(store.files.get("events.out.tfevents.1.elsewhere")).toEqual(new Uint8Array([1, 2, 3]));
    const fresh = [...store.files.keys()].find((n) => n.includes("spectrai.2026"))!;
    expect(decodeEvents(store.files.get(fresh)!)[0]!.version).toBe("brain.Event:2");
  });
});
