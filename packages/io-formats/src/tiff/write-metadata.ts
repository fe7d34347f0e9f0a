import type { AxisUnit, ImageHeader, JsonValue } from "@spectrai/core";
import { placed } from "./spectral.ts";
import { escapeXml } from "./xml.ts";

const unitNames: Readonly<Record<AxisUnit, string>> = {
  nm: "Nanometers",
  um: "Micrometers",
  "cm-1": "cm-1",
  eV: "eV",
  index: "",
};

/** GDAL's metadata: of each band its wavelength, or the class it stands for; of a label image its classes; the attributes. */
export function gdalMetadata({ axis, bands, classes, attributes = {} }: ImageHeader): string | undefined {
  const items: string[] = [];
  const item = (name: string, text: string, more = ""): void =>
    void items.push(`  <Item name="${escapeXml(name)}"${more}>${escapeXml(text)}</Item>`);
  for (const [name, value] of Object.entries(attributes))
    if (!placed.test(name))
      item(name, typeof value === "object" ? JSON.stringify(value) : String(value satisfies JsonValue));
  if (classes && bands === undefined) for (const [k, { name }] of classes.entries()) item(`class_${k}`, name);
  if (axis && axis.unit !== "index" && axis.values.length === bands)
    for (const [b, value] of axis.values.entries()) {
      item("wavelength", String(value), ` sample="${b}"`);
      item("wavelength_units", unitNames[axis.unit], ` sample="${b}"`);
    }
  if (classes && classes.length === bands)
    for (const [b, { name }] of classes.entries()) item("DESCRIPTION", name, ` sample="${b}" role="description"`);
  return items.length > 0 ? `<GDALMetadata>\n${items.join("\n")}\n</GDALMetadata>\n` : undefined;
}
