/* Activations: each fills a = f(z) and slope = f'(z) for the first n entries. Keras' definitions. */

const SELU_SCALE = 1.0507009873554805; // Klambauer et al. 2017
const SELU_ALPHA = 1.6732632423543772;

/** The distribution function of N(0, 1), to 1e-7: Abramowitz and Stegun 7.1.26. */
function phi(z, density) {
  const t = 1 / (1 + 0.23164188 * Math.abs(z)); // 0.3275911 / sqrt(2)
  const sum = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = sum * density * Math.sqrt(Math.PI / 2);
  return z > 0 ? 1 - tail : tail;
}

// Each has a loop of its own: one that calls a function for each entry is twice as slow.
export const ACTIVATIONS = {
  sigmoid(z, a, slope, n) {
    for (let i = 0; i < n; i++) {
      const s = 1 / (1 + Math.exp(-z[i]));
      a[i] = s;
      slope[i] = s * (1 - s);
    }
  },
  tanh(z, a, slope, n) {
    for (let i = 0; i < n; i++) {
      const t = 1 - 2 / (Math.exp(2 * z[i]) + 1);
      const near = Math.abs(z[i]) < 1e-3 ? z[i] * (1 - (z[i] * z[i]) / 3) : t; // where the difference cancels
      a[i] = near;
      slope[i] = 1 - near * near;
    }
  },
  relu(z, a, slope, n) {
    for (let i = 0; i < n; i++) {
      const active = z[i] > 0;
      a[i] = active ? z[i] : z[i] * 0; // NaN stays NaN
      slope[i] = active ? 1 : 0;
    }
  },
  leaky(z, a, slope, n, alpha) {
    for (let i = 0; i < n; i++) {
      const s = z[i] > 0 ? 1 : alpha;
      a[i] = s * z[i];
      slope[i] = s;
    }
  },
  elu(z, a, slope, n) {
    for (let i = 0; i < n; i++) {
      const e = z[i] > 0 ? 1 : Math.exp(z[i]);
      a[i] = z[i] > 0 ? z[i] : Math.expm1(z[i]);
      slope[i] = e;
    }
  },
  gelu(z, a, slope, n) {
    for (let i = 0; i < n; i++) {
      const density = Math.exp(-0.5 * z[i] * z[i]) / Math.sqrt(2 * Math.PI);
      const p = phi(z[i], density);
      a[i] = z[i] * p;
      slope[i] = p + z[i] * density;
    }
  },
  selu(z, a, slope, n) {
    for (let i = 0; i < n; i++) {
      const positive = z[i] > 0;
      a[i] = SELU_SCALE * (positive ? z[i] : SELU_ALPHA * Math.expm1(z[i]));
      slope[i] = SELU_SCALE * (positive ? 1 : SELU_ALPHA * Math.exp(z[i]));
    }
  },
  silu(z, a, slope, n) {
    for (let i = 0; i < n; i++) {
      const s = 1 / (1 + Math.exp(-z[i]));
      a[i] = z[i] * s;
      slope[i] = s + z[i] * s * (1 - s);
    }
  },
};
