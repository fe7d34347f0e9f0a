import { Command, Option } from "commander";
import type { Output } from "./console.ts";

/** Commands that read or write other programs' files need a package that is not installed by itself. */
async function withInterop<T>(load: () => Promise<T>): Promise<T> {
  return (await import("./with-interop.ts")).withInterop(load);
}

/** The commands about published data sets need a package that is not installed by itself. */
async function dataCommand(name: "list" | "info" | "get" | "simulate"): Promise<CommandModule> {
  const { withDatasets } = await import("./with-datasets.ts");
  return { run: (await withDatasets(() => import("./commands/data.ts")))[name] as CommandModule["run"] };
}

/** What a command's module exports: loaded when the command runs, so that `--help` is instant. */
interface CommandModule {
  run(args: readonly string[], options: never): Promise<void>;
}

const collect = (value: string, list: readonly string[] = []): string[] => [...list, value];

const config = (): Option => new Option("-c, --config <file>", "the config, instead of the nearest spectrai.config.*");
const set = (): Option =>
  new Option("-s, --set <path=value>", "set a config value, such as train.epochs=10 (repeatable)").argParser(collect);
const quiet = (): Option => new Option("-q, --quiet", "print results and errors only").default(false);
const json = (): Option => new Option("--json", "print exactly one JSON object on stdout").default(false);

const foldKinds = ["shuffle", "block", "group", "class"];
const tasks = ["denoising", "calibration", "classification", "regression", "segmentation", "super-resolution"];

