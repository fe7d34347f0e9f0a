import type { Shader } from "../program.ts";
import { type Grid, gridScalars, overGrid } from "./grid.ts";
import { once } from "./pass.ts";
import type { Windows } from "./pool-windows.ts";

/** Numbers of one thread: one, or four channels beside each other. */
export type Lanes = 1 | 4;

const triples = ["from", "to", "size", "stride", "before"] as const;

/** The windows as scalars, for {@link windowValues}. */
const windowScalars: Record<string, "u32"> = Object.fromEntries([
  ...Object.entries(gridScalars),
  ["channels", "u32"],
  ...triples.flatMap((name) => ["D", "H", "W"].map((d) => [`${name}${d}`, "u32"])),
]) as Record<string, "u32">;

export const windowValues = (windows: Windows, grid: Grid, lanes: Lanes): number[] => [
  ...grid.values,
  windows.channels / lanes,
  ...triples.flatMap((name) => windows[name]),
];

/** WGSL: the window of the place (`atD`, `atH`, `atW`): where it begins, before and within the input, and where it ends. */
const bounds = ["D", "H", "W"]
  .map(
    (d) => `
      let start${d} = i32(at${d} * scalars.stride${d}) - i32(scalars.before${d});
      let low${d} = max(0, start${d});
      let high${d} = min(i32(scalars.from${d}), start${d} + i32(scalars.size${d}));`,
  )
  .join("");

/** WGSL: the index in `x` of the point (`d`, `h`, `w`). */
const point = `(((sample * scalars.fromD + u32(d)) * scalars.fromH + u32(h)) * scalars.fromW + u32(w)) * scalars.channels + channel`;
const windowPosition = `((d - startD) * i32(scalars.sizeH) + h - startH) * i32(scalars.sizeW) + w - startW`;

/** What is kept of each window: its largest number, where in the window that is, or where in the input. */
export type Kept = "value" | "position" | "value and index" | "value and index in batch";

interface MaximumOptions {
  readonly kept: Kept;
  readonly type: "f32" | "i32";
  readonly lanes: Lanes;
  /** Of several that are equal the last counts, not the first. */
  readonly last: boolean;
}

const typeOf = (type: "f32" | "i32", lanes: Lanes) => (lanes === 4 ? (`vec4<${type}>` as const) : type);

/** Over the windows: `x` → `y`, `place`, or both. Each input is read once where windows do not overlap. */
export function maximum({ kept, type, lanes, last }: MaximumOptions): Shader {
  return once(`maximum ${kept} ${type} ${lanes} ${last}`, () => {
    const [number, place] = [typeOf(type, lanes), typeOf("i32", lanes)];
    const inputIndex = `i32(((${kept === "value and index in batch" ? "sample * scalars.fromH" : "0u"} + u32(h)) * scalars.fromW + u32(w)) * scalars.channels + channel) * ${lanes}`;
    const position = kept === "position" ? windowPosition : inputIndex;
    const lane = kept !== "position" && lanes === 4 ? " + vec4(0, 1, 2, 3)" : "";
    const [values, places] = [kept !== "position", kept !== "value"];
    return {
      bindings: [
        { name: "x", type: number },
        ...(values ? [{ name: "y", type: number, written: true }] : []),
        ...(places ? [{ name: "places", type: place, written: true }] : []),
      ],
      // WGSL has no word for −∞.
      scalars: { ...windowScalars, lowest: type },
      code: overGrid(`
      let channel = column % scalars.channels;
      let atW = column / scalars.channels;
      let atH = row % scalars.toH;
      let atD = row / scalars.toH % scalars.toD;
      let sample = row / scalars.toH / scalars.toD;
      ${bounds}
      var best = ${number}(scalars.lowest);
      var place = ${place}(-1);
      for (var d = lowD; d < highD; d++) {
        for (var h = lowH; h < highH; h++) {
          for (var w = lowW; w < highW; w++) {
            let value = x[${point}];
            let better = value ${last ? ">=" : ">"} best;
            best = select(best, value, better);
            ${places ? `place = select(place, ${place}(${position})${lane}, better);` : ""}
          }
        }
      }
      ${values ? "y[row * scalars.columns + column] = best;" : ""}
      ${places ? "places[row * scalars.columns + column] = place;" : ""}`),
    };
  });
}

