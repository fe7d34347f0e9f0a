/**
 * Python's pickle format as far as PyTorch writes it (protocols 2 to 5), as a machine that can make numbers, texts, lists, dicts and
 * the few things that globals.ts names. It runs nothing: what a pickle asks for by name is looked up in a list, and refused where it
 * is not there. Source: CPython's Lib/pickletools.py.
 */
import { type Cursor, decodeText } from "./cursor.ts";
import { damaged, tooLarge } from "./errors.ts";
import { buildState, callGlobal, findGlobal, makeObject } from "./globals.ts";
import type { TorchValue } from "./values.ts";

/** What a pickle calls by an id, because it lies outside it: storages. */
export type PersistentLoad = (id: readonly TorchValue[]) => TorchValue;

/**
 * Steps a pickle may have. Each makes one object at most, so that a small file cannot fill the memory. A tensor takes about 31 steps.
 */
const mostSteps = 2 ** 22;
/** Items and characters that calls may be given, all together: what is made once can be given again and again. */
const mostArguments = 2 ** 22;
/** Bytes of the longest whole number: PyTorch's magic number has 10. */
const longestNumber = 16;

export function unpickle(cursor: Cursor, load: PersistentLoad): TorchValue {
  const machine = new Machine(cursor, load);
  for (let steps = 0; steps < mostSteps; steps++) if (machine.step()) return machine.result();
  throw tooLarge(cursor.name, `its pickle has more than ${mostSteps} steps`);
}

const op = (text: string): number => text.charCodeAt(0);

class Machine {
  readonly #cursor: Cursor;
  readonly #load: PersistentLoad;
  readonly #stack: TorchValue[] = [];
  /** Heights of the stack at which lists begun are waiting for their end. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, TorchValue>();
  #arguments = 0;

  constructor(cursor: Cursor, load: PersistentLoad) {
    this.#cursor = cursor;
    this.#load = load;
  }

  /** One instruction. True at the last. */
  step(): boolean {
    const { at } = this.#cursor;
    const code = this.#cursor.uint8();
    if (code === op(".")) return true;
    if (!this.#literal(code) && !this.#container(code) && !this.#memory(code) && !this.#object(code))
      throw this.#damaged(`byte ${at} of its pickle is 0x${code.toString(16)}, which PyTorch does not write`);
    return false;
  }

  result(): TorchValue {
    const value = this.#pop();
    if (this.#stack.length > 0) throw this.#damaged("its pickle leaves values over");
    return value;
  }

  #literal(code: number): boolean {
    const c = this.#cursor;
    switch (code) {
      case op("N"):
        return this.#push(null);
      case 0x88:
        return this.#push(true);
      case 0x89:
        return this.#push(false);
      case op("J"):
        return this.#push(c.int32());
      case op("K"):
        return this.#push(c.uint8());
      case op("M"):
        return this.#push(c.uint16());
      case 0x8a:
        return this.#push(this.#wholeNumber(c.uint8()));
      case 0x8b:
        return this.#push(this.#wholeNumber(c.uint32()));
      case op("G"):
        return this.#push(c.float64());
      case op("X"):
        return this.#push(decodeText(c.take(c.uint32())));
      case 0x8c:
        return this.#push(decodeText(c.take(c.uint8())));
      case 0x8d:
        return this.#push(decodeText(c.take(c.uint64())));
      // Texts of Python 2.
      case op("U"):
        return this.#push(decodeText(c.take(c.uint8())));
      case op("T"):
        return this.#push(decodeText(c.take(c.uint32())));
      case op("C"):
        return this.#push(c.take(c.uint8()));
      case op("B"):
        return this.#push(c.take(c.uint32()));
      case 0x8e:
      case 0x96:
        return this.#push(c.take(c.uint64()));
      default:
        return false;
    }
  }

  #container(code: number): boolean {
    switch (code) {
      case op("("):
        this.#marks.push(this.#stack.length);
        return true;
      case op("}"):
        return this.#push(new Map());
      case op("]"):
      case op(")"):
        return this.#push([]);
      case op("t"):
      case op("l"):
        return this.#push(this.#sinceMark());
      case op("d"):
        return this.#push(this.#fill(new Map(), this.#sinceMark()));
      case 0x85:
      case 0x86:
      case 0x87:
        return this.#push(this.#popMany(code - 0x84));
      case 0x8f:
        return this.#push(new Set());
      case op("a"): {
        const item = this.#pop();
        this.#list().push(item);
        return true;
      }
      case op("e"): {
        const items = this.#sinceMark();
        const list = this.#list();
        for (const item of items) list.push(item);
        return true;
      }
      case op("s"): {
        const pair = this.#popMany(2);
        this.#fill(this.#dict(), pair);
        return true;
      }
      case op("u"): {
        const pairs = this.#sinceMark();
        this.#fill(this.#dict(), pairs);
        return true;
      }
      default:
        return false;
    }
  }

