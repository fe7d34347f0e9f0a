/** The prime factors of a whole number from 1 on, smallest first: 12 → 2, 2, 3. Scales are raised one by one. */
export function primeFactors(n: number): number[] {
  const factors: number[] = [];
  for (let p = 2; n > 1; p++)
    while (n % p === 0) {
      factors.push(p);
      n /= p;
    }
  return factors;
}
