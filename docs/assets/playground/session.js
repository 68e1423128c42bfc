/* One or two networks that train on the same batches, and what the page shows of them. */

import { Batches, load } from "./engine/data.js";
import { Network } from "./engine/network.js";
import { predict } from "./engine/theory.js";
import { networkOptions } from "./state.js";

const BINS = 24; // of the activations' histogram
const SHOWN = 12; // units of a layer that the drawing of the network shows
const GRID = 48; // points on a side of the decision map, at most
const MAP_WORK = 12e6; // multiplications that a decision map may take
export const EXTENT = 2; // the map goes from -EXTENT to EXTENT

export class Session {
  static async create({ a, b }) {
    const data = await load(a.data, a.seed);
    return new Session(data, [a, b].filter(Boolean));
  }

  constructor(data, choices) {
    this.data = data;
    this.batches = new Batches(data, choices[0].batch, choices[0].seed);
    const square = data.x.reduce((sum, value) => sum + value * value, 0) / data.x.length;
    this.nets = choices.map((own) => new Trained(new Network(networkOptions(own, data)), own.rate, square));
    this.rewind();
  }

  get over() {
    return this.nets.every((net) => net.diverged);
  }

  /** The first weights again; the gradients of the first batch, before any step. */
  rewind() {
    this.step = 0;
    this.batches.take(0);
    for (const net of this.nets) net.rewind(this.batches);
  }

  /** One step of every network that has not diverged. */
  advance() {
    if (this.over) return;
    this.batches.take(this.step);
    for (const net of this.nets) if (!net.diverged) net.advance(this.batches, this.step);
    this.step += 1;
  }

  /** What to draw, and the losses since the last frame. map: whether with the decision map. */
  frame(map) {
    return {
      step: this.step,
      nets: this.nets.map((net) => net.frame(this.batches.size, map && this.data.inputs === 2)),
    };
  }
}

class Trained {
  constructor(net, rate, square) {
    Object.assign(this, { net, rate });
    this.theory = predict(net.options, square);
    this.side = Math.min(GRID, Math.floor(Math.sqrt(MAP_WORK / (net.weights.length + 1))));
    this.grid = grid(this.side);
  }

  rewind({ x, y, size }) {
    this.net.reset();
    this.diverged = null;
    this.net.norms.update.fill(0);
    Object.assign(this, this.net.evaluate(x, y, size));
    for (const { norm } of this.net.hidden) norm?.reset?.(); // looking must not move the averages
    this.history = [];
    this.kept = copy(this.net.norms);
    this.seen = null;
    if (!this.finite()) this.diverged = { step: 0, ...this.overflow() };
  }

  advance({ x, y, size }, step) {
    Object.assign(this, this.net.evaluate(x, y, size));
    if (!this.finite()) {
      this.diverged = { step: step + 1, ...(step ? this.lastUpdate() : this.overflow()) };
      return;
    }
    this.net.update(this.rate);
    this.seen = null;
    this.kept = copy(this.net.norms);
    this.history.push(step + 1, this.loss, this.accuracy);
  }

  finite() {
    const { z, weight } = this.net.norms;
    return Number.isFinite(this.loss) && z.every(Number.isFinite) && weight.every(Number.isFinite);
  }

  /** Why the step before was too much: the layer whose weights moved most for their size. */
  lastUpdate() {
    const ratios = ratiosOf(this.kept);
    const layer = ratios.indexOf(Math.max(...ratios));
    return { cause: "update", layer: this.nameOf(layer), ratio: ratios[layer], rate: this.rate };
  }

  /** Where the signal, or on its way back the gradient, left what float32 holds. */
  overflow() {
    const layer = this.net.layers.findIndex(({ z }) => !z.every(Number.isFinite));
    return layer < 0 ? { cause: "gradient" } : { cause: "signal", layer: this.nameOf(layer) };
  }

  nameOf(layer) {
    return layer < this.net.hidden.length ? `layer ${layer + 1}` : "the output layer";
  }

