/** Endings of raw files, in the order in which they are looked for. */
export const rawEndings: readonly string[] = [".dat", ".img", ".raw", ".bsq", ".bil", ".bip", ".sli", ".cube", ".lib"];
