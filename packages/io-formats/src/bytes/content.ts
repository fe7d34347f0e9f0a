import type { FileContent, NdArray } from "@spectrai/core";

export interface ContentParts {
  readonly arrays: readonly (readonly [name: string, array: NdArray])[];
  readonly texts: readonly (readonly [name: string, text: string | readonly string[]])[];
}

/** What a file of named variables holds: the variables, and under names of our own the axis, the ids, the classes and the attributes. */
export function contentParts({ variables, axis, ids, classes, attributes }: FileContent): ContentParts {
  const arrays = Object.entries(variables);
  const texts: [string, string | readonly string[]][] = [];
  if (axis) {
    arrays.push(["axis", { data: axis.values, shape: [axis.values.length], dtype: "float64" }]);
    texts.push(["axis_unit", axis.unit], ["axis_name", axis.name]);
  }
  if (ids) texts.push(["ids", ids]);
  if (classes && classes.length > 0) texts.push(["class_names", classes.map((c) => c.name)]);
  if (attributes && Object.keys(attributes).length > 0) texts.push(["attributes", JSON.stringify(attributes)]);
  // A variable of the caller's that has one of these names is the one that counts.
  const taken = new Set(Object.keys(variables));
  const first = arrays.length - (axis ? 1 : 0);
  return {
    arrays: arrays.filter(([name], i) => i < first || !taken.has(name)),
    texts: texts.filter(([name]) => !taken.has(name)),
  };
}
