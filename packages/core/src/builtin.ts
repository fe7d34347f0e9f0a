import { definePlugin, type Plugin } from "./component.ts";
import { optimizers } from "./optimizers/index.ts";
import { schedules } from "./schedules/index.ts";
import { splitters } from "./splitters/index.ts";
import { tasks } from "./tasks/index.ts";
import { coreVersion } from "./version.ts";

/** What every run needs: tasks, splitters, optimizers and schedules. Always loaded, first. */
export const corePlugin: Plugin = definePlugin({
  name: "@spectrai/core",
  version: coreVersion,
  core: `>=${coreVersion} <1`,
  components: [...tasks, ...splitters, ...optimizers, ...schedules],
});
