import { describe, expect, it } from "vitest";
import { backendOn } from "../src/backend.ts";
import { cudaBackendSchema } from "../src/cuda.ts";
import { cache, type FakeMachine, fakeHost, libraries, notThere, ok, paths, says } from "./support/fake-host.ts";

const { folder } = paths;

const probe = async (machine: FakeMachine, options: object = {}) =>
  backendOn(fakeHost(machine), cudaBackendSchema.parse(options), {}).probe();

/** The reason, which must be one sentence to go between others: no capital, no full stop, one line. */
async function reason(machine: FakeMachine, options: object = {}): Promise<string> {
  const found = await probe(machine, options);
  if (found.available) throw new Error(`it took ${found.device}`);
  expect(found.reason).not.toMatch(/[.\n]$|\n/);
  return found.reason;
}

const without = (...names: string[]) => cache(libraries.filter((l) => !names.includes(l)));

describe("where all is well", () => {
  it("names the GPU, TensorFlow and the driver", async () => {
    expect(await probe({})).toEqual({
      available: true,
      device: "NVIDIA A100-SXM4-40GB, 40 GiB, TensorFlow 2.9.1, driver 535.104.05, f32",
    });
  });

  it("tries the package in a process of its own, with the options' environment, and leaves this one's alone", async () => {
    const host = fakeHost();
    const backend = backendOn(host, cudaBackendSchema.parse({ device: 1, memoryGrowth: false }), {});
    await backend.probe();
    await backend.probe();
    const tried = host.runs.filter(({ program }) => program === host.execPath);
    expect(tried.map(({ env }) => env)).toEqual([
      {
        CUDA_VISIBLE_DEVICES: "1",
        CUDA_DEVICE_ORDER: "PCI_BUS_ID",
        TF_FORCE_GPU_ALLOW_GROWTH: "true",
        NVIDIA_TF32_OVERRIDE: "0",
        CUDA_CACHE_MAXSIZE: "4294967296",
        TF_CPP_MIN_LOG_LEVEL: "0",
      },
    ]);
    expect(host.env).toEqual({ HOME: "/home/me" });
  });

  it("does without nvidia-smi and without the kernel module's file, as in WSL", async () => {
    const programs = { "nvidia-smi": notThere };
    expect(await probe({ programs })).toMatchObject({
      device: "NVIDIA GPU 0, TensorFlow 2.9.1, driver 535.104.05, f32",
    });
    const files = { "/proc/driver/nvidia/version": undefined };
    expect(await probe({ programs, files })).toMatchObject({ device: "NVIDIA GPU 0, TensorFlow 2.9.1, f32" });
  });

  it("takes a newer Node.js with a package that was mended", async () => {
    const host = { node: "24.1.0", legacyUtil: false };
    const files = { [`${folder}/dist/nodejs_kernel_backend.js`]: "if (tensorsOrDtype == null) {" };
    expect(await probe({ host, files })).toMatchObject({ available: true });
  });
});

