/** The finishing steps of MurmurHash3 (A. Appleby, public domain): every bit of the word moves every bit of the result. */
function mix(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * Independent standard normal numbers named by a key and two coordinates, whatever was asked for before: xoshiro128** (D.
 * Blackman, S. Vigna, ACM Trans. Math. Softw. 47 (2021) 36) from a state that is hashed of them, then Box and Muller.
 */
export function fillNormals(out: Float64Array, key: number, y: number, x: number): void {
  let a = mix(key ^ mix(y + 0x9e3779b9) ^ Math.imul(mix(x + 0x7f4a7c15), 0x2545f491));
  let b = mix(a + 0x9e3779b9) ^ x;
  let c = mix(b + 0x85ebca6b) ^ y;
  let d = mix(c + 0xc2b2ae35) | 1; // not all four may be 0
  let first = 0;
  const words = out.length + (out.length & 1);
  for (let i = 0; i < words; i++) {
    const five = Math.imul(b, 5);
    const word = Math.imul((five << 7) | (five >>> 25), 9);
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    // Uniform in (0, 1), the middles of 2³² equal intervals.
    const u = ((word >>> 0) + 0.5) / 4294967296;
    if ((i & 1) === 0) first = u;
    else {
      const r = Math.sqrt(-2 * Math.log(first));
      const angle = 2 * Math.PI * u;
      out[i - 1] = r * Math.cos(angle);
      if (i < out.length) out[i] = r * Math.sin(angle);
    }
  }
}
