/** Links inside HDF5 files: followed only where they stay in the file. */
import type { Dataset, Group } from "h5wasm";

const mostLinks = 16;

/** Where a group or dataset is in the file, whatever link led to it. */
export const addressOf = (item: Group | Dataset): string => String(item.create_reference().ref_data);

/** Whether values of a dataset lie in other files. */
export const liesElsewhere = ({ metadata }: Dataset): boolean =>
  metadata.virtual_sources?.some((part) => part.file_name !== "." && part.file_name !== "") ?? false;

/**
 * Why what is at a path is not read: a link, or a link to a link, leads into another file or nowhere. Nothing is opened, as
 * getting the item would do with the other file.
 *
 * @param path - from the root, such as `/scan/cube`
 */
export function linkedAway(root: Group, path: string, followed = 0): string | undefined {
  if (followed > mostLinks) return "a link that leads in a circle";
  const names = path.split("/").filter((name) => name !== "" && name !== ".");
  let at = "";
  for (const [i, name] of names.entries()) {
    const folder = at;
    at += `/${name}`;
    let target: string | null;
    try {
      if (root.get_external_link(at).filename !== undefined) return "a link to another file, which is not followed";
      target = root.get_link(at);
    } catch {
      return "a link that leads nowhere";
    }
    if (target === null) continue;
    const start = target.startsWith("/") ? target : `${folder}/${target}`;
    return linkedAway(root, [start, ...names.slice(i + 1)].join("/"), followed + 1);
  }
  return undefined;
}
