/* Data sets: x row by row in float32, y the classes. Points lie in about -1.5 to 1.5; classes take turns. */

import { normals, permutation, uniforms } from "./random.js";

const STREAM = 1; // of random numbers of the data; noise takes the next, batches those from a million on
const BATCHES = 1_000_000;
const POINTS = 400;
const DIGITS = 512;

/** class, u and v uniform between 0 and 1 -> a point. */
const SHAPES = {
  xor: (y, u, v) => [(0.1 + u) * (v < 0.5 ? 1 : -1), (0.1 + ((2 * v) % 1)) * (y ? 1 : -1) * (v < 0.5 ? -1 : 1)],
  circles: (y, u) => [(y ? 0.5 : 1.1) * Math.cos(2 * Math.PI * u), (y ? 0.5 : 1.1) * Math.sin(2 * Math.PI * u)],
  moons: (y, u) => {
    const [x0, x1] = [Math.cos(Math.PI * u), Math.sin(Math.PI * u)];
    return y ? [0.5 - x0, 0.25 - x1] : [x0 - 0.5, x1 - 0.25];
  },
  spiral: (y, u) => {
    const [radius, angle] = [0.1 + 1.2 * Math.sqrt(u), 3 * Math.PI * Math.sqrt(u) + Math.PI * y];
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  },
};
const NOISE = { xor: 0, circles: 0.08, moons: 0.1, spiral: 0.03 };

/** { x (n, inputs), y (n), n, inputs, outputs }, or a promise of it where it is fetched. outputs: logits, one for two
    classes. */
export function load(name, seed) {
  return name === "digits" ? digits() : points(name, seed);
}

function points(name, seed) {
  const u = uniforms(2 * POINTS, seed, STREAM);
  const noise = normals(2 * POINTS, seed, STREAM + 1);
  const y = Uint8Array.from({ length: POINTS }, (_, k) => k % 2);
  const x = new Float32Array(2 * POINTS);
  y.forEach((c, k) => {
    const place = SHAPES[name](c, u[k], u[POINTS + k]);
    for (let d = 0; d < 2; d++) x[2 * k + d] = place[d] + NOISE[name] * noise[2 * k + d];
  });
  return { x, y, n: POINTS, inputs: 2, outputs: 1 };
}

/** The first of scikit-learn's digits: 64 pixels from 0 to 16 and a class, 65 bytes each. */
async function digits() {
  const bytes = new Uint8Array(await (await fetch(new URL("../digits.bin", import.meta.url))).arrayBuffer());
  const y = Uint8Array.from({ length: DIGITS }, (_, k) => bytes[65 * k + 64]);
  const x = Float32Array.from({ length: 64 * DIGITS }, (_, i) => bytes[65 * Math.floor(i / 64) + (i % 64)] / 16);
  return { x, y, n: DIGITS, inputs: 64, outputs: 10 };
}

/** Batches of step 0, 1, ...: each epoch a new order of the data; what does not fill a batch waits for the next one. */
export class Batches {
  constructor(data, size, seed) {
    Object.assign(this, { data, seed, size: Math.min(size, data.n), epoch: -1 });
    this.x = new Float32Array(this.size * data.inputs);
    this.y = new Uint8Array(this.size);
  }

  take(step) {
    const { data, size, x, y } = this;
    const perEpoch = Math.floor(data.n / size);
    const epoch = Math.floor(step / perEpoch);
    if (epoch !== this.epoch) {
      this.epoch = epoch;
      this.order = permutation(data.n, this.seed, BATCHES + epoch);
    }
    const start = (step % perEpoch) * size;
    for (let b = 0; b < size; b++) {
      const sample = this.order[start + b];
      y[b] = data.y[sample];
      for (let i = 0; i < data.inputs; i++) x[b * data.inputs + i] = data.x[sample * data.inputs + i];
    }
  }
}
