import type { WebGpu } from "../backend.ts";

/** Threads over items that lie in rows: neighbours in a group work on neighbouring items, and short rows share a group. */
export interface Grid {
  readonly across: number;
  readonly down: number;
  readonly groups: readonly [number, number, 1];
}

const threads = 64;

/** @param columns - items in a row */
export function gridOf(backend: WebGpu, columns: number, rows: number): Grid {
  const across = powerOfTwo(columns, threads);
  const down = threads / across;
  const most = backend.device.limits.maxComputeWorkgroupsPerDimension;
  const groups = (items: number, each: number): number => Math.min(most, Math.ceil(items / each));
  return { across, down, groups: [groups(columns, across), groups(rows, down), 1] };
}

/** WGSL that does `body` for each `row` below `scalars.rows` and each `column` below `scalars.columns`. */
export const overGrid = ({ across, down }: Grid, body: string): string => `
@compute @workgroup_size(${across}, ${down})
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  for (var row = id.y; row < scalars.rows; row += groups.y * ${down}u) {
    for (var column = id.x; column < scalars.columns; column += groups.x * ${across}u) {
      ${body}
    }
  }
}`;

/** The smallest power of two that holds `count`, but no more than `most`, a power of two itself. */
export function powerOfTwo(count: number, most: number): number {
  let power = 1;
  while (power < count && power < most) power *= 2;
  return power;
}