/** The command line, without anything heavy loaded. */
export function createProgram(version: string): Command {
  const program = new Command("spectrai")
    .description("Deep learning for spectra and hyperspectral images.")
    .version(version)
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .showSuggestionAfterError();

  const command = (
    usage: string,
    description: string,
    load: () => Promise<CommandModule>,
    parent: Command = program,
  ): Command =>
    parent
      .command(usage)
      .description(description)
      .exitOverride()
      .configureOutput({ outputError: () => undefined })
      .action(async (...all: unknown[]) => {
        const self = all.at(-1) as Command;
        const module = await load();
        await module.run(self.args, self.opts<Record<string, unknown> & Output>() as never);
      });

  command(
    "init [folder]",
    "write a config, with the schema editors complete and check it by",
    () => import("./commands/init.ts"),
  )
    .addOption(new Option("-t, --task <task>", "what is to be learned").choices(tasks).default("denoising"))
    .option("-i, --input <path>", "the data: a file, a folder or a glob")
    .option("--target <path>", "the paired target data")
    .option("-f, --force", "replace an existing config", false)
    .addOption(quiet())
    .addOption(json());

  command(
    "train",
    "train the config's model, measure it beside the baselines, write a report",
    () => import("./commands/train.ts"),
  )
    .addOption(config())
    .addOption(set())
    .option("-o, --output <folder>", "where the run's folder is made, instead of the config's output")
    .option("-r, --resume [run]", "go on with an interrupted run (the newest of this config unless named)")
    .option("--no-report", "do not write report.html")
    .addOption(quiet())
    .addOption(json());

  command(
    "evaluate [model]",
    "measure a model file or run on held-out data, beside the baselines",
    () => import("./commands/evaluate.ts"),
  )
    .addOption(config())
    .addOption(set())
    .option("--kfold <folds>", "cross-validate the config instead: train and measure once a fold")
    .option("--repeat <times>", "with --kfold: so many times, each with other folds and first weights")
    .addOption(new Option("--by <kind>", "with --kfold: what folds are made of").choices(foldKinds))
    .option("--no-baselines", "with --kfold: the network alone")
    .option("--no-network", "with --kfold: the baselines alone")
    .option("--fresh", "with --kfold: compute folds again that are kept from before", false)
    .option("-o, --output <folder>", "with --kfold: where folds are kept, instead of the config's output")
    .addOption(quiet())
    .addOption(json());

  command("apply <model> <inputs...>", "run a model over files, folders or globs", () => import("./commands/apply.ts"))
    .option("-o, --output <folder>", "where results are written", "results")
    .addOption(
      new Option(
        "--format <format>",
        "of the results, such as npy, mat, csv, dat (ENVI), tif (GeoTIFF), png (colour map of classes); npy unless given, and csv (one table) for classes and numbers",
      ),
    )
    .option("--variable <name>", "the array to read, where files hold several")
    .option("--axis <start:stop:unit>", "the spectral axis of the files, where they carry none, such as 500:1800:cm-1")
    .option("--normalized", "keep the network's scale instead of the input's", false)
    .option("--probabilities", "segmentation: write the probability of every class as well", false)
    .option(
      "--tta <kind>",
      "average an image's predictions over flips or all flips and rotations: none, flips, all",
      "none",
    )
    .option("--tile <pixels>", "side of the tiles that an image is worked on in; what memory suggests unless given")
    .option("--overlap <pixels>", "what neighbouring tiles share; what the network sees around a pixel unless given")
    .option("--blend <window>", "weights of overlapping tiles: gaussian or hann", "gaussian")
    .option("--resume", "go on with images whose first rows are done", false)
    .option("--backend <name>", "where the arithmetic runs", "auto")
    .addOption(quiet())
    .addOption(json());

  command(
    "import <file>",
    "make a model file of a PyTorch checkpoint, or a config of one of the original software",
    () => withInterop(() => import("./commands/import.ts")),
  )
    .option("-o, --output <file>", "NAME.safetensors, or spectrai.config.yml, unless named here")
    .option("-c, --config <file>", "the config that the network was trained with, the original's or one of ours")
    .addOption(set())
    .addOption(new Option("-t, --task <task>", "what the network was trained for").choices(tasks))
    .option("--axis <start:stop:unit>", "the spectral axis of the data it was trained on, such as 500:1800:cm-1")
    .option("--points <count>", "points of the spectra of these data, before preprocessing")
    .option("--classes <names>", "the names of the classes in their order, with commas between them")
    .option("--backend <name>", "where the arithmetic runs", "auto")
    .option("-f, --force", "replace an existing file", false)
    .addOption(quiet())
    .addOption(json());

  command("export <model>", "write a model file or run as ONNX, for programs other than spectrai", () =>
    withInterop(() => import("./commands/export.ts")),
  )
    .option("-o, --output <file>", "the file to write (the model's name with .onnx unless given)")
    .option("--with-preprocessing", "take data as they were before preprocessing", false)
    .option("--probabilities", "let classifiers give probabilities instead of logits", false)
    .option("--opset <number>", "the ONNX operator set, 17 to 22", "17")
    .option("--backend <name>", "where the weights are read", "auto")
    .option("-f, --force", "replace an existing file", false)
    .addOption(quiet())
    .addOption(json());

  command(
    "preview",
    "show samples before and after preprocessing and augmentation",
    () => import("./commands/preview.ts"),
  )
    .addOption(config())
    .addOption(set())
    .option("-n, --samples <count>", "how many samples", "3")
    .option("--draws <count>", "augmented versions of each", "3")
    .option("--split", "draw which pixels or samples are in which part instead")
    .option("--html <file>", "write a page instead of drawing in the terminal")
    .option("--png <file>", "write a picture instead of drawing in the terminal")
    .addOption(quiet())
    .addOption(json());

  command("plugins", "list the config's plugins and what they provide", () => import("./commands/plugins.ts"))
    .addOption(config())
    .addOption(quiet())
    .addOption(json());

  command(
    "doctor",
    "check this machine: backends, their speed and whether they agree",
    () => import("./commands/doctor.ts"),
  )
    .addOption(
      new Option(
        "--parity",
        "compare every backend with the cpu backend: operations, layers, models, steps of training",
      ),
    )
    .addOption(
      new Option("-b, --backend <name>", "with --parity: a backend to compare, instead of all (repeatable)").argParser(
        collect,
      ),
    )
    .addOption(config())
    .addOption(quiet())
    .addOption(json());

  const data = program
    .command("data")
    .description("published data sets: list, describe and fetch them; simulated scenes")
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  command("list", "the sets that are known, and which of them are here", () => dataCommand("list"), data)
    .addOption(quiet())
    .addOption(json());
  command("info <name>", "all that is known of a set, and a config to read it", () => dataCommand("info"), data)
    .option("--to <folder>", "the set's folder, instead of the usual one")
    .addOption(quiet())
    .addOption(json());
  command("get <name>", "fetch a set, or go on with fetching it", () => dataCommand("get"), data)
    .option("--to <folder>", "the set's folder, instead of the usual one")
    .addOption(quiet())
    .addOption(json());
  command(
    "simulate <file>",
    "write a simulated scene of any size, with labels, as ENVI",
    () => dataCommand("simulate"),
    data,
  )
    .addOption(
      new Option(
        "-s, --set <option=value>",
        "an option of hyperspectral-scene, such as height=2000 (repeatable)",
      ).argParser(collect),
    )
    .option("--image <number>", "which image of the scene", "0")
    .option("-f, --force", "replace an existing file", false)
    .addOption(quiet())
    .addOption(json());

  command("info <subject>", "describe a component, a model file or a data file", () => import("./commands/info.ts"))
    .addOption(config())
    .addOption(quiet())
    .addOption(json());

  return program;
}
