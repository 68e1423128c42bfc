/* Optimizers, as Keras writes them. Each changes weights[from..to] and returns the sum of its squared updates. */

const TINY = 1.17549435e-38; // below it TensorFlow makes zero of a float32, and processors are slow

class SGD {
  start() {}

  update(weights, gradients, from, to, rate) {
    let squares = 0;
    for (let i = from; i < to; i++) {
      const change = -rate * gradients[i];
      weights[i] += change;
      squares += change * change;
    }
    return squares;
  }
}

/** m = 0.9 m - rate g, w += m. */
class Momentum {
  constructor(size) {
    this.m = new Float32Array(size);
  }

  start() {}

  update(weights, gradients, from, to, rate) {
    const { m } = this;
    let squares = 0;
    for (let i = from; i < to; i++) {
      const change = 0.9 * m[i] - rate * gradients[i];
      m[i] = change < TINY && change > -TINY ? 0 : change;
      weights[i] += change;
      squares += change * change;
    }
    return squares;
  }
}

/** m and v follow g and g²; w -= rate sqrt(1 - 0.999^t) / (1 - 0.9^t) m / (sqrt(v) + 1e-7): epsilon outside. */
class Adam {
  constructor(size) {
    this.m = new Float32Array(size);
    this.v = new Float32Array(size);
    this.t = 0;
  }

  start() {
    this.t += 1;
    this.correction = Math.sqrt(1 - 0.999 ** this.t) / (1 - 0.9 ** this.t);
  }

  update(weights, gradients, from, to, rate) {
    const { m, v, correction } = this;
    let squares = 0;
    for (let i = from; i < to; i++) {
      const g = gradients[i];
      const mean = m[i] + 0.1 * (g - m[i]);
      const square = v[i] + 0.001 * (g * g - v[i]);
      m[i] = mean < TINY && mean > -TINY ? 0 : mean;
      v[i] = square < TINY ? 0 : square;
      const change = (-rate * correction * mean) / (Math.sqrt(square) + 1e-7);
      weights[i] += change;
      squares += change * change;
    }
    return squares;
  }
}

export const OPTIMIZERS = { sgd: SGD, momentum: Momentum, adam: Adam };
