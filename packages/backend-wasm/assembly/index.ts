import { conv, pack } from "./conv";
import { outer } from "./outer";

/** Words of the control block: see src/threads.ts. */
const enum Control {
  generation,
  pending,
  kernel,
  parts,
  args,
}

/** Part `part` of `parts` of a kernel. */
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

/** A helper thread: waits for the next generation, does its part, for ever. */
export function serve(control: usize, part: i32): void {
  let seen = 0;
  for (;;) {
    // Kernels follow each other closely: look for a while before going to sleep.
    let spins = 0;
    while (atomic.load<i32>(control) == seen) if (++spins > 4000) atomic.wait<i32>(control, seen, -1);
    seen++;
    const parts = load<i32>(control, Control.parts << 2);
    if (part < parts)
      run(load<i32>(control, Control.kernel << 2), load<usize>(control, Control.args << 2), part, parts);
    atomic.sub<i32>(control + 4, 1);
  }
}

/** Runs a kernel on `threads` threads, this one included, and returns when all are done. */
export function dispatch(control: usize, kernel: i32, args: usize, threads: i32): void {
  store<i32>(control, kernel, Control.kernel << 2);
  store<i32>(control, threads, Control.parts << 2);
  store<usize>(control, args, Control.args << 2);
  atomic.store<i32>(control + 4, threads - 1);
  atomic.add<i32>(control, 1);
  atomic.notify(control, i32.MAX_VALUE);
  run(kernel, args, 0, threads);
  while (atomic.load<i32>(control + 4) != 0) {}
}