  #memory(code: number): boolean {
    const c = this.#cursor;
    switch (code) {
      case 0x80: {
        const protocol = c.uint8();
        if (protocol > 5) throw this.#damaged(`its pickle is of protocol ${protocol}, and 5 is the newest there is`);
        return true;
      }
      case 0x95: // A frame: how far Python may read ahead.
        c.uint64();
        return true;
      case op("0"):
        this.#pop();
        return true;
      case op("1"):
        this.#sinceMark();
        return true;
      case op("q"):
        return this.#remember(c.uint8());
      case op("r"):
        return this.#remember(c.uint32());
      case 0x94:
        return this.#remember(this.#memo.size);
      case op("h"):
        return this.#recall(c.uint8());
      case op("j"):
        return this.#recall(c.uint32());
      default:
        return false;
    }
  }

  #object(code: number): boolean {
    const { name } = this.#cursor;
    switch (code) {
      case op("c"):
        return this.#push(findGlobal(name, this.#cursor.line(), this.#cursor.line()));
      case 0x93: {
        const [module, attribute] = this.#popMany(2);
        if (typeof module !== "string" || typeof attribute !== "string")
          throw this.#damaged("its pickle asks for something without a name");
        return this.#push(findGlobal(name, module, attribute));
      }
      case op("Q"): {
        const id = this.#pop();
        if (!Array.isArray(id)) throw this.#damaged("the id of a storage is not a tuple");
        return this.#push(this.#load(id));
      }
      case op("R"): {
        const [what, args] = this.#popMany(2);
        if (!Array.isArray(args)) throw this.#damaged("the arguments of a call are not a tuple");
        for (const arg of args) if (Array.isArray(arg) || typeof arg === "string") this.#arguments += arg.length;
        if (this.#arguments > mostArguments)
          throw tooLarge(name, `its pickle gives more than ${mostArguments} arguments to calls`);
        return this.#push(callGlobal(name, what!, args));
      }
      case 0x81: {
        const [what, args] = this.#popMany(2);
        if (!Array.isArray(args)) throw this.#damaged("the arguments of an object are not a tuple");
        return this.#push(makeObject(name, what!, args));
      }
      case op("b"): {
        const state = this.#pop();
        buildState(name, this.#top(), state);
        return true;
      }
      default:
        return false;
    }
  }

  #push(value: TorchValue): true {
    this.#stack.push(value);
    return true;
  }

  /** The height below which the stack may not be used. */
  #floor(): number {
    return this.#marks.at(-1) ?? 0;
  }

  #top(): TorchValue {
    if (this.#stack.length <= this.#floor()) throw this.#damaged("its pickle uses values that it did not make");
    return this.#stack.at(-1)!;
  }

  #pop(): TorchValue {
    const value = this.#top();
    this.#stack.pop();
    return value;
  }

  #popMany(count: number): TorchValue[] {
    if (this.#stack.length - count < this.#floor()) throw this.#damaged("its pickle uses values that it did not make");
    return this.#stack.splice(this.#stack.length - count);
  }

  #sinceMark(): TorchValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw this.#damaged("its pickle ends a list that it did not begin");
    return this.#stack.splice(mark);
  }

  #list(): TorchValue[] {
    const list = this.#top();
    if (!Array.isArray(list)) throw this.#damaged("its pickle adds to something that is not a list");
    return list as TorchValue[];
  }

  #dict(): Map<TorchValue, TorchValue> {
    const dict = this.#top();
    if (!(dict instanceof Map)) throw this.#damaged("its pickle sets an entry of something that is not a dict");
    return dict as Map<TorchValue, TorchValue>;
  }

  #fill(dict: Map<TorchValue, TorchValue>, pairs: readonly TorchValue[]): Map<TorchValue, TorchValue> {
    if (pairs.length % 2 !== 0) throw this.#damaged("its pickle has a key without a value");
    for (let i = 0; i < pairs.length; i += 2) dict.set(pairs[i]!, pairs[i + 1]!);
    return dict;
  }

  #remember(index: number): true {
    this.#memo.set(index, this.#top());
    return true;
  }

  #recall(index: number): true {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.#damaged(`its pickle recalls a value ${index} that it did not keep`);
    return this.#push(value);
  }

  /** Two's complement, lowest byte first. */
  #wholeNumber(length: number): number | bigint {
    if (length > longestNumber) throw this.#damaged(`its pickle has a whole number of ${length} bytes`);
    let value = 0n;
    const bytes = this.#cursor.take(length);
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
    if (length > 0) value = BigInt.asIntN(8 * length, value);
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
  }

  #damaged(why: string): Error {
    return damaged(this.#cursor.name, why);
  }
}
