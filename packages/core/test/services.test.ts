import { createServices, token } from "@spectrai/core";
import { describe, expect, it } from "vitest";

const a = token<{ readonly name: string }>("test/a");
const b = token<number>("test/b");

describe("services", () => {
  it("hands out values and makes factories once", () => {
    const s = createServices();
    let made = 0;
    s.provide(b, 7);
    s.factory(a, { n: b }, ({ n }) => ({ name: `a${n}${++made}` }));
    expect(s.get(a).name).toBe("a71");
    expect(s.get(a)).toBe(s.get(a));
    expect(s.resolve({ x: a, y: b }).y).toBe(7);
  });

  it("names a service that nobody provides", () => {
    expect(() => createServices().get(a)).toThrow(/Nothing provides the service test\/a/);
  });

  it("refuses a second provider in a scope, but lets a child shadow", () => {
    const s = createServices("root");
    s.provide(b, 1);
    expect(() => s.provide(b, 2)).toThrow(/test\/b is already provided in the scope "root"/);
    const child = s.scope("child");
    child.provide(b, 2);
    expect([s.get(b), child.get(b)]).toEqual([1, 2]);
  });

  it("resolves a factory's deps where it was registered, whoever asks", () => {
    const s = createServices();
    s.provide(b, 1);
    s.factory(a, { n: b }, ({ n }) => ({ name: `from ${n}` }));
    const child = s.scope("child");
    child.provide(b, 2);
    expect(child.get(a).name).toBe("from 1");
  });

  it("tells the circle", () => {
    const s = createServices();
    s.factory(a, { b }, () => ({ name: "" }));
    s.factory(b, { a }, () => 0);
    expect(() => s.get(a)).toThrow(/test\/a → test\/b → test\/a/);
    // The path was unwound: another service still resolves.
    const c = token<string>("test/c");
    s.provide(c, "c");
    expect(s.get(c)).toBe("c");
  });

  it("disposes children first, then in reverse order of making, waiting for each; all are tried", async () => {
    const log: string[] = [];
    const s = createServices();
    s.provide(a, { name: "a" }, async () => {
      await Promise.resolve();
      log.push("a");
    });
    s.factory(
      b,
      {},
      () => 1,
      () => {
        log.push("b");
        throw new Error("b failed");
      },
    );
    const unused = token<number>("test/unused");
    s.factory(
      unused,
      {},
      () => 1,
      () => void log.push("unused"),
    );
    s.scope("child").provide(a, { name: "child" }, () => void log.push("child"));
    s.get(b);
    await expect(s.dispose()).rejects.toThrow("b failed");
    expect(log).toEqual(["child", "b", "a"]);
    expect(() => s.get(a)).toThrow(/already disposed/);
    await s.dispose();
    expect(log.length).toBe(3);
  });

  it("disposes what it owns without a name in turn with the rest", async () => {
    const log: string[] = [];
    const s = createServices();
    s.own(() => void log.push("first"));
    s.provide(a, { name: "second" }, () => void log.push("second"));
    s.own(async () => {
      await Promise.resolve();
      log.push("third");
    });
    await s.dispose();
    expect(log).toEqual(["third", "second", "first"]);
    expect(() => s.own(() => undefined)).toThrow(/already disposed/);
  });

  it("keeps two roots apart", () => {
    const [s, t] = [createServices(), createServices()];
    s.provide(b, 1);
    expect(t.has(b)).toBe(false);
  });
});