describe("what is missing", () => {
  it("another system or processor", async () => {
    expect(await reason({ host: { platform: "darwin", arch: "arm64" } })).toMatch(
      /Linux and Windows alone.*darwin-arm64/,
    );
    expect(await reason({ host: { arch: "arm64" } })).toMatch(/linux-arm64/);
  });

  it("no driver", async () => {
    const files = { "/proc/driver/nvidia/version": undefined };
    const programs = { ldconfig: without("libcuda.so.1"), "nvidia-smi": notThere };
    expect(await reason({ files, programs })).toMatch(/^there is no NVIDIA driver here.*nvidia\.com\/drivers$/);
  });

  it("a driver that does not work", async () => {
    const files = { "/proc/driver/nvidia/version": undefined };
    const smi = {
      status: 9,
      stdout: "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n",
      stderr: "",
    };
    const programs = { ldconfig: without("libcuda.so.1"), "nvidia-smi": smi };
    expect(await reason({ files, programs })).toMatch(
      /does not work \(nvidia-smi says: NVIDIA-SMI has failed.*restart/,
    );
  });

  it("the driver's library, as in a container", async () => {
    expect(await reason({ programs: { ldconfig: without("libcuda.so.1") } })).toMatch(
      /libcuda\.so\.1 is not in the loader's search path.*--gpus all/,
    );
  });

  it("finds that library by LD_LIBRARY_PATH, too", async () => {
    const programs = { ldconfig: without("libcuda.so.1") };
    const host = { env: { LD_LIBRARY_PATH: "/opt/nvidia:/opt/more" } };
    expect(await probe({ programs, host, files: { "/opt/more/libcuda.so.1": "" } })).toMatchObject({ available: true });
  });

  it("finds the loader's cache where ldconfig is not on the path", async () => {
    const programs = { ldconfig: notThere, "/sbin/ldconfig": cache(libraries) };
    expect(await probe({ programs })).toMatchObject({ available: true });
  });

  it.each(["23.0.0", "24.4.1"])("Node.js %s", async (node) => {
    expect(await reason({ host: { node, legacyUtil: false } })).toMatch(
      `does not run on Node.js ${node}, as it calls util.isNullOrUndefined, which Node.js 23 took away; use Node.js 20 or 22`,
    );
  });

  it("the package", async () => {
    expect(await reason({ files: { [`${folder}/package.json`]: undefined } })).toBe(
      "the package @tensorflow/tfjs-node-gpu is not installed; install it in the project's folder with npm install @tensorflow/tfjs-node-gpu@4.22.0",
    );
  });

  it("the native addon, in the folder of the newest Node-API that both have", async () => {
    const files = { [`${folder}/lib/napi-v8/tfjs_binding.node`]: undefined };
    expect(await reason({ files })).toMatch(
      /lib\/napi-v8\/tfjs_binding\.node is missing\); let its installation script run with npm rebuild @tensorflow\/tfjs-node-gpu/,
    );
    expect(await reason({ host: { napi: 7 } })).toMatch(/lib\/napi-v7\/tfjs_binding\.node is missing/);
  });

  it.each(["libtensorflow.so.2", "libtensorflow_framework.so.2"])("TensorFlow's %s", async (file) => {
    expect(await reason({ files: { [`${folder}/deps/lib/${file}`]: undefined } })).toMatch(
      `without TensorFlow's library (${folder}/deps/lib/${file} is missing); let its installation script run with npm rebuild`,
    );
  });

  it("one tfjs-core: the package brings its own", async () => {
    const core = `${folder}/node_modules/@tensorflow/tfjs-core`;
    const files = { [`${core}/dist/tf-core.node.js`]: "", [`${core}/package.json`]: '{ "version": "4.21.0" }' };
    expect(await reason({ files })).toMatch(
      `brings a second @tensorflow/tfjs-core (4.21.0 in ${core}) beside the one in use (4.22.0 in ${paths.modules}/tfjs-core)`,
    );
    const link = { [`${core}/dist/tf-core.node.js`]: `-> ${paths.modules}/tfjs-core/dist/tf-core.node.js` };
    expect(await probe({ files: link })).toMatchObject({ available: true });
  });

  it("a driver that is new enough, by the CUDA of the TensorFlow that is there", async () => {
    const smi = (version: string) => ({ "nvidia-smi": ok(`Tesla T4, ${version}, 15360\n`) });
    expect(await reason({ programs: smi("418.87.01") })).toMatch(
      "the NVIDIA driver is 418.87.01, but CUDA 11.2 of TensorFlow 2.9.1 needs 450.80.02 or newer",
    );
    expect(await probe({ programs: smi("450.80.02") })).toMatchObject({ available: true });
    const newer = {
      [`${folder}/deps/lib/libtensorflow.so.2`]: `-> ${folder}/deps/lib/libtensorflow.so.2.18.0`,
      [`${folder}/deps/lib/libtensorflow.so.2.18.0`]: "",
    };
    expect(await reason({ files: newer, programs: smi("470.199.02") })).toMatch(
      /CUDA 12\.5 of TensorFlow 2\.18\.0 needs 525\.60\.13/,
    );
    // Without nvidia-smi the kernel module tells.
    const files = {
      ...newer,
      "/proc/driver/nvidia/version": "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  515.43.04  Release",
    };
    expect(await reason({ files, programs: { "nvidia-smi": notThere } })).toMatch("the NVIDIA driver is 515.43.04");
  });
});

describe("which GPU", () => {
  it("one that is not there", async () => {
    expect(await reason({}, { device: 2 })).toBe("the option device is 2, but there are 2 GPUs, numbers 0 to 1");
    expect(await reason({ programs: { "nvidia-smi": ok("Tesla T4, 535.1.1, 15360\n") } }, { device: 1 })).toMatch(
      "is one GPU, number 0",
    );
  });

  it.each(["", "-1", "-1,0"])("none is visible with CUDA_VISIBLE_DEVICES=%s", async (list) => {
    expect(await reason({ host: { env: { CUDA_VISIBLE_DEVICES: list } } })).toMatch(
      `CUDA_VISIBLE_DEVICES is "${list}", which hides every GPU`,
    );
  });

  it("by its place in CUDA_VISIBLE_DEVICES, whose order is left as it is", async () => {
    const env = { CUDA_VISIBLE_DEVICES: "3, GPU-5a, -1, 7" };
    const host = fakeHost({ host: { env } });
    expect(await backendOn(host, cudaBackendSchema.parse({ device: 1 }), {}).probe()).toMatchObject({
      device: "NVIDIA GPU GPU-5a, TensorFlow 2.9.1, driver 535.104.05, f32",
    });
    const tried = host.runs.find(({ program }) => program === host.execPath)!.env;
    expect(tried).toMatchObject({ CUDA_VISIBLE_DEVICES: "GPU-5a" });
    expect(tried).not.toHaveProperty("CUDA_DEVICE_ORDER");
    expect(await reason({ host: { env } }, { device: 2 })).toMatch(/device is 2, but.*which leaves 2; count from 0/);
  });
});

