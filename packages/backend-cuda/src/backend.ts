import * as tf from "@tensorflow/tfjs-core";
import { type Backend, registerGradients, SpectraiError } from "@spectrai/core";
import { backendName, completeKernels, missingKernels } from "./complete.ts";
import type { CudaOptions } from "./cuda.ts";
import { findDriver } from "./driver.ts";
import { hidden, setVariables, variables } from "./environment.ts";
import type { Host } from "./host.ts";
import { findInstallation, type Installation, packageName, unsupported } from "./installation.ts";
import { searchLibraries } from "./libraries.ts";
import { isOlder, needsOf } from "./needs.ts";
import { tryOut } from "./trial.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** What tfjs-node exports, as far as it is used here. */
interface NodePackage {
  readonly Tensor: unknown;
}

/** tfjs-node's backend, as far as it is used here. */
interface NodeBackend {
  readonly isUsingGpuDevice: boolean;
}

/** TensorFlow as it was loaded: once for a process, with the environment of then. */
interface Started {
  readonly before: Variables;
  readonly values: Variables;
  readonly device: string;
  readonly factory: () => tf.KernelBackend | Promise<tf.KernelBackend>;
}

/** What all backends of a process share. */
export interface Session {
  started?: Started;
}

const session: Session = {};

/** All that must be known before TensorFlow is loaded. */
interface Ready {
  readonly installation: Installation;
  readonly values: Variables;
  readonly device: string;
}

/** Everything in turn that can be wrong; what is farthest from the user's hands comes first. */
async function examine(host: Host, options: CudaOptions): Promise<Ready | { readonly reason: string }> {
  const platform = unsupported(host);
  if (platform !== undefined) return { reason: platform };
  const system = await searchLibraries(host);
  const driver = await findDriver(host, system);
  if ("reason" in driver) return driver;
  const installation = findInstallation(host);
  if ("reason" in installation) return installation;
  const needs = needsOf(installation.tensorflow);
  const oldest = needs?.driver[host.platform === "win32" ? "win32" : "linux"];
  if (needs && oldest !== undefined && driver.version !== undefined && isOlder(driver.version, oldest))
    return {
      reason: `the NVIDIA driver is ${driver.version}, but CUDA ${needs.cuda} of TensorFlow ${installation.tensorflow} needs ${oldest} or newer; renew it from https://www.nvidia.com/drivers`,
    };
  const out = hidden(options, host.env, driver.gpus.length);
  if (out !== undefined) return { reason: out };
  const values = variables(options, host.env);
  const libraries = await searchLibraries(host, [installation.libraries]);
  const trial = await tryOut(host, installation, libraries, values);
  if ("reason" in trial) return trial;
  // A list of visible GPUs may name them in its own order.
  const gpu = host.env["CUDA_VISIBLE_DEVICES"] === undefined ? driver.gpus[options.device ?? 0] : undefined;
  const name = gpu
    ? `${gpu.name}, ${Math.round(gpu.megabytes / 1024)} GiB`
    : `NVIDIA GPU ${values["CUDA_VISIBLE_DEVICES"]}`;
  const parts = [
    name,
    `TensorFlow ${trial.tensorflow}`,
    driver.version && `driver ${driver.version}`,
    options.precision,
  ];
  return { installation, values, device: parts.filter(Boolean).join(", ") };
}

const unavailable = (reason: string): SpectraiError =>
  new SpectraiError("SPECTRAI_BACKEND_UNAVAILABLE", `The cuda backend cannot run: ${reason}.`);

/** Names of the variables that differ. */
const differing = (a: Variables, b: Variables): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]);

const inWords = (values: Variables, names: readonly string[]): string =>
  names.map((name) => (values[name] === undefined ? `${name} unset` : `${name}=${values[name]}`)).join(", ");

/** Loads tfjs-node into this process, where it registers itself, and completes it. */
async function start(host: Host, { installation, values, device }: Ready): Promise<Started> {
  const before = { ...host.env };
  const unset = Object.keys(values).filter((name) => values[name] !== before[name]);
  if (!host.mainThread && unset.length > 0)
    throw unavailable(
      `in a worker thread the environment that TensorFlow reads cannot be set; start Node.js with ${inWords(values, unset)}`,
    );
  setVariables(host, values);
  // The umbrella package in tfjs-node registers its gradients over those of core, which keep fewer tensors.
  registerGradients();
  const gradients = tf.getKernelsForBackend("cpu").flatMap((k) => tf.getGradient(k.kernelName) ?? []);
  const previous = tf.getBackend() as string | null;
  let loaded: NodePackage;
  try {
    loaded = host.load(installation.entry) as NodePackage;
  } catch (e) {
    throw new SpectraiError(
      "SPECTRAI_BACKEND_UNAVAILABLE",
      `The cuda backend cannot run: ${packageName} could not be loaded: ${(e as Error).message.split("\n")[0]!.replace(/\.$/, "")}.`,
      { cause: e },
    );
  }
  for (const gradient of gradients) tf.registerGradient(gradient);
  const factory = tf.findBackendFactory(backendName);
  if (loaded.Tensor !== tf.Tensor || !factory)
    throw unavailable(
      `${packageName} was loaded with a TensorFlow.js of its own (@tensorflow/tfjs-core in ${installation.folder} or beside it, not ${host.core}); make the project have one, with npm dedupe or an override in package.json`,
    );
  const backend = tf.findBackend(backendName) as unknown as NodeBackend | undefined;
  if (backend?.isUsingGpuDevice !== true) {
    tf.removeBackend(backendName);
    if (previous) await tf.setBackend(previous);
    throw unavailable(
      "TensorFlow finds no GPU in this process and would compute on the processor; start a new process",
    );
  }
  completeKernels();
  return { before, values, device, factory };
}

/** The backend on a machine, with what backends of the same process share. */
export function backendOn(host: Host, options: CudaOptions, shared: Session = session): Backend {
  let examined: ReturnType<typeof examine> | undefined;
  const exam = (): ReturnType<typeof examine> => (examined ??= examine(host, options));

  /** Why a TensorFlow that is running already does not do; it holds to the options it was started with. */
  const differs = ({ before, values }: Started): string | undefined => {
    const out = hidden(options, before, 0);
    if (out !== undefined) return out;
    const others = differing(variables(options, before), values);
    return others.length > 0
      ? `TensorFlow runs in this process with ${inWords(values, others)}, and takes no other options until the process ends`
      : undefined;
  };

  return {
    name: backendName,
    probe: async () => {
      try {
        if (shared.started) {
          const reason = differs(shared.started);
          return reason === undefined
            ? { available: true, device: shared.started.device }
            : { available: false, reason };
        }
        const found = await exam();
        return "reason" in found
          ? { available: false, reason: found.reason }
          : { available: true, device: found.device };
      } catch (e) {
        return { available: false, reason: `the search for it failed: ${(e as Error).message}` };
      }
    },
    init: async () => {
      if (shared.started) {
        const reason = differs(shared.started);
        if (reason !== undefined) throw unavailable(reason);
      } else {
        const found = await exam();
        if ("reason" in found) throw unavailable(found.reason);
        shared.started = await start(host, found);
      }
      if (!tf.findBackendFactory(backendName)) tf.registerBackend(backendName, shared.started.factory, 3);
      if (!(await tf.setBackend(backendName))) throw unavailable("TensorFlow did not start");
    },
    capabilities: () => ({ missingKernels: missingKernels(), bf16: false, threads: 1 }),
    dispose: () => {
      if (tf.findBackendFactory(backendName)) tf.removeBackend(backendName);
    },
  };
}
