import { type ErrorCode, isSpectraiError, rng } from "@spectrai/core";
import { describe, expect, test } from "vitest";
import { findState } from "../src/index.ts";
import { open, torchFile, values } from "./support/files.ts";
import { call, dict, emptyDict, global, int, legacyFile, none, raw, string, tensor, tuple } from "./support/pickle.ts";

const weights = { s: [1, 2, 3, 4] };

async function refusal(bytes: Uint8Array): Promise<{ code: ErrorCode; message: string }> {
  try {
    const file = await open(bytes);
    await file.read(findState(file).tensors);
  } catch (e) {
    if (isSpectraiError(e)) return { code: e.code, message: e.message };
    throw e;
  }
  throw new Error("the file was read");
}

test("a file put together by hand is read", async () => {
  expect(await values(legacyFile(dict({ w: tensor() }), weights))).toEqual({
    w: { shape: [2, 2], data: [1, 2, 3, 4] },
  });
});

describe("what is no data is refused by name", () => {
  const asked = [
    "os.system",
    "posix.system",
    "builtins.eval",
    "__builtin__.getattr",
    "subprocess.Popen",
    "torch.hub.load",
    "torch._utils._rebuild_sparse_tensor",
    "__proto__.constructor",
    "my.network.UNet",
    "codecs.encode",
    "builtins.list",
  ];
  test.each(asked)("%s", async (name) => {
    const { code, message } = await refusal(
      legacyFile(dict({ w: tensor(), x: call(name, string("touch x")) }), weights),
    );
    expect(code).toBe("SPECTRAI_FILE_REFUSED");
    expect(message).toContain(`old.pt asks for ${name},`);
    expect(message).toContain("Nothing was run");
  });

  test("by the way of protocol 4", async () => {
    const name = raw(string("os"), string("system"), 0x93);
    const { code, message } = await refusal(legacyFile(raw(name, tuple(string("ls")), "R")));
    expect([code, message.split(",")[0]]).toEqual(["SPECTRAI_FILE_REFUSED", "old.pt asks for os.system"]);
  });

  test("even where it is not called", async () => {
    expect((await refusal(legacyFile(dict({ x: global("os.system") })))).code).toBe("SPECTRAI_FILE_REFUSED");
  });

  test("control characters of a name do not reach the terminal", async () => {
    const { message } = await refusal(legacyFile(dict({ x: global("os.sys\u001b[2Jtem") })));
    expect(message).toContain("os.sys?[2Jtem");
  });

  test.each(["module", "module-legacy"])("%s: a whole network, with what to do instead", async (name) => {
    const { code, message } = await refusal(torchFile(name));
    expect(code).toBe("SPECTRAI_FILE_REFUSED");
    expect(message).toMatch(/asks for torch\.nn\.modules\.\w+\.\w+, a part of a network/);
    expect(message).toContain("torch.save(model.state_dict(), file)");
  });
});

describe("what does not fit is damaged", () => {
  const wrong: Record<string, readonly [Uint8Array, RegExp]> = {
    "more elements than are stored": [tensor({ shape: [3, 2] }), /more elements than the 4/],
    "an offset past the end": [tensor({ offset: 1 }), /reaches to element 4 of the 4/],
    "strides past the end": [tensor({ strides: [3, 1] }), /reaches to element 4 of the 4/],
    "a shape whose product overflows": [
      tensor({ shape: [2 ** 30, 2 ** 30, 2 ** 30], strides: [0, 0, 0] }),
      /more elements/,
    ],
    "a storage spread over a shape": [tensor({ shape: [1000, 1000], strides: [0, 0] }), /more elements than the 4/],
    "a negative size": [tensor({ shape: [-2, 2] }), /whole numbers of 0 or more/],
    "a negative stride": [tensor({ strides: [-2, 1] }), /whole numbers of 0 or more/],
    "fewer strides than sizes": [tensor({ strides: [1] }), /whole numbers of 0 or more/],
    "too many dimensions": [
      tensor({ shape: Array.from({ length: 17 }, () => 1), strides: Array.from({ length: 17 }, () => 1) }),
      /whole numbers of 0 or more/,
    ],
    "another number of elements": [tensor({ elements: 5 }), /has 4 elements, where 5 are announced/],
    "one storage described twice": [
      raw(dict({ a: tensor(), b: tensor({ elements: 8 }) }), "0", tensor()),
      /in two ways/,
    ],
    "a storage that is not there": [dict({ w: tensor({ key: "other" }) }), /lists a storage that it does not use/],
  };
  test.each(Object.entries(wrong))("%s", async (_, [content, why]) => {
    const { code, message } = await refusal(legacyFile(dict({ w: content }), weights));
    expect(message).toMatch(why);
    expect(code).toBe("SPECTRAI_FILE_DAMAGED");
  });

  const broken: Record<string, Uint8Array> = {
    "takes from an empty stack": raw("0"),
    "takes what lies before a mark": raw(emptyDict, "(", "0"),
    "ends a list that was not begun": raw("t"),
    "recalls what was not kept": raw("h", 7),
    "sets an entry of a list": raw("]", string("k"), string("v"), "s"),
    "appends to a dict": raw(emptyDict, none, "a"),
    "has a key without a value": raw(emptyDict, "(", none, "u"),
    "calls a number": raw(int(1), tuple(), "R"),
    "calls a storage class": call("torch.FloatStorage"),
    "makes an object of a function": raw(global("collections.OrderedDict"), tuple(), 0x81),
    "gives a state to a text": raw(string("x"), emptyDict, "b"),
    "has an unknown instruction": raw(0xff),
    "has a text longer than the file": raw("X", 0xff, 0xff, 0xff, 0x7f),
    "has a text of 2^63 bytes": raw(0x8d, 0, 0, 0, 0, 0, 0, 0, 0x80),
    "has a number of 255 bytes": raw(0x8a, 255, new Uint8Array(255)),
    "is of a later protocol": raw(0x80, 9),
    "leaves values over": raw(none, none),
  };
  test.each(Object.entries(broken))("a pickle that %s", async (_, content) => {
    const { code } = await refusal(legacyFile(content));
    expect(code).toBe("SPECTRAI_FILE_DAMAGED");
  });

  test("neither a zip archive nor a pickle", async () => {
    expect((await refusal(new TextEncoder().encode("hello, world"))).message).toContain("begins neither as");
    expect((await refusal(new Uint8Array())).code).toBe("SPECTRAI_FILE_DAMAGED");
  });
});