/**
 * The gradient where windows do not overlap, over cells as large as a stride, each of which holds the window at its start:
 * reads `x` and `dy` once and writes `dx` once.
 */
export const cellGradient = (lanes: Lanes, last: boolean): Shader =>
  once(`maximum gradient in cells ${lanes} ${last}`, () => {
    const [number, place] = [typeOf("f32", lanes), typeOf("i32", lanes)];
    return {
      bindings: [
        { name: "dy", type: number },
        { name: "x", type: number },
        { name: "dx", type: number, written: true },
      ],
      scalars: { ...windowScalars, cellsD: "u32", cellsH: "u32", lowest: "f32" },
      code: overGrid(`
      let channel = column % scalars.channels;
      let atW = column / scalars.channels;
      let atH = row % scalars.cellsH;
      let atD = row / scalars.cellsH % scalars.cellsD;
      let sample = row / scalars.cellsH / scalars.cellsD;
      ${bounds}
      var best = ${number}(scalars.lowest);
      var place = ${place}(-1);
      var slope = ${number}();
      if (atD < scalars.toD && atH < scalars.toH && atW < scalars.toW) {
        for (var d = lowD; d < highD; d++) {
          for (var h = lowH; h < highH; h++) {
            for (var w = lowW; w < highW; w++) {
              let value = x[${point}];
              let better = value ${last ? ">=" : ">"} best;
              best = select(best, value, better);
              place = select(place, ${place}(${windowPosition}), better);
            }
          }
        }
        slope = dy[(((sample * scalars.toD + atD) * scalars.toH + atH) * scalars.toW + atW) * scalars.channels + channel];
      }
      for (var d = lowD; d < min(i32(scalars.fromD), startD + i32(scalars.strideD)); d++) {
        for (var h = lowH; h < min(i32(scalars.fromH), startH + i32(scalars.strideH)); h++) {
          for (var w = lowW; w < min(i32(scalars.fromW), startW + i32(scalars.strideW)); w++) {
            let inside = d < highD && h < highH && w < highW;
            let own = select(-2, ${windowPosition}, inside);
            dx[${point}] = select(${number}(), slope, place == ${place}(own));
          }
        }
      }`),
    };
  });

/** The gradient where windows overlap, over the input's points: what the windows around each hand it, given their `places`. */
export const pointGradient = (lanes: Lanes): Shader =>
  once(`maximum gradient at points ${lanes}`, () => {
    const [number, place] = [typeOf("f32", lanes), typeOf("i32", lanes)];
    const around = ["D", "H", "W"]
      .map(
        (d) => `
      let end${d} = u32(${d.toLowerCase()}) + scalars.before${d};
      let low${d} = select(0u, (end${d} - scalars.size${d}) / scalars.stride${d} + 1u, end${d} >= scalars.size${d});
      let high${d} = min(scalars.to${d}, end${d} / scalars.stride${d} + 1u);`,
      )
      .join("");
    const start = (d: string): string => `let start${d} = i32(at${d} * scalars.stride${d}) - i32(scalars.before${d});`;
    return {
      bindings: [
        { name: "dy", type: number },
        { name: "places", type: place },
        { name: "dx", type: number, written: true },
      ],
      scalars: windowScalars,
      code: overGrid(`
      let channel = column % scalars.channels;
      let w = i32(column / scalars.channels);
      let h = i32(row % scalars.fromH);
      let d = i32(row / scalars.fromH % scalars.fromD);
      let sample = row / scalars.fromH / scalars.fromD;
      ${around}
      var sum = ${number}();
      for (var atD = lowD; atD < highD; atD++) {
        ${start("D")}
        for (var atH = lowH; atH < highH; atH++) {
          ${start("H")}
          for (var atW = lowW; atW < highW; atW++) {
            ${start("W")}
            let at = (((sample * scalars.toD + atD) * scalars.toH + atH) * scalars.toW + atW) * scalars.channels + channel;
            sum += select(${number}(), dy[at], places[at] == ${place}(${windowPosition}));
          }
        }
      }
      dx[row * scalars.columns + column] = sum;`),
    };
  });
