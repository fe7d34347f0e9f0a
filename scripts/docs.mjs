/** The API reference, from the sources' comments; a comment that typedoc cannot follow is an error. */
import { join } from "node:path";
import { root, run } from "./setup.mjs";

process.exit(
  run(
    process.execPath,
    [join(root, "docs", "node_modules", "typedoc", "bin", "typedoc"), "--options", join(root, "docs", "typedoc.json")],
    { quiet: true },
  )
    ? 0
    : 1,
);
