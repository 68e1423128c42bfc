/* Layers. Batches are row by row, (n, width); every layer keeps what its way back needs.
 *
 * forward: what comes in -> what goes out. backward: dL/d(what went out) -> dL/d(what came in), and the gradients of
 * its own parameters, which lie in the network's one long row of numbers.
 */

import { ACTIVATIONS } from "./activations.js";
import { multiply } from "./matrix.js";

export const EPSILON = 1e-3; // of normalization, as in Keras
export const MOMENTUM = 0.9; // of batch normalization's averages, as in the site's stack
const TINY = 1.17549435e-38; // float32's smallest normal number: TensorFlow makes zero of what is below

/** z = x W + b. W is (nIn, nOut); dL/dW = xᵀ delta, dL/db = sum of delta over the batch, dL/dx = delta Wᵀ. */
export class Dense {
  constructor(nIn, nOut, capacity, bias = true) {
    Object.assign(this, { nIn, nOut });
    this.parameters = { kernel: nIn * nOut, ...(bias && { bias: nOut }) };
    this.out = new Float32Array(capacity * nOut);
    this.back = new Float32Array(capacity * nIn);
  }

  forward(x, n) {
    const { nIn, nOut, kernel, bias, out } = this;
    this.x = x;
    multiply(n, nOut, nIn, x, nIn, 1, kernel, nOut, 1, out);
    if (bias) addToRows(out, bias, n, nOut);
    return out;
  }

  backward(delta, n, first) {
    const { nIn, nOut, x, kernel, kernelGradient, biasGradient, back } = this;
    multiply(nIn, nOut, n, x, 1, nIn, delta, nOut, 1, kernelGradient);
    if (biasGradient) sumRows(delta, biasGradient, n, nOut);
    if (!first) multiply(n, nIn, nOut, delta, nOut, 1, kernel, 1, nOut, back);
    return back;
  }
}

/** a = f(z), dL/dz = dL/da f'(z). */
export class Activation {
  constructor(name, alpha, width, capacity) {
    Object.assign(this, { fill: ACTIVATIONS[name], alpha, width, parameters: {} });
    for (const kept of ["out", "slope", "delta"]) this[kept] = new Float32Array(capacity * width);
  }

  forward(z, n) {
    this.fill(z, this.out, this.slope, n * this.width, this.alpha);
    return this.out;
  }

  backward(up, n) {
    const { slope, delta } = this;
    for (let i = 0; i < n * this.width; i++) {
      const d = up[i] * slope[i];
      delta[i] = d < TINY && d > -TINY ? 0 : d;
    }
    return delta;
  }
}

/**
 * z = gain ẑ + bias with ẑ = (u - mean) / sqrt(variance + eps), mean and variance of each unit over the batch.
 * dL/du = gain / sqrt(variance + eps) (delta - mean of delta - ẑ mean of (delta ẑ)).
 */
export class BatchNormalization {
  constructor(width, capacity) {
    this.width = width;
    this.parameters = { gain: width, bias: width };
    for (const kept of ["out", "hat", "back"]) this[kept] = new Float32Array(capacity * width);
    for (const kept of ["mean", "scale", "averageMean", "averageVariance"]) this[kept] = new Float64Array(width);
    this.reset();
  }

  reset() {
    this.averageMean.fill(0);
    this.averageVariance.fill(1);
  }

  forward(u, n, training) {
    const { width, gain, bias, hat, out, mean, scale } = this;
    for (let j = 0; j < width; j++) {
      let [m, variance] = [this.averageMean[j], this.averageVariance[j]];
      if (training) {
        m = variance = 0;
        for (let i = j; i < n * width; i += width) m += u[i];
        m /= n;
        for (let i = j; i < n * width; i += width) variance += (u[i] - m) * (u[i] - m);
        variance /= n;
        this.averageMean[j] += (1 - MOMENTUM) * (m - this.averageMean[j]);
        this.averageVariance[j] += (1 - MOMENTUM) * (variance - this.averageVariance[j]);
      }
      mean[j] = m;
      scale[j] = 1 / Math.sqrt(variance + EPSILON);
    }
    for (let b = 0, i = 0; b < n; b++) {
      for (let j = 0; j < width; j++, i++) {
        hat[i] = (u[i] - mean[j]) * scale[j];
        out[i] = gain[j] * hat[i] + bias[j];
      }
    }
    return out;
  }

