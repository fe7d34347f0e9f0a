import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { checkOptions, isObject, type JsonObject, parseSetting, setPath, SpectraiError } from "@spectrai/core";
import { nodeFileSystem } from "@spectrai/core/node";
import {
  catalogue,
  type CatalogueEntry,
  findEntry,
  hyperspectralSceneSchema,
  missingFiles,
  setFolder,
} from "@spectrai/datasets";
import { fetchedFiles, getSet, writeScene } from "@spectrai/datasets/node";
import { Document } from "yaml";
import { type Output, printResult } from "../console.ts";
import { onInterrupt } from "../interrupt.ts";
import { duration, table } from "../table.ts";
import { withDatasets } from "../with-datasets.ts";

interface FolderFlag extends Output {
  readonly to?: string;
}

interface SimulateFlags extends Output {
  readonly set?: readonly string[];
  readonly image: string;
  readonly force: boolean;
}

const folderOf = (entry: CatalogueEntry, to?: string): string => resolve(to ?? setFolder(entry.name));
const isPresent = async (entry: CatalogueEntry, folder: string): Promise<boolean> =>
  (await missingFiles(entry, folder, nodeFileSystem(folder))).length === 0;

/** `3.4 GB`, `12 MB`, `640 B`. */
function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000;
  return `${unit === 0 || value >= 99.5 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]}`;
}

export async function list(_: readonly string[], flags: Output): Promise<void> {
  const sets = await Promise.all(
    catalogue.map(async (entry) => {
      const folder = folderOf(entry);
      return {
        name: entry.name,
        title: entry.title,
        data: entry.data,
        shape: entry.shape,
        licence: entry.licence,
        fetch: entry.manual ? "by hand" : "get",
        present: await isPresent(entry, folder),
        folder,
      };
    }),
  );
  printResult(flags, { sets }, () =>
    table(
      ["name", "what", "size", "licence", "how", "here"],
      sets.map((s) => [s.name, s.title, s.shape, s.licence, s.fetch, s.present ? "yes" : ""]),
    ),
  );
}

export async function info([name]: readonly string[], flags: FolderFlag): Promise<void> {
  const entry = findEntry(name!);
  const folder = folderOf(entry, flags.to);
  const fetched = await fetchedFiles(folder);
  const missing = await missingFiles(entry, folder, nodeFileSystem(folder));
  const config = configOf(entry, flags.to);
  printResult(flags, { ...entry, folder, missing, fetched, config: config ?? null }, () =>
    [
      `${entry.title}: ${entry.about}`,
      "",
      `Size      ${entry.shape}`,
      `Sensor    ${entry.sensor}`,
      `Spectrum  ${entry.axis.points} points, ${entry.axis.first} to ${entry.axis.last} ${entry.axis.unit}`,
      ...(entry.classes ? [`Classes   ${entry.classes.join(", ")}`] : []),
      `Licence   ${entry.licence}`,
      `Cite      ${entry.citation}`,
      `Page      ${entry.page}`,
      `Folder    ${folder}${missing.length === 0 ? "" : " (not there)"}`,
      "",
      ...entry.files.map((file) => fileLine(file, fetched.find((f) => f.name === file.name)?.sha256)),
      ...(entry.manual ? ["", "By hand:", ...entry.manual.map((step, i) => `  ${i + 1}. ${step}`)] : []),
      ...(entry.notes.length > 0 ? ["", ...entry.notes.map((note) => `Note: ${note}`)] : []),
      "",
      ...(config
        ? [
            "In a config:",
            "",
            yaml(config),
            ...entry.splits
              .slice(1)
              .flatMap((s) => ["", `Or: ${s.about}`, "", yaml({ split: splitIn(s.split, folder) })]),
          ]
        : ["There is no reader for its files as they are published."]),
    ].join("\n"),
  );
}

function fileLine(file: CatalogueEntry["files"][number], fetched: string | undefined): string {
  const sum = file.sha256
    ? `sha256 ${file.sha256}`
    : fetched
      ? `sha256 of what was fetched ${fetched}`
      : "sha256 not verified";
  return `File      ${file.name}: ${file.url ?? "no address"}${file.size ? `, ${size(file.size)}` : ""}, ${sum}`;
}

/** What to paste into a config. */
function configOf(entry: CatalogueEntry, to: string | undefined): JsonObject | undefined {
  if (!entry.recipe) return undefined;
  const data = { name: "scene", scene: entry.name, ...(to === undefined ? {} : { folder: to }) };
  return { data, ...(entry.splits[0] ? { split: splitIn(entry.splits[0].split, folderOf(entry, to)) } : {}) };
}

