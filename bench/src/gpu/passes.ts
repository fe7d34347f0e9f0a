/** What a WebGPU device was ordered to do. */
export interface PassCounts {
  readonly dispatches: number;
  /** Time from the begin of each compute pass to its end, summed; null where the device has no timestamps. */
  readonly seconds: number | null;
}

/** Passes of which the time can be taken at once: WebGPU's bound on timestamps, two for each. */
const most = 2048;

/**
 * Counts dispatches and takes the time of compute passes of all encoders of a device while `work` orders them. Dawn rounds
 * timestamps to 0.1 ms, up or down, so that the sum over many passes is right and that of few is rough.
 *
 * @param work - orders passes; they need not be done when it ends
 */
export async function countPasses(device: GPUDevice, work: () => Promise<void>): Promise<PassCounts> {
  const timed = device.features.has("timestamp-query");
  const querySet = timed ? device.createQuerySet({ type: "timestamp", count: 2 * most }) : undefined;
  const probe = device.createCommandEncoder();
  const pass = probe.beginComputePass();
  const passes = Object.getPrototypeOf(pass) as GPUComputePassEncoder;
  const encoders = Object.getPrototypeOf(probe) as GPUCommandEncoder;
  pass.end();
  probe.finish();

  let begun = 0;
  let dispatches = 0;
  const { dispatchWorkgroups } = passes;
  const { beginComputePass } = encoders;
  passes.dispatchWorkgroups = function (this: GPUComputePassEncoder, ...groups) {
    dispatches++;
    return dispatchWorkgroups.apply(this, groups);
  };
  encoders.beginComputePass = function (this: GPUCommandEncoder, descriptor) {
    const index = begun++;
    if (!querySet || index >= most || descriptor?.timestampWrites) return beginComputePass.call(this, descriptor);
    const timestampWrites = { querySet, beginningOfPassWriteIndex: 2 * index, endOfPassWriteIndex: 2 * index + 1 };
    return beginComputePass.call(this, { ...descriptor, timestampWrites });
  };
  try {
    await work();
  } finally {
    passes.dispatchWorkgroups = dispatchWorkgroups;
    encoders.beginComputePass = beginComputePass;
  }
  const complete = querySet && begun <= most;
  const seconds = complete ? await readSeconds(device, querySet, begun) : null;
  querySet?.destroy();
  return { dispatches, seconds };
}

/** The sum of the differences of the first timestamps, two by two. */
async function readSeconds(device: GPUDevice, querySet: GPUQuerySet, passes: number): Promise<number> {
  if (passes === 0) return 0;
  const size = 16 * passes;
  const resolved = device.createBuffer({ size, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
  const staging = device.createBuffer({ size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  const encoder = device.createCommandEncoder();
  encoder.resolveQuerySet(querySet, 0, 2 * passes, resolved, 0);
  encoder.copyBufferToBuffer(resolved, 0, staging, 0, size);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const times = new BigUint64Array(staging.getMappedRange());
  let nanoseconds = 0n;
  for (let i = 0; i < 2 * passes; i += 2) nanoseconds += times[i + 1]! - times[i]!;
  staging.unmap();
  for (const buffer of [resolved, staging]) buffer.destroy();
  return Number(nanoseconds) / 1e9;
}
