import type { OutputSpec } from "../contracts/model.ts";
import type { TargetSpec } from "../contracts/sample.ts";
import type { Task } from "../contracts/task.ts";
import { SpectraiError } from "../errors.ts";
import { unsuitableTarget } from "./sentences.ts";

type TargetOf<K extends TargetSpec["kind"]> = Extract<TargetSpec, { readonly kind: K }>;

const isKind = <K extends TargetSpec["kind"]>(target: TargetSpec, kind: K): target is TargetOf<K> =>
  target.kind === kind;

/**
 * The `targets` and `output` of a task that learns from one kind of target.
 *
 * `output` throws SPECTRAI_TASK_UNSUITABLE for any other kind.
 */
export const learnsFrom = <K extends TargetSpec["kind"]>(
  name: string,
  kind: K,
  output: (target: TargetOf<K>) => OutputSpec,
): Pick<Task, "targets" | "output"> => ({
  targets: [kind],
  output(target) {
    if (!isKind(target, kind))
      throw new SpectraiError("SPECTRAI_TASK_UNSUITABLE", unsuitableTarget(name, [kind], target.kind));
    return output(target);
  },
});