/** A split whose masks or lists are among the set's files. */
const splitIn = (split: JsonObject, folder: string): JsonObject =>
  Object.fromEntries(
    Object.entries(split).map(([key, value]) => [
      key,
      typeof value === "string" && ["train", "validation", "test"].includes(key) ? join(folder, value) : value,
    ]),
  );

function yaml(value: JsonObject): string {
  const document = new Document(value);
  for (const [key, inner] of Object.entries(value)) {
    const node = document.get(key);
    if (isObject(inner) && typeof node === "object" && node !== null) (node as { flow?: boolean }).flow = true;
  }
  return document.toString({ lineWidth: 0 }).trimEnd();
}

export async function get([name]: readonly string[], flags: FolderFlag): Promise<void> {
  const entry = findEntry(name!);
  const folder = folderOf(entry, flags.to);
  const show = flags.quiet || flags.json ? undefined : progressLine(process.stderr);
  const interrupt = onInterrupt("Stopping; the same command goes on where this one ends. Ctrl-C again leaves at once.");
  try {
    const got = await getSet(entry, {
      folder,
      mirror: process.env["SPECTRAI_MIRROR"],
      signal: interrupt.signal,
      ...(show ? { progress: show.report } : {}),
    });
    show?.end();
    const config = configOf(entry, flags.to);
    printResult(
      flags,
      { set: entry.name, ...got, licence: entry.licence, citation: entry.citation, config: config ?? null },
      () =>
        [
          got.fetched.length === 0 ? `${entry.title} is in ${folder} already.` : `${entry.title} is in ${folder}:`,
          ...got.fetched.map((f) => `  ${f.name}  ${size(f.bytes)}  sha256 ${f.sha256}`),
          `Licence: ${entry.licence}. Cite: ${entry.citation}`,
          ...(config ? ["", yaml(config)] : []),
        ].join("\n"),
    );
  } finally {
    show?.end();
    interrupt.stop();
  }
}

/** Rate and time left: one line rewritten on a terminal, a line every ten seconds in a log. */
function progressLine(stream: NodeJS.WriteStream): {
  report(file: string, received: number, total: number | undefined): void;
  end(): void;
} {
  const live = stream.isTTY;
  let current = "";
  let began = 0;
  let from = 0;
  let shown = 0;
  let open = false;
  return {
    report(file, received, total) {
      const now = performance.now();
      if (file !== current) [current, began, from, shown] = [file, now, received, live ? 0 : now];
      if (now - shown < (live ? 100 : 10_000)) return;
      shown = now;
      const seconds = (now - began) / 1000;
      const rate = (received - from) / Math.max(seconds, 1e-3);
      const of = total === undefined ? "" : ` of ${size(total)}`;
      const left = total === undefined || rate <= 0 ? "" : ` · ${duration((total - received) / rate)} left`;
      const text = `${file} · ${size(received)}${of} · ${size(rate)}/s${left}`;
      open = live;
      stream.write(live ? `\r\x1b[2K${text.slice(0, (stream.columns ?? 80) - 1)}` : `${text}\n`);
    },
    end() {
      if (open) stream.write("\r\x1b[2K");
      open = false;
    },
  };
}

export async function simulate([file]: readonly string[], flags: SimulateFlags): Promise<void> {
  const start = performance.now();
  const image = Number(flags.image);
  if (!Number.isInteger(image) || image < 0)
    throw new SpectraiError("SPECTRAI_USAGE", `--image ${flags.image}: takes the number of an image, from 0.`);
  const given = (flags.set ?? [])
    .map(parseSetting)
    .reduce<JsonObject>((options, { path, value }) => setPath(options, path, value), {});
  const options = checkOptions(hyperspectralSceneSchema, given, "");
  const path = resolve(file!);
  if (!flags.force && (await stat(path).catch(() => undefined)))
    throw new SpectraiError("SPECTRAI_FILE_UNWRITABLE", `${file} is already there; --force replaces it.`);
  const live = process.stderr.isTTY && !flags.quiet && !flags.json;
  const progress = (rows: number): void => {
    if (live) process.stderr.write(rows < options.height ? `\r\x1b[2K${rows} of ${options.height} rows` : "\r\x1b[2K");
  };
  const written = await withDatasets(() => writeScene(path, options, { image, progress }));
  const seconds = (performance.now() - start) / 1000;
  const { height, width, bands, materials, seed } = options;
  printResult(flags, { ...written, height, width, bands, classes: materials, seed, seconds }, () =>
    [
      `Wrote ${written.image}: ${height} × ${width} pixels × ${bands} bands, ${size(written.bytes)}, in ${duration(seconds)}.`,
      `Labels: ${written.labels}`,
    ].join("\n"),
  );
}
