import { readFile, stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { cardOf, chooseBackend, loadModel, openWorkbench, SpectraiError } from "@spectrai/core";
import { nodeFileSystem, writeFileAtomic } from "@spectrai/core/node";
import { modelToOnnx, type NetworkOnnx, type OnnxPort } from "@spectrai/interop";
import { consoleLogger, type Output, printResult } from "../console.ts";
import { loadPlugins } from "../load-plugins.ts";
import { modelPath, readRunRecord } from "../runs.ts";

interface ExportFlags extends Output {
  readonly output?: string;
  readonly withPreprocessing: boolean;
  readonly probabilities: boolean;
  readonly opset: string;
  readonly backend: string;
  readonly force: boolean;
}

export async function run([named]: readonly string[], flags: ExportFlags): Promise<void> {
  const path = await modelPath(named!);
  const output = await outputPath(path, flags);
  const bytes = new Uint8Array(await readFile(path));
  const card = cardOf(bytes, path);
  const record = await readRunRecord(dirname(path));
  const plugins = Array.isArray(card.config["plugins"]) ? (card.config["plugins"] as string[]) : [];
  const bench = await openWorkbench({
    plugins: await loadPlugins(plugins, record?.origin ? resolve(dirname(path), record.origin.folder) : process.cwd()),
    files: nodeFileSystem(process.cwd()),
    logger: consoleLogger(flags),
    seed: 0,
  });
  try {
    await chooseBackend(bench.registry, { name: flags.backend, options: {} }, bench.services);
    const loaded = await loadModel(bench, bytes, path);
    try {
      const { withPreprocessing, probabilities } = flags;
      const written = modelToOnnx(loaded, { withPreprocessing, probabilities, opset: Number(flags.opset) });
      await writeFileAtomic(resolve(output), written.bytes);
      const { bytes: file, ...rest } = written;
      const steps = card.preprocess.map((p) => p.ref["name"] as string);
      printResult(
        flags,
        {
          file: output,
          model: path,
          size: file.length,
          ...rest,
          preprocessing: { steps, inside: withPreprocessing && steps.length > 0 },
        },
        () => text(output, written, steps, flags),
      );
    } finally {
      loaded.model.dispose();
    }
  } finally {
    await bench.services.dispose();
  }
}

async function outputPath(model: string, { output, force }: ExportFlags): Promise<string> {
  const path = output ?? `${basename(model).replace(/\.safetensors$/, "")}.onnx`;
  if (!path.endsWith(".onnx"))
    throw new SpectraiError("SPECTRAI_USAGE", `--output ${path}: an ONNX file ends in .onnx.`);
  if (!force && (await stat(resolve(path)).catch(() => undefined)))
    throw new SpectraiError("SPECTRAI_FILE_UNWRITABLE", `${path} is already there; --force replaces it.`);
  return path;
}

function text(output: string, written: NetworkOnnx, steps: readonly string[], flags: ExportFlags): string {
  const port = ({ name, shape }: OnnxPort): string => `${name} [${shape.join(", ")}]`;
  const free = written.input.shape.filter((d) => typeof d === "string");
  const kinds = Object.keys(written.operations).length;
  return [
    `Wrote ${output}: ${(written.bytes.length / 1e6).toFixed(2)} MB, opset ${written.opset}, ${written.nodes} nodes of ${kinds} kinds.`,
    `Input: ${port(written.input)}, float32`,
    `Output: ${port(written.output)}, float32`,
    `Any size: ${free.join(", ")}`,
    ...written.fixed.map((f) => `One size: ${f.axis} (${f.points}): ${f.reason}`),
    ...(steps.length === 0
      ? []
      : [
          flags.withPreprocessing
            ? `Preprocessing inside: ${steps.join(", ")}`
            : `The input must have gone through: ${steps.join(", ")} (--with-preprocessing puts them inside)`,
        ]),
  ].join("\n");
}
