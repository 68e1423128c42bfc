/* First weights, each kernel (nIn, nOut) drawn by itself; Keras' rules. */

import { normals, truncated, uniforms } from "./random.js";

const TRUNCATED = 0.8796256610342398; // deviation of N(0, 1) cut off at 2: Keras divides by it

const uniform = (limit) => (n, seed, stream) => uniforms(n, seed, stream).map((u) => limit * (2 * u - 1));
const normal = (deviation) => (n, seed, stream) => {
  return truncated(n, seed, stream).map((z) => (deviation / TRUNCATED) * z);
};

/** Rows orthonormal (or columns, if there are fewer): Gram and Schmidt on normal draws, which is QR with a positive R. */
function orthogonal(nIn, nOut, seed, stream) {
  const [long, short] = [Math.max(nIn, nOut), Math.min(nIn, nOut)];
  const draws = normals(long * short, seed, stream); // (long, short)
  const columns = [];
  for (let c = 0; c < short; c++) {
    const column = Float64Array.from({ length: long }, (_, r) => draws[r * short + c]);
    for (let pass = 0; pass < 2; pass++) {
      // twice: the second pass takes out what rounding left
      for (const other of columns) {
        const overlap = other.reduce((sum, value, r) => sum + value * column[r], 0);
        other.forEach((value, r) => (column[r] -= overlap * value));
      }
    }
    const norm = Math.hypot(...column);
    columns.push(column.map((value) => value / norm));
  }
  return Float64Array.from({ length: nIn * nOut }, (_, k) => {
    const [i, j] = [Math.floor(k / nOut), k % nOut];
    return nIn >= nOut ? columns[j][i] : columns[i][j];
  });
}

/** Variance of a weight, for each rule. spread: the s of N(0, s). */
export const VARIANCE = {
  normal: (_nIn, _nOut, spread) => spread ** 2,
  uniform: (nIn) => 1 / (3 * nIn),
  glorot: (nIn, nOut) => 2 / (nIn + nOut),
  he: (nIn) => 2 / nIn,
  lecun: (nIn) => 1 / nIn,
  orthogonal: (nIn, nOut) => 1 / Math.max(nIn, nOut),
};

const RULES = {
  normal: (_nIn, _nOut, spread) => (n, seed, stream) => normals(n, seed, stream).map((z) => spread * z),
  uniform: (nIn) => uniform(nIn ** -0.5),
  glorot: (nIn, nOut) => uniform(Math.sqrt(6 / (nIn + nOut))),
  he: (nIn) => normal(Math.sqrt(2 / nIn)),
  lecun: (nIn) => normal(Math.sqrt(1 / nIn)),
  orthogonal: (nIn, nOut) => (_n, seed, stream) => orthogonal(nIn, nOut, seed, stream),
};

/** One kernel, row by row: nIn * nOut numbers. */
export function draw(rule, nIn, nOut, spread, seed, stream) {
  return Float32Array.from(RULES[rule](nIn, nOut, spread)(nIn * nOut, seed, stream));
}
