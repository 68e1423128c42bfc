/* Random numbers by counting: number k of a stream is a hash of its place, so NumPy repeats them in a few lines. */

const GOLDEN = 0x9e3779b9; // 2^32 over the golden ratio: neighboring places land far apart

function hash(x) {
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/** n numbers, uniform between 0 and 1 and never either. */
export function uniforms(n, seed, stream) {
  const key = hash(Math.imul(seed, GOLDEN) + stream);
  return Float64Array.from({ length: n }, (_, k) => (hash(key + Math.imul(k, GOLDEN)) + 0.5) / 2 ** 32);
}

/** n numbers from N(0, 1), by Box and Muller. */
export function normals(n, seed, stream) {
  const u = uniforms(2 * n, seed, stream);
  return Float64Array.from({ length: n }, (_, k) => Math.sqrt(-2 * Math.log(u[k])) * Math.cos(2 * Math.PI * u[n + k]));
}

/** n numbers from N(0, 1) without those beyond 2, as Keras truncates. */
export function truncated(n, seed, stream) {
  return normals(2 * n + 32, seed, stream)
    .filter((z) => Math.abs(z) < 2)
    .slice(0, n);
}

/** The numbers 0 to n - 1 in random order. */
export function permutation(n, seed, stream) {
  const u = uniforms(n, seed, stream);
  return Uint32Array.from(u.keys()).sort((a, b) => u[a] - u[b]);
}
