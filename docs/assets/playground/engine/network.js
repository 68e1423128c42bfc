/* A dense network of equal hidden layers: forward, backward, one step, and the norms of every layer's gradients. */

import { draw } from "./initializers.js";
import { Activation, BatchNormalization, Dense, LayerNormalization, Skip } from "./layers.js";
import { crossEntropy } from "./losses.js";
import { OPTIMIZERS } from "./optimizers.js";

const NORMALIZATIONS = { batch: BatchNormalization, layer: LayerNormalization };
const FIRST_KERNEL = 100; // stream of random numbers of the first kernel

/** What a hidden layer gives: f(z), or from the second layer on h + skip f(z). z enters the activation. */
class Hidden {
  constructor(nIn, options, isFirst, capacity) {
    const { width, activation, alpha, normalization, skip } = options;
    this.isFirst = isFirst;
    this.dense = new Dense(nIn, width, capacity, normalization === "none");
    this.norm = normalization === "none" ? null : new NORMALIZATIONS[normalization](width, capacity);
    this.activation = new Activation(activation, alpha, width, capacity);
    this.skip = skip && !isFirst ? new Skip(skip, width, capacity) : null;
    this.parts = [this.dense, this.norm, this.activation].filter(Boolean);
  }

  forward(h, n, training) {
    const u = this.dense.forward(h, n);
    this.z = this.norm ? this.norm.forward(u, n, training) : u;
    this.a = this.activation.forward(this.z, n);
    this.out = this.skip ? this.skip.join(h, this.a, n) : this.a;
    return this.out;
  }

  backward(up, n) {
    this.delta = this.activation.backward(this.skip ? this.skip.intoBranch(up, n) : up, n); // dL/dz
    const inner = this.norm ? this.norm.backward(this.delta, n) : this.delta;
    const back = this.dense.backward(inner, n, this.isFirst);
    return this.skip ? this.skip.addTo(back, up, n) : back;
  }
}

/** The output layer: z are the logits. */
class Head {
  constructor(nIn, nOut, capacity) {
    this.dense = new Dense(nIn, nOut, capacity);
    this.parts = [this.dense];
    this.delta = new Float32Array(capacity * nOut);
  }

  forward(h, n) {
    this.z = this.dense.forward(h, n);
    return this.z;
  }
}

export class Network {
  /**
   * inputs, outputs: widths of data and logits. depth: hidden layers, each `width` wide. skip: the branch's scale, 0 for
   * none. initializer, spread, seed: of the hidden kernels; the head's is Glorot uniform. capacity: the largest batch.
   */
  constructor(options) {
    const { inputs, outputs, depth, width, capacity, optimizer } = options;
    this.options = options;
    this.hidden = Array.from({ length: depth }, (_, l) => new Hidden(l ? width : inputs, options, l === 0, capacity));
    this.head = new Head(width, outputs, capacity);
    this.layers = [...this.hidden, this.head];
    this.#allocate();
    this.norms = Object.fromEntries(["weight", "z", "value", "update"].map((k) => [k, new Float64Array(depth + 1)]));
    this.optimizer = new OPTIMIZERS[optimizer](this.weights.length);
    this.reset();
  }

  /** One long row of all parameters, and one of their gradients: kernels first, nearest the input first. */
  #allocate() {
    const owners = this.layers.flatMap((layer) => layer.parts);
    const all = owners.flatMap((part) => Object.entries(part.parameters).map(([name, size]) => ({ part, name, size })));
    all.sort((a, b) => (b.name === "kernel") - (a.name === "kernel"));
    const total = all.reduce((sum, { size }) => sum + size, 0);
    this.weights = new Float32Array(total);
    this.gradients = new Float32Array(total);
    this.ends = []; // of the kernels in the row
    let at = 0;
    for (const { part, name, size } of all) {
      part[name] = this.weights.subarray(at, at + size);
      part[`${name}Gradient`] = this.gradients.subarray(at, at + size);
      at += size;
      if (name === "kernel") this.ends.push(at);
    }
  }

  /** The first weights again, exactly, and an optimizer that has seen nothing. */
  reset() {
    const { initializer, spread, seed, optimizer } = this.options;
    this.weights.fill(0);
    this.layers.forEach(({ dense }, l) => {
      const rule = dense === this.head.dense ? "glorot" : initializer;
      dense.kernel.set(draw(rule, dense.nIn, dense.nOut, spread, seed, FIRST_KERNEL + l));
    });
    for (const { norm } of this.hidden) {
      norm?.gain.fill(1);
      norm?.reset?.();
    }
    this.optimizer = new OPTIMIZERS[optimizer](this.weights.length);
  }

  /** x (n, inputs) -> logits (n, outputs). */
  forward(x, n, training = false) {
    return this.layers.reduce((h, layer) => layer.forward(h, n, training), x);
  }

  /** Loss and accuracy on the batch, and the gradients of every layer, which stay in the layers. */
  evaluate(x, y, n) {
    const logits = this.forward(x, n, true);
    const result = crossEntropy(logits, y, n, this.head.delta, this.options.outputs);
    let up = this.head.dense.backward(this.head.delta, n);
    for (let l = this.hidden.length - 1; l >= 0; l--) up = this.hidden[l].backward(up, n);
    this.layers.forEach(({ dense, delta }, l) => {
      this.norms.weight[l] = norm(dense.kernelGradient, dense.kernelGradient.length);
      this.norms.z[l] = norm(delta, n * dense.nOut);
    });
    return result;
  }

  /** Move the weights along the gradients of the last `evaluate`. */
  update(rate) {
    const { weights, gradients, optimizer, ends, norms } = this;
    optimizer.start();
    let from = 0;
    ends.forEach((to, l) => {
      norms.value[l] = norm(this.layers[l].dense.kernel, to - from);
      norms.update[l] = Math.sqrt(optimizer.update(weights, gradients, from, to, rate));
      from = to;
    });
    optimizer.update(weights, gradients, from, weights.length, rate);
  }

  step(x, y, n, rate) {
    const result = this.evaluate(x, y, n);
    this.update(rate);
    return result;
  }
}

/** Euclidean norm of the first n numbers, its squares summed in float64, where they cannot underflow. */
export function norm(values, n) {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < n; i += 4) {
    s0 += values[i] * values[i];
    s1 += values[i + 1] * values[i + 1];
    s2 += values[i + 2] * values[i + 2];
    s3 += values[i + 3] * values[i + 3];
  }
  for (; i < n; i++) s0 += values[i] * values[i];
  return Math.sqrt(s0 + s1 + s2 + s3);
}
