import { powerOfTwo } from "./grid.ts";

/** What is normalized together: `x` `[N, …, C]` as `samples` times `rows` rows of C channels. */
export interface Sets {
  /** One where sets run across the batch. */
  readonly samples: number;
  /** Rows in a sample. */
  readonly rows: number;
  readonly channels: number;
  readonly groups: number;
  /** Channels in a group. */
  readonly width: number;
  /** Positions of a sample of `x` itself. */
  readonly positions: number;
  readonly acrossBatch: boolean;
  /** Channels that a thread takes at a time: four where none of them leaves its group. */
  readonly lanes: 1 | 4;
  readonly eps: number;
}

export interface NormAttributes {
  readonly acrossBatch: boolean;
  readonly groups: number;
  readonly eps: number;
}

export function setsOf(shape: readonly number[], { acrossBatch, groups, eps }: NormAttributes): Sets {
  const [batch, channels] = [shape[0]!, shape.at(-1)!];
  const positions = shape.slice(1, -1).reduce((n, d) => n * d, 1);
  const width = channels / groups;
  return {
    samples: acrossBatch ? 1 : batch,
    rows: acrossBatch ? batch * positions : positions,
    channels,
    groups,
    width,
    positions,
    acrossBatch,
    lanes: (width === 1 ? channels : width) % 4 === 0 ? 4 : 1,
    eps,
  };
}

/**
 * Threads that work on one set, and in which order they lie in a group: by `columns`, neighbours take neighbouring channels
 * of a row, each a set of its own; by `rows`, the next numbers of the same set. Either way they read what lies in one piece.
 */
export interface Team {
  readonly order: "columns" | "rows";
  readonly size: number;
  readonly lanes: 1 | 4;
}

export const teamThreads = 256;
/** Numbers, or fours of them, that a thread takes of a set; they stay in the caches for the second time they are read. */
const perThread = 16;

/** @param rows - of a sample */
export function columnTeam({ channels, lanes }: Sets, rows: number): Team {
  // 128 bytes beside each other.
  const sets = powerOfTwo(channels / lanes, 32 / lanes);
  return { order: "columns", lanes, size: powerOfTwo(rows, teamThreads / sets) };
}

/** The team that does whole sets by itself, where they are small enough. */
export function wholeTeam(sets: Sets): Team | undefined {
  const { width, rows, lanes } = sets;
  if (width === 1) {
    const team = columnTeam(sets, rows);
    return rows <= perThread * team.size ? team : undefined;
  }
  const items = (rows * width) / lanes;
  return items <= perThread * teamThreads
    ? { order: "rows", lanes, size: powerOfTwo(Math.ceil(items / 4), teamThreads) }
    : undefined;
}

/** A team that adds up what other teams found. */
export const mergingTeam = (order: Team["order"], items: number, lanes: 1 | 4 = 1): Team => ({
  order,
  lanes,
  size: powerOfTwo(items, 64),
});

/** Pieces of a sample's rows: one for each team, a channel at a time. */
export interface Chunks {
  readonly rows: number;
  readonly count: number;
}

export const chunksFor = (team: Team, rows: number): Chunks => ({
  rows: perThread * team.size,
  count: Math.ceil(rows / (perThread * team.size)),
});

export const typeOf = (lanes: 1 | 4): "f32" | "vec4<f32>" => (lanes === 4 ? "vec4<f32>" : "f32");

/**
 * WGSL: `body` for each set, with `which` it is, `live` (it exists), `member` (which thread of the team this is), and
 * `total(value, local, member)`, the sum over the team, in an order that is always the same. Sizes are scalars, so that few
 * shaders have to be compiled.
 */
export const overSets = ({ order, lanes }: Pick<Team, "order" | "lanes">, body: string): string => {
  const rows = order === "rows";
  return `
alias V = ${typeOf(lanes)};
var<workgroup> parts: array<V, ${teamThreads}>;

fn total(value: V, local: u32, member: u32) -> V {
  let stride = ${rows ? "1u" : `${teamThreads}u / scalars.team`};
  parts[local] = value;
  workgroupBarrier();
  for (var step = scalars.team / 2u; step > 0u; step /= 2u) {
    if (member < step) { parts[local] += parts[local + step * stride]; }
    workgroupBarrier();
  }
  let sum = parts[local - member * stride];
  workgroupBarrier();
  return ${rows && lanes === 4 ? "V((sum.x + sum.y) + (sum.z + sum.w))" : "sum"};
}

@compute @workgroup_size(${teamThreads})
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let team = scalars.team;
  let teams = ${teamThreads}u / team;
  let member = ${rows ? "local % team" : "local / teams"};
  let which = (id.x + id.y * groups.x) * teams + ${rows ? "local / team" : "local % teams"};
  let live = which < scalars.sets;
  ${body}
}`;
};

/** WGSL: the numbers of a set, `count` in all, the i-th at `${at}`, of the channel `${channel}`. */
interface Walk {
  readonly scalars: Readonly<Record<string, "u32">>;
  readonly begin: string;
  readonly at: string;
  readonly channel: string;
}

/** One channel of a piece of a sample's rows. */
const columnWalk: Walk = {
  scalars: { sets: "u32", channels: "u32", chunks: "u32", chunkRows: "u32", rows: "u32" },
  begin: `
  let channel = which % scalars.channels;
  let slice = which / scalars.channels;
  let sample = slice / scalars.chunks;
  let first = (slice % scalars.chunks) * scalars.chunkRows;
  let firstRow = sample * scalars.rows + first;
  let count = select(0u, min(scalars.chunkRows, scalars.rows - first), live);`,
  at: "(firstRow + i) * scalars.channels + channel",
  channel: "channel",
};

/** A group of channels over all of a sample's rows. */
const rowWalk: Walk = {
  scalars: { sets: "u32", channels: "u32", groups: "u32", width: "u32", rows: "u32" },
  begin: `
  let firstChannel = which % scalars.groups * scalars.width;
  let firstRow = which / scalars.groups * scalars.rows;
  let count = select(0u, scalars.rows * scalars.width, live);`,
  at: "(firstRow + i / scalars.width) * scalars.channels + firstChannel + i % scalars.width",
  channel: "firstChannel + i % scalars.width",
};

export const walkOf = ({ order }: Team): Walk => (order === "rows" ? rowWalk : columnWalk);

/** How many sets a team walks, and the values of its walk's scalars. */
export function walkValues(
  { order, lanes }: Team,
  { samples, rows, channels, groups, width }: Sets,
  chunks: Chunks = { rows, count: 1 },
): number[] {
  if (order === "rows") return [samples * groups, channels / lanes, groups, width / lanes, rows];
  return [(samples * chunks.count * channels) / lanes, channels / lanes, chunks.count, chunks.rows, rows];
}