describe("what the trial shows", () => {
  const fails = (stderr: string, ended?: string) => ({
    trial: { status: ended === undefined ? 1 : undefined, ...(ended !== undefined && { ended }), stdout: "", stderr },
  });

  it("TensorFlow without a GPU is no GPU: it names the libraries that it could not open, and those that there are", async () => {
    const stderr = [
      "2024-05-06 00:05:33.767399: W tensorflow/stream_executor/platform/default/dso_loader.cc:64] Could not load dynamic library 'libcudnn.so.8'; dlerror: libcudnn.so.8: cannot open shared object file: No such file or directory",
      "2024-05-06 00:05:33.767399: W tensorflow/stream_executor/platform/default/dso_loader.cc:64] Could not load dynamic library 'libnvinfer.so.7'; dlerror: …",
      "2024-05-06 00:05:33.767416: W tensorflow/core/common_runtime/gpu/gpu_device.cc:1850] Cannot dlopen some GPU libraries.",
    ].join("\n");
    const programs = { ldconfig: cache([...libraries.filter((l) => l !== "libcudnn.so.8"), "libcudnn.so.9"]) };
    expect(await reason({ programs, trial: says({ gpu: false, sum: undefined }, stderr) })).toBe(
      `TensorFlow 2.9.1 finds no GPU and would compute on the processor, as libraries are missing: libcudnn.so.8 (what there is: ${paths.lib}/libcudnn.so.9); it was built for CUDA 11.2 with cuDNN 8.1: install these and add their folders to LD_LIBRARY_PATH`,
    );
  });

  it.each(libraries.slice(1))("looks for %s itself where TensorFlow does not say", async (file) => {
    const said = await reason({ programs: { ldconfig: without(file) }, trial: says({ gpu: false }) });
    expect(said).toMatch(`libraries are missing: ${file}; it was built for CUDA 11.2`);
  });

  it("looks for those of the TensorFlow that is there, and where NVIDIA's installers put them", async () => {
    const files = {
      [`${folder}/deps/lib/libtensorflow.so.2`]: `-> ${folder}/deps/lib/libtensorflow.so.2.16.1`,
      [`${folder}/deps/lib/libtensorflow.so.2.16.1`]: "",
      "/usr/local/cuda-12.3/lib64/libcudart.so.12": "",
    };
    const said = await reason({ files, trial: says({ gpu: false, tensorflow: "2.16.1" }) });
    expect(said).toMatch("libcudart.so.12 (what there is: ");
    expect(said).toMatch("/usr/local/cuda-12.3/lib64/libcudart.so.12");
    expect(said).toMatch("libcusparse.so.12");
    expect(said).not.toMatch("libcudnn.so.8");
    expect(said).toMatch("built for CUDA 12.3 with cuDNN 8.9");
  });

  it("CUDA that does not start, and a GPU that is too old", async () => {
    const cuInit = "E cuda_driver.cc:271] failed call to cuInit: CUDA_ERROR_UNKNOWN: unknown error\n";
    expect(await reason({ trial: says({ gpu: false }, cuInit) })).toMatch(
      /does not start \(CUDA_ERROR_UNKNOWN: unknown error\)/,
    );
    const old =
      "I gpu_device.cc:1] Ignoring visible gpu device (device: 0, name: GeForce GTX 680, pci bus id: 0000:01:00.0, compute capability: 3.0) with Cuda compute capability 3.0. The minimum required Cuda capability is 3.5.\n";
    expect(await reason({ trial: says({ gpu: false }, old) })).toMatch(
      /not one that it supports: Cuda compute capability 3\.0/,
    );
    expect(await reason({ trial: says({ gpu: false }) })).toMatch(
      /would compute on the processor; TF_CPP_MIN_LOG_LEVEL=0/,
    );
  });

  it("cuDNN of another version", async () => {
    const stderr =
      "E cuda_dnn.cc:352] Loaded runtime CuDNN library: 8.0.5 but source was compiled with: 8.1.0.  CuDNN library needs to have …\n";
    expect(
      await reason({ trial: says({ sum: undefined, failure: "DNN library is not found.\n more" }, stderr) }),
    ).toMatch(/^cuDNN is 8\.0\.5, but TensorFlow was built for 8\.1\.0;/);
  });

  it("a GPU that computes wrongly, or not at all", async () => {
    expect(await reason({ trial: says({ sum: undefined, failure: "No algorithm worked!\n at" }) })).toMatch(
      /a convolution on it fails: No algorithm worked!$/,
    );
    expect(await reason({ trial: says({ sum: 0 }) })).toMatch("adds nine ones to 0 on it");
  });

  it("a package that cannot be loaded", async () => {
    expect(
      await reason(
        fails("Error: libtensorflow.so.2: cannot open shared object file: No such file or directory\n    at Module"),
      ),
    ).toMatch(
      /native addon needs libtensorflow\.so\.2 \(what there is: .*deps\/lib\/libtensorflow\.so\.2, .*which the loader does not find/,
    );
    expect(await reason(fails("Error: /lib/libm.so.6: version `GLIBC_2.35' not found (required by …)"))).toMatch(
      /need GLIBC_2\.35/,
    );
    expect(await reason(fails("", "SIGILL"))).toMatch("AVX");
    expect(await reason(fails("", "no end after 300 s"))).toMatch(
      "could not be loaded: no end after 300 s; on a GPU newer than",
    );
    expect(await reason(fails("", "SIGSEGV"))).toMatch("the process that tried it ended with SIGSEGV");
    expect(
      await reason(fails("/x/y.js:1\n\nTypeError: (0 , util_1.isNullOrUndefined) is not a function\n    at z")),
    ).toMatch(/could not be loaded: TypeError: .* is not a function$/);
  });

  it("never throws", async () => {
    const run = () => Promise.reject(new Error("no more processes"));
    expect(await reason({ host: { run } })).toBe("the search for it failed: no more processes");
    expect(await reason({ files: { [`${folder}/package.json`]: "{" } })).toMatch("the search for it failed");
  });
});

describe("under Windows", () => {
  const at = "C:\\me\\node_modules\\@tensorflow\\tfjs-node-gpu";
  const windows = (extra: Record<string, string | undefined>, trial = says({})): FakeMachine => {
    const files: Record<string, string | undefined> = {
      "C:\\Windows\\System32\\nvcuda.dll": "",
      [`${at}\\package.json`]: '{ "version": "4.22.0" }',
      [`${at}\\lib\\napi-v8\\tfjs_binding.node`]: "",
      [`${at}\\lib\\napi-v8\\tensorflow.dll`]: "",
      ...extra,
    };
    const names = {
      "@tensorflow/tfjs-node-gpu/package.json": `${at}\\package.json`,
      "@tensorflow/tfjs-node-gpu": `${at}\\dist\\index.js`,
    };
    const host = {
      platform: "win32",
      env: { PATH: "C:\\tools;C:\\cuda\\bin" },
      resolve: (name: string) => names[name as keyof typeof names],
      list: (of: string) =>
        Object.keys(files).flatMap((f) => (f.startsWith(`${of}\\`) ? [f.slice(of.length + 1).split("\\")[0]!] : [])),
    };
    return { files, host, trial, programs: { "nvidia-smi": ok("NVIDIA GeForce RTX 3090, 531.79, 24576\n") } };
  };

  it("works", async () => {
    expect(await probe(windows({}))).toMatchObject({
      device: "NVIDIA GeForce RTX 3090, 24 GiB, TensorFlow 2.9.1, driver 531.79, f32",
    });
  });

  it("says where tensorflow.dll should be", async () => {
    expect(await reason(windows({ [`${at}\\lib\\napi-v8\\tensorflow.dll`]: undefined }))).toBe(
      `tensorflow.dll does not lie beside the native addon; copy ${at}\\deps\\lib\\tensorflow.dll to ${at}\\lib\\napi-v8`,
    );
  });

  it("names the libraries as Windows does", async () => {
    const found = windows(
      { "C:\\cuda\\bin\\cudart64_110.dll": "", "C:\\cuda\\bin\\cudnn64_9.dll": "" },
      says({ gpu: false }),
    );
    const said = await reason(found);
    expect(said).not.toMatch("cudart64_110.dll");
    expect(said).toMatch("cublas64_11.dll");
    expect(said).toMatch("cudnn64_8.dll (what there is: C:\\cuda\\bin\\cudnn64_9.dll)");
    expect(said).toMatch(/folders to PATH$/);
  });

  it("has no driver, or an old one", async () => {
    expect(
      await reason({
        ...windows({ "C:\\Windows\\System32\\nvcuda.dll": undefined }),
        programs: { "nvidia-smi": notThere },
      }),
    ).toMatch("no NVIDIA driver");
    expect(await reason({ ...windows({}), programs: { "nvidia-smi": ok("Quadro, 441.22, 4096\n") } })).toMatch(
      "needs 452.39",
    );
  });
});
