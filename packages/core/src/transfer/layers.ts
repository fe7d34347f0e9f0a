/** The layer of a parameter: its name without the last part; a name of one part is a layer of its own. */
export const layerOf = (name: string): string => (name.includes(".") ? name.slice(0, name.lastIndexOf(".")) : name);

/** Whether a dotted name lies under one of the prefixes: `fc` covers `fc` and `fc.weight`, not `fc2.weight`. */
export const isUnder = (name: string, prefixes: readonly string[]): boolean =>
  prefixes.some((p) => name === p || name.startsWith(`${p}.`));

/** The layers of some parameters, in the order a network makes them, from its input to its output. */
export const layersInOrder = (names: readonly string[]): readonly string[] => [...new Set(names.map(layerOf))];
