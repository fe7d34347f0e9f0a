import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import {
  type Component,
  decodeModelFile,
  describeStart,
  inputJsonSchema,
  isObject,
  type JsonObject,
  nearest,
  SpectraiError,
  services as tokens,
} from "@spectrai/core";
import { findConfig } from "../config-file.ts";
import { printResult } from "../console.ts";
import { type CommonOptions, openConfig } from "../open-config.ts";
import { figure, table } from "../table.ts";

export async function run([subject]: readonly string[], flags: CommonOptions): Promise<void> {
  const isPath = (await stat(resolve(subject!)).catch(() => undefined))?.isFile() ?? false;
  if (isPath && subject!.endsWith(".safetensors")) return modelInfo(subject!, flags);
  const { bench } = await openConfig(await findConfig(flags.config), flags);
  try {
    if (isPath || /[./\\]/.test(subject!)) {
      const file = await bench.services
        .get(tokens.formats)
        .open(await bench.services.get(tokens.files).open(resolve(subject!)));
      const axis = file.axis && {
        unit: file.axis.unit,
        first: file.axis.values[0]!,
        last: file.axis.values.at(-1)!,
        points: file.axis.values.length,
      };
      printResult(
        flags,
        { file: subject, variables: file.variables, axis: axis ?? null, attributes: file.attributes },
        () =>
          [
            table(
              ["variable", "kind", "type", "shape"],
              file.variables.map((v) => [v.name, v.kind, v.dtype, v.shape.join(" × ")]),
            ),
            axis
              ? `Axis: ${axis.points} points, ${figure(axis.first)} to ${figure(axis.last)} ${axis.unit}`
              : "No spectral axis in the file.",
          ].join("\n"),
      );
      await file.close();
      return;
    }
    const all = bench.registry
      .kinds()
      .flatMap((kind) => bench.registry.list(kind).map((r) => r.component as Component));
    const found = all.filter((c) => c.name === subject || `${c.kind}/${c.name}` === subject);
    if (found.length === 0) {
      const near = nearest(
        subject!,
        all.map((c) => c.name),
      );
      throw new SpectraiError(
        "SPECTRAI_COMPONENT_UNKNOWN",
        `info ${subject}: there is no such component among the config's plugins, and no such file.${near ? ` Did you mean "${near}"?` : ""}`,
      );
    }
    printResult(
      flags,
      found.map((c) => ({
        kind: c.kind,
        name: c.name,
        summary: c.summary,
        supports: c.supports ?? null,
        reference: c.reference ?? null,
        options: inputJsonSchema(c.schema),
      })),
      () => found.map(describe).join("\n\n"),
    );
  } finally {
    await bench.services.dispose();
  }
}

/** A component's page: what it is and every option with its default, bounds and unit. */
function describe(component: Component): string {
  const schema = inputJsonSchema(component.schema);
  const options = isObject(schema["properties"]) ? Object.entries(schema["properties"]) : [];
  const rows = options.map(([name, value]) => {
    const o = isObject(value) ? value : {};
    return [
      name,
      typeOf(o),
      o["default"] === undefined ? "required" : JSON.stringify(o["default"]),
      typeof o["unit"] === "string" ? o["unit"] : "",
      typeof o["description"] === "string" ? o["description"] : "",
    ];
  });
  return [
    `${component.kind}/${component.name}: ${component.summary}`,
    ...(component.reference ? [`Source: ${component.reference}`] : []),
    ...(component.supports?.tasks ? [`Tasks: ${component.supports.tasks.join(", ")}`] : []),
    ...(component.supports?.data ? [`Data: ${component.supports.data.join(", ")}`] : []),
    rows.length > 0 ? table(["option", "type", "default", "unit", "meaning"], rows) : "No options.",
  ].join("\n");
}

function typeOf(o: JsonObject): string {
  if (Array.isArray(o["enum"])) return (o["enum"] as unknown[]).join("|");
  if (Array.isArray(o["anyOf"]))
    return (o["anyOf"] as unknown[]).map((a) => (isObject(a) ? typeOf(a) : "?")).join(" or ");
  if (o["const"] !== undefined) return JSON.stringify(o["const"]);
  const low = o["minimum"] ?? o["exclusiveMinimum"];
  const high = o["maximum"] ?? o["exclusiveMaximum"];
  // What JSON Schema says of "any whole number" are the ends of the safe integers.
  const bound = (n: unknown): n is number => typeof n === "number" && Math.abs(n) < Number.MAX_SAFE_INTEGER;
  const limits = [
    bound(low) ? `${o["minimum"] === undefined ? ">" : "≥"} ${low}` : "",
    bound(high) ? `${o["maximum"] === undefined ? "<" : "≤"} ${high}` : "",
  ]
    .filter(Boolean)
    .join(", ");
  return `${typeof o["type"] === "string" ? o["type"] : "value"}${limits ? ` ${limits}` : ""}`;
}

async function modelInfo(path: string, flags: CommonOptions): Promise<void> {
  const { card, parameters } = decodeModelFile(new Uint8Array(await readFile(path)), path);
  const names = Object.keys(parameters);
  const layers = [...new Set(names.map((n) => n.replace(/\.[^.]*$/, "")))];
  const { axis, inputAxis, ...rest } = card;
  const shorten = ({ unit, values }: typeof axis): object => ({
    unit,
    points: values.length,
    first: values[0] ?? null,
    last: values.at(-1) ?? null,
  });
  const object = { file: path, ...rest, inputAxis: shorten(inputAxis), axis: shorten(axis), parameters: names };
  printResult(flags, object, () =>
    [
      `${path}: ${card.model.ref["name"] as string} for ${card.task}, ${card.model.parameters.toLocaleString("en")} parameters (${card.model.plugin})`,
      `Input: [${card.model.spec.input.join(", ")}] on ${inputAxis.values.length} points, ${figure(inputAxis.values[0] ?? 0)} to ${figure(inputAxis.values.at(-1) ?? 0)} ${inputAxis.unit}`,
      `Preprocessing: ${card.preprocess.map((p) => p.ref["name"] as string).join(", ") || "none"}`,
      ...(card.start ? [`Training ${describeStart(card.start)}`] : []),
      `Layers: ${layers.join(", ")}`,
      `Split: ${JSON.stringify(card.split)}`,
      `Made with: ${Object.entries(card.versions)
        .map(([n, v]) => `${n} ${v}`)
        .join(", ")}`,
    ].join("\n"),
  );
}