describe("what is sound, but not read", () => {
  const other: Record<string, readonly [Uint8Array, RegExp]> = {
    "another version": [legacyFile(emptyDict, {}, { version: 1002 }), /another version/],
    "the other byte order": [legacyFile(emptyDict, {}, { littleEndian: false }), /other byte order/],
    "a pickle of something else": [raw(0x80, 2, none, "."), /PyTorch did not write/],
    "no tensors": [legacyFile(dict({ epoch: int(3) })), /no state_dict/],
    "several sets of tensors": [
      legacyFile(dict({ a: dict({ w: tensor() }), b: dict({ w: tensor() }) }), weights),
      /several sets of tensors \(a, b\)/,
    ],
  };
  test.each(Object.entries(other))("%s", async (_, [bytes, why]) => {
    const { code, message } = await refusal(bytes);
    expect(message).toMatch(why);
    expect(code).toBe("SPECTRAI_FILE_UNSUPPORTED");
  });
});

describe("bombs", () => {
  test("more steps than are allowed", async () => {
    const { code } = await refusal(legacyFile(raw(new Uint8Array(2 ** 22 + 1).fill(0x5d))));
    expect(code).toBe("SPECTRAI_FILE_TOO_LARGE");
  });

  test("one long list made into dicts again and again", async () => {
    const list = raw("](", new Uint8Array(2 ** 16).fill(0x4e), "e");
    const make = raw(global("builtins.set"), "h", 0, 0x85, "R0");
    const content = raw(list, "q", 0, "0", ...Array.from({ length: 1000 }, () => make), none);
    const { code, message } = await refusal(legacyFile(content));
    expect([code, /arguments/.test(message)]).toEqual(["SPECTRAI_FILE_TOO_LARGE", true]);
  });

  test("one dict under thousands of keys", async () => {
    const inner = dict(Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`w${i}`, int(i)])));
    const keys = Array.from({ length: 20_000 }, (_, i) => raw(string(`k${i}`), "h", 0));
    const { code } = await refusal(legacyFile(raw(inner, "q", 0, "0}(", ...keys, "u")));
    expect(code).toBe("SPECTRAI_FILE_UNSUPPORTED");
  });

  test("one storage in thousands of tensors", async () => {
    const zeros = Array.from({ length: 10_000 }, () => 0);
    const view = tensor({ elements: zeros.length, shape: [zeros.length], strides: [1] });
    // The tensor once, kept and recalled under other names.
    const names = Array.from({ length: 200 }, (_, i) => raw(string(`w${i}`), "h", 0));
    const content = raw("}", view, "q", 0, "0(", ...names, "u");
    expect((await refusal(legacyFile(content, { s: zeros }))).code).toBe("SPECTRAI_FILE_TOO_LARGE");
  });
});

describe("files with random damage end in an error of ours, or are read", () => {
  const valid: Record<string, Uint8Array> = {
    zip: torchFile("views"),
    "zip without checksums": torchFile("no-checksums"),
    "old format": torchFile("types-legacy"),
    plain: torchFile("plain"),
    "by hand": legacyFile(dict({ w: tensor(), m: call("collections.OrderedDict") }), weights),
  };
  const outcome = async (bytes: Uint8Array): Promise<"read" | "refused"> => {
    try {
      const file = await open(bytes);
      await file.read(findState(file).tensors);
      return "read";
    } catch (e) {
      if (isSpectraiError(e) && e.code.startsWith("SPECTRAI_FILE_")) return "refused";
      throw e;
    }
  };
  test.each(Object.entries(valid))("%s: flipped bytes", async (name, bytes) => {
    const random = rng("flips", name);
    const seen = new Set<string>();
    for (let i = 0; i < 500; i++) {
      const copy = bytes.slice();
      for (let flips = 1 + Math.floor(random.next() * 4); flips > 0; flips--)
        copy[Math.floor(random.next() * copy.length)] = Math.floor(random.next() * 256);
      seen.add(await outcome(copy));
    }
    expect(seen).toContain("refused");
  });
  test.each(Object.entries(valid))("%s: cut short anywhere", async (_, bytes) => {
    const step = Math.max(1, Math.floor(bytes.length / 400));
    for (let length = 0; length < bytes.length; length += step)
      expect(await outcome(bytes.slice(0, length)), `${length} bytes`).toBe("refused");
  });
});
