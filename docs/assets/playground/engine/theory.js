/* What mean-field theory expects of dL/dz and dL/dW by layer before training, from the rules alone.
 *
 * q: mean square of what enters a layer, m: its mean, s2: variance of a weight times the fan-in.
 * z is N(0, s2 q), or N(0, 1) after normalization. Going back one layer multiplies |dL/dz|² by
 *   chi = s2 E[f'(z)²]                       without normalization,
 *   chi = s2 E[f'(z)²] / (s2 Var f(z) + eps) with batch normalization (ReLU: pi / (pi - 1), Yang et al. 2019),
 *   chi = s2 E[f'(z)²] / (s2 E[f(z)²] + eps) with layer normalization;
 * with skips the layer's output keeps its own gradient and gains the branch's: |dL/dh|² grows by 1 + scale² chi.
 */

import { ACTIVATIONS } from "./activations.js";
import { VARIANCE } from "./initializers.js";
import { EPSILON } from "./layers.js";

const POINTS = 400; // from -8 to 8 deviations, none of them at zero, where slopes may jump
const GRID = Float64Array.from({ length: POINTS }, (_, i) => -8 + (16 * (i + 0.5)) / POINTS);
const DENSITY = GRID.map((z) => (Math.exp((-z * z) / 2) * 16) / POINTS / Math.sqrt(2 * Math.PI));

/** Means over z from N(0, variance): of f, f² and f'². */
function moments({ activation, alpha }, variance) {
  const [z, a, slope] = [
    GRID.map((point) => Math.sqrt(variance) * point),
    new Float64Array(POINTS),
    new Float64Array(POINTS),
  ];
  ACTIVATIONS[activation](z, a, slope, POINTS, alpha);
  const mean = (value) => DENSITY.reduce((sum, weight, i) => sum + weight * value(i), 0);
  return { first: mean((i) => a[i]), second: mean((i) => a[i] ** 2), slope2: mean((i) => slope[i] ** 2) };
}

/**
 * Shares of the last hidden layer's norm, layer 1 first: { z, weight }, depth numbers each.
 * inputSquare: mean square of the data's features.
 */
export function predict(options, inputSquare) {
  const { depth, width, inputs, initializer, spread, normalization, skip } = options;
  const s2 = (fanIn) => fanIn * VARIANCE[initializer](fanIn, width, spread);
  let [q, m] = [inputSquare, 0];
  const layers = [];
  for (let l = 0; l < depth; l++) {
    const w2 = s2(l ? width : inputs);
    const raw = w2 * (normalization === "batch" ? q - m * m : q); // variance of x W
    const { first, second, slope2 } = moments(options, normalization === "none" ? raw : raw / (raw + EPSILON));
    layers.push({
      slope2,
      gain: normalization === "none" ? w2 : w2 / (raw + EPSILON),
      input: q * (l ? width : inputs),
    });
    const branch = skip && l ? skip : 0;
    [q, m] = branch ? [q + 2 * branch * m * first + branch ** 2 * second, m + branch * first] : [second, first];
  }
  let h2 = 1; // |dL/dh|² of the last hidden layer's output
  const z2 = new Float64Array(depth);
  for (let l = depth - 1; l >= 0; l--) {
    const branch = skip && l ? skip : 1;
    z2[l] = h2 * branch ** 2 * layers[l].slope2;
    h2 = (skip && l ? h2 : 0) + z2[l] * layers[l].gain;
  }
  const share = (squares) => Array.from(squares, (value) => Math.sqrt(value / squares[depth - 1]));
  return {
    z: share(z2),
    weight: share(z2.map((value, l) => value * layers[l].input * (layers[l].gain / s2(l ? width : inputs)))),
  };
}
