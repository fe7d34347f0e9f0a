import { formatBytes } from "../format.ts";
import { markup, type Markup } from "../markup.ts";
import type { ConfigEntry, ReportData, Setting } from "../report-data.ts";

/** The resolved config by its sections, each value with where it came from. Works without a script: the filter is a checkbox and CSS. */
export function configMarkup({ config = [] }: ReportData): Markup | undefined {
  if (config.length === 0) return undefined;
  const groups = new Map<string, ConfigEntry[]>();
  for (const entry of config) {
    const name = entry.path.split(/[.[]/)[0] ?? "";
    groups.set(name, [...(groups.get(name) ?? []), entry]);
  }
  const set = config.filter((e) => !isDefault(e)).length;
  return markup`<div class="config"><input type="checkbox" id="only-set"><label for="only-set">Only what was set (${set} of ${config.length})</label>${[
    ...groups,
  ].map(
    ([name, entries]) =>
      markup`<div class="table${entries.every(isDefault) && " all-default"}"><table><caption>${name}</caption><thead class="hidden"><tr><th scope="col">Option</th><th scope="col">Value</th><th scope="col">From</th></tr></thead><tbody>${entries.map(row)}</tbody></table></div>`,
  )}</div>`;
}

/** Nobody asked for it: a default of the option, or of the task. */
const isDefault = ({ from }: ConfigEntry): boolean => from === "default" || from === "task";

const row = (entry: ConfigEntry): Markup => {
  const { path, value, from, where } = entry;
  return markup`<tr${isDefault(entry) && markup` class="default"`}><th scope="row"><code>${path}</code></th><td><code>${settingText(value)}</code></td><td><span class="badge">${from}</span>${where && ` ${where}`}</td></tr>`;
};

const settingText = (value: Setting): string =>
  typeof value === "string" && value !== "" ? value : JSON.stringify(value);

/** Files of the run and versions of the packages, side by side. */
export function filesMarkup({ files = [], versions = {} }: ReportData): Markup | undefined {
  const packages = Object.entries(versions);
  if (files.length === 0 && packages.length === 0) return undefined;
  const fileTable =
    files.length > 0 &&
    markup`<div class="table"><table><caption>Files</caption><thead><tr><th scope="col">Name</th><th scope="col">Content</th><th scope="col" class="number">Size</th></tr></thead><tbody>${files.map(
      (f) =>
        markup`<tr><th scope="row"><code>${f.name}</code></th><td>${f.about}</td><td class="number">${f.bytes !== undefined && formatBytes(f.bytes)}</td></tr>`,
    )}</tbody></table></div>`;
  const versionTable =
    packages.length > 0 &&
    markup`<div class="table"><table><caption>Versions</caption><thead><tr><th scope="col">Package</th><th scope="col">Version</th></tr></thead><tbody>${packages.map(
      ([name, version]) => markup`<tr><th scope="row"><code>${name}</code></th><td>${version}</td></tr>`,
    )}</tbody></table></div>`;
  return markup`<div class="columns">${fileTable}${versionTable}</div>`;
}
