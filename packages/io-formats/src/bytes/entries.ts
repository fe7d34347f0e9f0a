import {
  type Axis,
  axisUnits,
  type AxisUnit,
  type DataFile,
  type JsonObject,
  makeAxis,
  type NdArray,
  type Region,
  toFloat64,
  type VariableInfo,
} from "@spectrai/core";
import { noVariable, unsupported } from "./errors.ts";

/** A variable and how to get at it; what an entry cannot give, it does not have. */
export interface Entry {
  readonly info: VariableInfo;
  readonly read?: (region?: Region) => Promise<NdArray>;
  readonly readText?: () => Promise<string[]>;
  /** Why a variable of kind `other` cannot be read, to complete "… cannot be read: ". */
  readonly why?: string;
}

export interface FileParts {
  readonly entries: readonly Entry[];
  readonly axis?: Axis;
  readonly noData?: number;
  readonly attributes?: JsonObject;
  readonly close?: () => Promise<void>;
}

/** A DataFile over a list of entries; of two with one name the later counts. */
export async function dataFile(file: string, parts: FileParts): Promise<DataFile> {
  const byName = new Map(parts.entries.map((e) => [e.info.name, e]));
  const entries = [...byName.values()];
  const find = (variable: string, method: "read" | "readText", wanted: string): Entry => {
    const entry = byName.get(variable);
    if (entry?.[method]) return entry;
    if (entry?.why) throw unsupported(file, `variable "${variable}" is ${entry.why}`);
    throw noVariable(
      file,
      variable,
      wanted,
      entries.filter((e) => e[method]).map((e) => e.info.name),
    );
  };
  const axis = parts.axis ?? (await namedAxis(byName));
  return {
    variables: entries.map((e) => e.info),
    ...(axis ? { axis } : {}),
    ...(parts.noData === undefined ? {} : { noData: parts.noData }),
    attributes: parts.attributes ?? {},
    read: async (variable, region) => find(variable, "read", "numeric").read!(region),
    readText: async (variable) => find(variable, "readText", "text").readText!(),
    close: parts.close ?? (() => Promise.resolve()),
  };
}

/** The axis as our own writers leave it: a vector `axis` beside a text `axis_unit` (and `axis_name`). */
async function namedAxis(entries: ReadonlyMap<string, Entry>): Promise<Axis | undefined> {
  const values = entries.get("axis");
  const unit = entries.get("axis_unit");
  if (!values?.read || !unit?.readText || values.info.shape.filter((d) => d > 1).length > 1) return undefined;
  const [unitName] = await unit.readText();
  if (!axisUnits.includes(unitName as AxisUnit)) return undefined;
  const name = (await entries.get("axis_name")?.readText?.())?.[0];
  return makeAxis(toFloat64((await values.read()).data), unitName as AxisUnit, name);
}
