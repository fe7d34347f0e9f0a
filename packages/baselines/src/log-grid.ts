/** 1 and 3 times each power of ten between `low` and `high`. */
export function logGrid(low: number, high: number): number[] {
  const grid: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const digit of [1, 3]) {
      const value = Number(`${digit}e${power}`);
      if (value >= low && value <= high) grid.push(value);
    }
  }
  return grid;
}
