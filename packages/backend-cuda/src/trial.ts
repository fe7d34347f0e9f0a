import { packageName, type Installation } from "./installation.ts";
import type { Host, Ran } from "./host.ts";
import type { Libraries } from "./libraries.ts";
import { fileOf, needsOf } from "./needs.ts";

/** What came of loading the package in a process of its own. */
export type Trial = { readonly tensorflow: string } | { readonly reason: string };

/** A start takes some ten seconds, but the first on a GPU newer than TensorFlow minutes, as CUDA compiles the kernels. */
const seconds = 300;
const mark = "spectrai-cuda:";

/**
 * Loads the package, as it would be loaded here, and lets the GPU do a convolution, which takes cuDNN: nine ones, so 9. What
 * was loaded cannot be unloaded, and takes memory of the GPU; with that process it is gone.
 */
const script = `
const tf = require(process.argv[1]);
const { isUsingGpuDevice: gpu, binding } = tf.backend();
const said = { gpu, tensorflow: binding.TF_Version };
if (gpu)
  try {
    said.sum = tf.conv2d(tf.ones([1, 3, 3, 1]), tf.ones([3, 3, 1, 1]), 1, "valid").dataSync()[0];
  } catch (e) {
    said.failure = String(e.message);
  }
console.log(${JSON.stringify(mark)} + JSON.stringify(said));
`;

interface Said {
  readonly gpu: boolean;
  readonly tensorflow: string;
  readonly sum?: number;
  readonly failure?: string;
}

/** @param variables - the environment that the options come down to */
export async function tryOut(
  host: Host,
  { entry, tensorflow }: Installation,
  libraries: Libraries,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<Trial> {
  // With level 0 TensorFlow says which library it could not open.
  const env = { ...variables, TF_FORCE_GPU_ALLOW_GROWTH: "true", TF_CPP_MIN_LOG_LEVEL: "0" };
  const ran = await host.run(host.execPath, ["-e", script, entry], { env, seconds });
  const line = ran.stdout.split("\n").find((l) => l.startsWith(mark));
  if (line === undefined) return { reason: `${packageName} could not be loaded: ${whyNotLoaded(ran, libraries)}` };
  const said = JSON.parse(line.slice(mark.length)) as Said;
  if (!said.gpu) return { reason: whyNoGpu(host, ran, libraries, tensorflow ?? said.tensorflow) };
  if (said.failure !== undefined || said.sum !== 9) return { reason: whyWrong(said, ran) };
  return { tensorflow: said.tensorflow };
}

/** "libcudnn.so.8 (libcudnn.so.9 is in /usr/lib)": what else there is of the library, up to three. */
function besides(file: string, libraries: Libraries): string {
  const others = libraries.others(file).slice(0, 3);
  return others.length > 0 ? `${file} (what there is: ${others.join(", ")})` : file;
}

function whyNotLoaded({ ended, stderr }: Ran, libraries: Libraries): string {
  const missing = /(\S+): cannot open shared object file/.exec(stderr)?.[1];
  if (missing !== undefined)
    return `its native addon needs ${besides(missing, libraries)}, which the loader does not find; add its folder to LD_LIBRARY_PATH`;
  const libc = /version [`']((?:GLIBC|GLIBCXX)_[\d.]+)' not found/.exec(stderr)?.[1];
  if (libc !== undefined)
    return `its libraries need ${libc}, newer than this system's; use a newer system, or build the addon here with npm rebuild ${packageName} --build-addon-from-source`;
  if (ended === "SIGILL") return "the processor lacks instructions (AVX) that its TensorFlow was compiled for";
  if (ended?.startsWith("no end"))
    return `${ended}; on a GPU newer than its TensorFlow, CUDA compiles the kernels at first, for up to half an hour, and keeps them in ~/.nv/ComputeCache: let it, or take a newer libtensorflow`;
  if (ended !== undefined) return `the process that tried it ended with ${ended}`;
  const error = stderr.split("\n").find((line) => /^\s*(\w*Error|Uncaught)\b/.test(line)) ?? lastLine(stderr);
  return error.trim().replace(/[.\s]+$/, "");
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";

/** TensorFlow computes on the processor where it finds no GPU, which must not pass for one. */
function whyNoGpu(host: Host, { stderr }: Ran, libraries: Libraries, tensorflow: string): string {
  const alone = `TensorFlow ${tensorflow} finds no GPU and would compute on the processor`;
  const said = [...stderr.matchAll(/Could not load dynamic library '([^']+)'/g)].map(([, file]) => file!);
  const needs = needsOf(tensorflow);
  const searched = Object.entries(needs?.libraries ?? {})
    .map(([library, version]) => fileOf(library, version, host.platform))
    .filter((file) => libraries.find(file) === undefined);
  // libnvinfer (TensorRT) is tried, too, and does without.
  const missing = [...new Set(said.length > 0 ? said : searched)].filter((file) => !/nvinfer|libcuda\.so/.test(file));
  if (missing.length > 0) {
    const of = needs
      ? `; it was built for CUDA ${needs.cuda} with cuDNN ${needs.cudnn}: install these and add their folders to ${host.platform === "win32" ? "PATH" : "LD_LIBRARY_PATH"}`
      : "";
    return `${alone}, as libraries are missing: ${missing.map((file) => besides(file, libraries)).join(", ")}${of}`;
  }
  const init = /failed call to cuInit: ([^\n]+)/.exec(stderr)?.[1];
  if (init !== undefined)
    return `${alone}, as CUDA does not start (${init.trim()}); run nvidia-smi, and restart the machine where the driver was renewed`;
  const ignored = /Ignoring visible gpu device \(([^\n]+)\) with ([^\n]+?)\.?\n/.exec(`${stderr}\n`)?.[2];
  if (ignored !== undefined) return `${alone}, as the GPU is not one that it supports: ${ignored}`;
  return `${alone}; TF_CPP_MIN_LOG_LEVEL=0 makes it say why`;
}

function whyWrong({ failure, sum }: Said, { stderr }: Ran): string {
  const cudnn = /Loaded runtime CuDNN library: ([\d.]+) but source was compiled with: ([\d.]+\d)/.exec(stderr);
  if (cudnn)
    return `cuDNN is ${cudnn[1]}, but TensorFlow was built for ${cudnn[2]}; install a cuDNN of the same major version that is not older`;
  if (failure !== undefined)
    return `TensorFlow sees the GPU, but a convolution on it fails: ${failure.split("\n")[0]!.replace(/\.$/, "")}`;
  return `TensorFlow sees the GPU, but adds nine ones to ${sum} on it; the GPU is newer than the CUDA that this TensorFlow was built for, or damaged`;
}