  frame(n, map) {
    const { net, kept, history, theory, diverged, loss, accuracy } = this;
    this.history = [];
    this.seen ??= {
      // before the decision map runs other points through the layers
      layers: net.hidden.map((layer) => spread(layer, n)),
      drawing: net.layers.map((layer) => ink(layer, n)),
    };
    const frame = {
      loss,
      accuracy,
      diverged,
      theory,
      history,
      z: kept.z,
      weight: kept.weight,
      ratio: ratiosOf(kept),
      ...this.seen,
    };
    if (map) Object.assign(frame, { side: this.side, map: this.decide() });
    return frame;
  }

  /** The probability of the second class on the grid. */
  decide() {
    const { net, grid: points, side } = this;
    const map = new Float32Array(side * side);
    const chunk = net.options.capacity;
    for (let start = 0; start < map.length; start += chunk) {
      const n = Math.min(chunk, map.length - start);
      const logits = net.forward(points.subarray(2 * start, 2 * (start + n)), n);
      for (let i = 0; i < n; i++) map[start + i] = 1 / (1 + Math.exp(-logits[i]));
    }
    return map;
  }
}

const copy = (norms) => Object.fromEntries(Object.entries(norms).map(([key, values]) => [key, values.slice()]));
const ratiosOf = ({ update, value }) => update.map((size, l) => (value[l] ? size / value[l] : 0));

function grid(side) {
  const at = (i) => (2 * EXTENT * (i + 0.5)) / side - EXTENT;
  const points = new Float32Array(2 * side * side);
  for (let r = 0; r < side; r++) for (let c = 0; c < side; c++) points.set([at(c), -at(r)], 2 * (r * side + c));
  return points;
}

const LIMITS = { sigmoid: [0, 1], tanh: [-1, 1] };
const STEEPEST = { sigmoid: 0.25, tanh: 1 };

/** Of a layer's activations over the batch: mean, deviation, histogram; silent units, and the share of flat slopes. */
function spread({ a, activation }, n) {
  const { width, slope } = activation;
  const name = activation.fill.name;
  let [low, high, sum, squares] = [Infinity, -Infinity, 0, 0];
  for (let i = 0; i < n * width; i++) {
    low = Math.min(low, a[i]);
    high = Math.max(high, a[i]);
    sum += a[i];
    squares += a[i] * a[i];
  }
  const mean = sum / (n * width);
  const [from, to] = LIMITS[name] ?? [Math.min(low, 0), Math.max(high, 0) || 1];
  const counts = new Float32Array(BINS);
  let flat = 0;
  for (let i = 0; i < n * width; i++) {
    counts[Math.min(BINS - 1, Math.floor(((a[i] - from) / (to - from)) * BINS))] += 1 / (n * width);
    if (STEEPEST[name] && slope[i] < 0.05 * STEEPEST[name]) flat += 1 / (n * width);
  }
  let silent = 0;
  if (name === "relu") { for (let j = 0; j < width; j++) silent += isSilent(slope, j, n, width) ? 1 / width : 0; }
  return {
    mean,
    deviation: Math.sqrt(Math.max(0, squares / (n * width) - mean * mean)),
    from,
    to,
    counts,
    flat,
    silent,
  };
}

function isSilent(slope, unit, n, width) {
  for (let i = unit; i < n * width; i += width) if (slope[i]) return false;
  return true;
}

/** Of up to SHOWN units of a layer: norms of dL/dz over the batch, and |dL/dW| of the weights between shown units. */
function ink({ dense, delta }, n) {
  const { nIn, nOut, kernelGradient } = dense;
  const [rows, columns] = [Math.min(nIn, SHOWN), Math.min(nOut, SHOWN)];
  const units = Float64Array.from({ length: columns }, (_, j) => {
    let sum = 0;
    for (let i = j; i < n * nOut; i += nOut) sum += delta[i] * delta[i];
    return Math.sqrt(sum);
  });
  const edges = Float32Array.from({ length: rows * columns }, (_, k) => {
    return Math.abs(kernelGradient[Math.floor(k / columns) * nOut + (k % columns)]);
  });
  return { units, edges };
}
