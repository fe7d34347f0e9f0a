import type { Callback } from "@spectrai/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvRecord, parseCsv } from "../src/csv-text.ts";
import { csv, csvSchema } from "../src/index.ts";
import { epochEnd, memoryStore, play, runStart, silent, start, type MemoryStore } from "./support.ts";

const make = (store: MemoryStore): Callback =>
  csv.create(csvSchema.parse({}), { artifacts: store, logger: silent }) as Callback;
const control = { stop: (): void => undefined };

describe("csv", () => {
  it("has a header and a row an epoch, with CRLF", async () => {
    const store = memoryStore();
    const log = make(store);
    await start(log, runStart());
    await play(log, 0, 10);
    expect(store.text("metrics.csv")).toBe(
      "epoch,step,rate,seconds,best,train_loss,validation_loss,validation_psnr\r\n" +
        "0,5,0.001,1.5,0,1,2,20\r\n" +
        "1,10,0.001,1.5,1,0.5,1,21\r\n",
    );
  });

  it("adds a column at the right for a metric that comes later, and moves none", async () => {
    const store = memoryStore();
    const log = make(store);
    await start(log, runStart());
    await log.epochEnd!(epochEnd(0, { validation: { loss: 1 } }), control);
    await log.epochEnd!(epochEnd(1, { validation: { 'odd, "name"': 5, loss: NaN } }), control);
    await log.epochEnd!(epochEnd(2, { validation: {} }), control);
    const table = parseCsv(store.text("metrics.csv"));
    expect(table[0]!.slice(5)).toEqual(["train_loss", "validation_loss", 'validation_odd, "name"']);
    expect(table.slice(1).map((r) => r.slice(6))).toEqual([
      ["1", ""],
      ["NaN", "5"],
      ["", ""],
    ]);
    expect(store.text("metrics.csv")).toContain('"validation_odd, ""name"""\r\n');
  });

  it("resumed, has the rows of an uninterrupted run", async () => {
    const whole = memoryStore();
    const log = make(whole);
    await start(log, runStart());
    await play(log, 0, 20);

    const store = memoryStore();
    const first = make(store);
    await start(first, runStart());
    await play(first, 0, 15);
    await store.append("metrics.csv", "3,20,0.0"); // what a crash leaves
    const second = make(store);
    await start(second, runStart({ firstEpoch: 2, firstStep: 10 }));
    await play(second, 10, 20);
    expect(store.text("metrics.csv")).toBe(whole.text("metrics.csv"));
  });

  it("starts a new run with an empty table, and over a foreign file", async () => {
    const store = memoryStore();
    await store.write("metrics.csv", "a,b\r\n1,2\r\n");
    await start(make(store), runStart({ firstEpoch: 1, firstStep: 5 }));
    expect(store.text("metrics.csv")).toBe("epoch,step,rate,seconds,best\r\n");
    await play(make(store), 0, 0);
    await start(make(store), runStart());
    expect(store.text("metrics.csv")).toBe("epoch,step,rate,seconds,best\r\n");
  });

  it("reads back whatever it writes", () => {
    const text = fc.string({ unit: fc.constantFrom("a", ",", '"', "\r", "\n", " ", "é") });
    fc.assert(
      fc.property(fc.array(fc.array(text, { minLength: 1 }), { minLength: 1 }), (table) => {
        expect(parseCsv(table.map(csvRecord).join(""))).toEqual(table);
      }),
    );
  });
});
