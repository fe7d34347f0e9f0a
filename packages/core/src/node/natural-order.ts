const collator = new Intl.Collator("en", { numeric: true });

/** Compares names as people do: 2 before 10. Equal ranks are told apart by code unit, so that the order is total. */
export const naturalOrder = (a: string, b: string): number => collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
