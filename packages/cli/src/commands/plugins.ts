import { findConfig } from "../config-file.ts";
import { printResult } from "../console.ts";
import { type CommonOptions, openConfig } from "../open-config.ts";
import { table } from "../table.ts";

export async function run(_: readonly string[], flags: CommonOptions): Promise<void> {
  const { bench } = await openConfig(await findConfig(flags.config), flags);
  const plugins = bench.registry.plugins.map((p) => ({
    name: p.name,
    version: p.version,
    core: p.core,
    components: p.components.map((c) => ({ kind: c.kind, name: c.name, summary: c.summary })),
  }));
  printResult(flags, { plugins }, () =>
    plugins
      .map(
        (p) =>
          `${p.name} ${p.version}\n${table(
            ["kind", "name", "summary"],
            p.components.map((c) => [c.kind, c.name, c.summary]),
          )}`,
      )
      .join("\n\n"),
  );
  await bench.services.dispose();
}
