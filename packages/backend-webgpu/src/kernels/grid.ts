import type { WebGpu } from "../backend.ts";

/** Items in rows, for a shader of {@link overGrid}. */
export interface Grid {
  readonly groups: readonly [number, number, 1];
  /** The values of {@link gridScalars}. */
  readonly values: readonly number[];
}

const threads = 64;

/** What a shader of {@link overGrid} begins its scalars with. */
export const gridScalars = { columns: "u32", rows: "u32", across: "u32" } as const;

/** @param columns - items in a row */
export function gridOf(backend: WebGpu, columns: number, rows: number): Grid {
  const across = powerOfTwo(columns, threads);
  const most = backend.device.limits.maxComputeWorkgroupsPerDimension;
  const groups = (items: number, each: number): number => Math.min(most, Math.ceil(items / each));
  return { groups: [groups(columns, across), groups(rows, threads / across), 1], values: [columns, rows, across] };
}

/**
 * WGSL that does `body` for each `row` and each `column`: neighbouring threads take neighbouring items, and short rows share
 * a group.
 */
export const overGrid = (body: string): string => `
@compute @workgroup_size(${threads})
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let across = scalars.across;
  let down = ${threads}u / across;
  for (var row = group.y * down + local / across; row < scalars.rows; row += groups.y * down) {
    for (var column = group.x * across + local % across; column < scalars.columns; column += groups.x * across) {
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
