/** A function of few different arguments, of which every result is kept: kernels are ordered by the hundred in each step. */
export function remembered<A extends readonly (string | boolean)[], R>(make: (...args: A) => R): (...args: A) => R {
  const known = new Map<string, R>();
  return (...args) => {
    const key = args.join(" ");
    let result = known.get(key);
    if (result === undefined) known.set(key, (result = make(...args)));
    return result;
  };
}