  backward(delta, n) {
    const { width, gain, gainGradient, biasGradient, hat, back, scale } = this;
    for (let j = 0; j < width; j++) {
      let [sum, product] = [0, 0];
      for (let i = j; i < n * width; i += width) {
        sum += delta[i];
        product += delta[i] * hat[i];
      }
      biasGradient[j] = sum;
      gainGradient[j] = product;
      const factor = gain[j] * scale[j];
      for (let i = j; i < n * width; i += width) back[i] = factor * (delta[i] - sum / n - (hat[i] * product) / n);
    }
    return back;
  }
}

/** The same, mean and variance of each sample over its units. */
export class LayerNormalization {
  constructor(width, capacity) {
    this.width = width;
    this.parameters = { gain: width, bias: width };
    for (const kept of ["out", "hat", "back"]) this[kept] = new Float32Array(capacity * width);
    this.scale = new Float64Array(capacity);
  }

  forward(u, n) {
    const { width, gain, bias, hat, out, scale } = this;
    for (let b = 0; b < n; b++) {
      const start = b * width;
      let [mean, variance] = [0, 0];
      for (let j = 0; j < width; j++) mean += u[start + j];
      mean /= width;
      for (let j = 0; j < width; j++) variance += (u[start + j] - mean) ** 2;
      scale[b] = 1 / Math.sqrt(variance / width + EPSILON);
      for (let j = 0; j < width; j++) {
        hat[start + j] = (u[start + j] - mean) * scale[b];
        out[start + j] = gain[j] * hat[start + j] + bias[j];
      }
    }
    return out;
  }

  backward(delta, n) {
    const { width, gain, gainGradient, biasGradient, hat, back, scale } = this;
    gainGradient.fill(0);
    biasGradient.fill(0);
    for (let b = 0; b < n; b++) {
      const start = b * width;
      let [sum, product] = [0, 0];
      for (let j = 0; j < width; j++) {
        const d = delta[start + j];
        gainGradient[j] += d * hat[start + j];
        biasGradient[j] += d;
        sum += gain[j] * d;
        product += gain[j] * d * hat[start + j];
      }
      for (let j = 0; j < width; j++) {
        const i = start + j;
        back[i] = scale[b] * (gain[j] * delta[i] - sum / width - (hat[i] * product) / width);
      }
    }
    return back;
  }
}

/** out = h + scale a: the way back adds dL/dout to what comes back through the layers between. */
export class Skip {
  constructor(scale, width, capacity) {
    Object.assign(this, { scale, width });
    for (const kept of ["out", "branch"]) this[kept] = new Float32Array(capacity * width);
  }

  join(h, a, n) {
    const { out, scale } = this;
    for (let i = 0; i < n * this.width; i++) out[i] = h[i] + scale * a[i];
    return out;
  }

  intoBranch(up, n) {
    const { branch, scale } = this;
    for (let i = 0; i < n * this.width; i++) branch[i] = scale * up[i];
    return branch;
  }

  addTo(back, up, n) {
    for (let i = 0; i < n * this.width; i++) back[i] += up[i];
    return back;
  }
}

function addToRows(out, bias, n, width) {
  for (let b = 0, i = 0; b < n; b++) for (let j = 0; j < width; j++, i++) out[i] += bias[j];
}

function sumRows(delta, sums, n, width) {
  for (let j = 0; j < width; j++) {
    let sum = 0;
    for (let i = j; i < n * width; i += width) sum += delta[i];
    sums[j] = sum;
  }
}
