/** Marks pixels without a label. */
export const unlabelled = -1;
