/** Shannon entropy of a text, in bits per character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const c of text) counts.set(c, (counts.get(c) ?? 0) + 1);
  let sum = 0;
  for (const count of counts.values()) sum += count * Math.log2(count);
  return text.length ? Math.log2(text.length) - sum / text.length : 0;
}

/**
 * How random a text looks, from 0 to 1: its entropy over the entropy that a random text of its length and alphabet has
 * on average. A plain floor cannot serve both 12 characters (3.3 bits when random) and 64 (5.2 bits): at 3.5 bits it
 * loses two thirds of the random texts of 12.
 */
export function randomness(text: string): number {
  const expected = expectedEntropy(text.length, alphabetSize(text));
  return expected ? Math.min(1, entropy(text) / expected) : 0;
}

/** Size of the smallest usual alphabet that holds the text. */
export function alphabetSize(text: string): number {
  if (/^[0-9]*$/.test(text)) return 10;
  if (/^(?:[0-9a-f]*|[0-9A-F]*)$/.test(text)) return 16;
  if (/^(?:[a-z]*|[A-Z]*)$/.test(text)) return 26;
  if (/^[A-Z2-7]*$/.test(text)) return 32;
  if (/^(?:[a-z0-9]*|[A-Z0-9]*)$/.test(text)) return 36;
  if (/^[A-Za-z]*$/.test(text)) return 52;
  if (/^[A-Za-z0-9]*$/.test(text)) return 62;
  if (/^[\w+/=.-]*$/.test(text)) return 64;
  return 94;
}

const expectations = new Map<number, number>();

/**
 * Mean entropy of `length` characters drawn from `size` at random:
 * log2(n) - size/n * sum over c of Binomial(n, 1/size)(c) * c * log2(c).
 */
function expectedEntropy(length: number, size: number): number {
  const n = Math.min(length, 4096);
  const key = n * 128 + size;
  const known = expectations.get(key);
  if (known !== undefined) return known;
  const p = 1 / size;
  let probability = (1 - p) ** n;
  let sum = 0;
  for (let c = 1; c <= n; c++) {
    probability *= ((n - c + 1) / c) * (p / (1 - p));
    sum += probability * c * Math.log2(c);
    if (c > n * p && probability < 1e-12) break;
  }
  const mean = n ? Math.log2(n) - (size / n) * sum : 0;
  expectations.set(key, mean);
  return mean;
}
