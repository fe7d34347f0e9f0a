/** The two files of an ENVI image: whichever is opened, the other is looked for beside it. */
import { type ByteSource, rawEndings, SpectraiError } from "@spectrai/core";
import { damaged, unsupported } from "../bytes/errors.ts";
import { readHead } from "../bytes/source.ts";
import { readZip } from "../npy/zip.ts";
import { type EnviHeader, isEnviHeader, readEnviHeader } from "./header.ts";
import { type Layout, layoutOf } from "./layout.ts";

export interface EnviFiles {
  readonly header: EnviHeader;
  readonly layout: Layout;
  readonly data: ByteSource;
  /** Closes what was opened beside the source. */
  readonly close: () => Promise<void>;
}

const baseName = (source: ByteSource): string => source.name.split(/[\\/]/).at(-1)!;
const withoutEnding = (name: string): string => name.replace(/\.[^.]*$/, "");
const isHeaderName = (name: string): boolean => /\.hdr$/i.test(name);
const isZipName = (name: string): boolean => /\.zip$/i.test(name);

/** Whether a file is an ENVI header, the raw file of one, or an archive of both. */
export async function claimsEnvi(source: ByteSource): Promise<boolean> {
  const name = baseName(source);
  if (isHeaderName(name)) return isEnviHeader(await readHead(source, 8));
  if (isZipName(name)) return (await zippedHeaders(source).catch(() => [])).length > 0;
  const header = await headerBeside(source);
  await header?.close?.();
  return header !== undefined;
}

/** @throws SPECTRAI_FILE_NOT_FOUND, SPECTRAI_FILE_DAMAGED, SPECTRAI_FILE_UNSUPPORTED */
export async function findEnviFiles(source: ByteSource): Promise<EnviFiles> {
  if (isZipName(baseName(source))) return findEnviFiles(await zippedHeader(source));
  if (isHeaderName(baseName(source))) {
    const header = await readEnviHeader(source);
    const layout = layoutOf(header);
    const data = await rawBeside(source, layout);
    return checked({ header, layout, data, close: async () => data.close?.() });
  }
  const beside = await headerBeside(source);
  if (!beside)
    throw new SpectraiError(
      "SPECTRAI_FILE_NOT_FOUND",
      `${source.name} is raw data without an ENVI header beside it: there is no ${headerNames(baseName(source)).join(" or ")}; put it there.`,
      { details: { file: source.name } },
    );
  try {
    const header = await readEnviHeader(beside);
    return await checked({ header, layout: layoutOf(header), data: source, close: () => Promise.resolve() });
  } finally {
    await beside.close?.();
  }
}

/** The file must be exactly as large as the header says: otherwise the header is another file's, or wrong. */
async function checked(files: EnviFiles): Promise<EnviFiles> {
  const { header, layout, data } = files;
  if (data.size === layout.size) return files;
  await files.close();
  const { lines, samples, bands, typeName, offset } = layout;
  throw damaged(
    data.name,
    `by its header ${header.file} (${lines} lines × ${samples} samples × ${bands} bands of ${typeName}${offset > 0 ? ` behind ${offset} bytes` : ""}) it should have ${layout.size} bytes, but it has ${data.size}; mend the header where it is wrong`,
  );
}

const headerNames = (name: string): string[] => [...new Set([`${name}.hdr`, `${withoutEnding(name)}.hdr`])];

async function headerBeside(source: ByteSource): Promise<ByteSource | undefined> {
  for (const name of headerNames(baseName(source)))
    for (const spelling of [name, name.replace(/\.hdr$/, ".HDR")]) {
      const found = await source.sibling?.(spelling);
      if (!found) continue;
      if (isEnviHeader(await readHead(found, 8))) return found;
      await found.close?.();
    }
  return undefined;
}

/** The first raw file that has the size; a file of another size only where there is no better one. */
async function rawBeside(source: ByteSource, layout: Layout): Promise<ByteSource> {
  const stem = withoutEnding(baseName(source));
  const endings = new Set(["", `.${layout.interleave}`, ...rawEndings]);
  let other: ByteSource | undefined;
  for (const ending of endings)
    for (const spelling of new Set([ending, ending.toUpperCase()])) {
      const found = await source.sibling?.(stem + spelling);
      if (!found) continue;
      if (found.size === layout.size) {
        await other?.close?.();
        return found;
      }
      if (other) await found.close?.();
      else other = found;
    }
  if (other) return other;
  throw new SpectraiError(
    "SPECTRAI_FILE_NOT_FOUND",
    `${source.name} is an ENVI header without its raw file: beside it there is none of ${stem}, ${[...endings]
      .slice(1)
      .map((e) => stem + e)
      .join(", ")}; put it there.`,
    { details: { file: source.name } },
  );
}

const zippedHeaders = async (archive: ByteSource): Promise<string[]> =>
  (await readZip(archive))
    .map((m) => m.name)
    .filter((name) => isHeaderName(name) && !/(^|\/)(__MACOSX\/|\.)/.test(name));

/** The header in an archive, with the archive's other members beside it. */
async function zippedHeader(archive: ByteSource): Promise<ByteSource> {
  const [name, ...others] = await zippedHeaders(archive);
  if (name === undefined)
    throw unsupported(
      archive.name,
      "it is an archive without an ENVI header (.hdr); unpack it and open what is inside",
    );
  if (others.length > 0)
    throw unsupported(archive.name, `it holds ${others.length + 1} ENVI headers; unpack it and open one of them`);
  const members = await readZip(archive);
  const load = async (path: string): Promise<ByteSource | undefined> => {
    const source = await members.find((m) => m.name === path)?.load();
    return source && { ...source, name: `${archive.name}/${path}` };
  };
  const folder = name.slice(0, name.lastIndexOf("/") + 1);
  return { ...(await load(name))!, sibling: (file) => load(folder + file) };
}
