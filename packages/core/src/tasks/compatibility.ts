/**
 * Which combinations of task, data and components make sense, and for the others why not. The command line's error and
 * the greyed-out option of a form print the sentence that is made here.
 */
import type { Component } from "../component.ts";
import type { Kind } from "../contracts/kinds.ts";
import type { DataKind, TargetSpec } from "../contracts/sample.ts";
import type { Task } from "../contracts/task.ts";
import { anyOf, dataWords, unsuitableTarget } from "./sentences.ts";

export interface NamedTask {
  readonly name: string;
  readonly task: Pick<Task, "data" | "targets" | "reasons">;
}

/** What of a component decides whether it is suitable. */
export type SupportedComponent = Pick<Component, "kind" | "name" | "supports">;

/** What the task is to be combined with; what is left out is not looked at. */
export interface Combination {
  readonly data?: DataKind;
  readonly target?: TargetSpec["kind"];
  readonly component?: SupportedComponent;
}

/** Why a combination makes no sense, in one sentence; undefined where it does. */
export function explainUnsuitable({ name, task }: NamedTask, combination: Combination): string | undefined {
  const { data, target, component } = combination;
  if (data !== undefined && !task.data.includes(data))
    return (
      task.reasons[data] ??
      `The task "${name}" is for ${anyOf(task.data.map((d) => dataWords[d]))}, not for ${dataWords[data]}.`
    );
  if (target !== undefined && !task.targets.includes(target)) return unsuitableTarget(name, task.targets, target);
  if (!component) return undefined;
  const { tasks: forTasks, data: forData } = component.supports ?? {};
  const who = `The ${component.kind} "${component.name}"`;
  if (forTasks && !forTasks.includes(name)) return `${who} is for ${anyOf(forTasks)}, not for ${name}.`;
  if (data !== undefined && forData && !forData.includes(data))
    return `${who} is for ${anyOf(forData.map((d) => dataWords[d]))}, not for ${dataWords[data]}.`;
  return undefined;
}

export interface Compatibility {
  readonly task: string;
  readonly data: DataKind;
  readonly kind: Kind;
  readonly name: string;
  /** Why not; absent where the combination makes sense. */
  readonly reason?: string;
}

export const dataKinds: readonly DataKind[] = ["spectrum", "cube"];

/** Every task × kind of data × component, for the docs and for forms. */
export const compatibilityMatrix = (
  tasks: readonly NamedTask[],
  components: readonly SupportedComponent[],
): Compatibility[] =>
  tasks.flatMap((task) =>
    dataKinds.flatMap((data) =>
      components.map((component) => {
        const reason = explainUnsuitable(task, { data, component });
        const { kind, name } = component;
        return { task: task.name, data, kind, name, ...(reason === undefined ? {} : { reason }) };
      }),
    ),
  );
