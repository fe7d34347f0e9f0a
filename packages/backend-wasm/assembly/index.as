import { binary, select } from "./binary";
import { conv, pack } from "./conv";
import { copy } from "./copy";
import { outer } from "./outer";
import { poolGradient } from "./pool";
import { sum } from "./reduce";
import { unary } from "./unary";

/** Part `part` of `parts` of a kernel; src/engine.ts numbers them and shares the parts out. */
export function run(kernel: i32, args: usize, part: i32, parts: i32): void {
  switch (kernel) {
    case 0:
      conv(args, part, parts);
      break;
    case 1:
      pack(args, part, parts);
      break;
    case 2:
      outer(args, part, parts);
      break;
    case 3:
      copy(args, part, parts);
      break;
    case 4:
      unary(args, part, parts);
      break;
    case 5:
      binary(args, part, parts);
      break;
    case 6:
      select(args, part, parts);
      break;
    case 7:
      sum(args, part, parts);
      break;
    case 8:
      poolGradient(args, part, parts);
      break;
  }
}
