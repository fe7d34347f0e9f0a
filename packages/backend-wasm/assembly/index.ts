import { conv, pack } from "./conv";
import { outer } from "./outer";

/** Part `part` of `parts` of a kernel; src/engine.ts shares the parts out. */
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
  }
}
