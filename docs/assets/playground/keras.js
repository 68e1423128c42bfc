/* The same network as a Keras program: same data, same first weights, same batches. */

import { title } from "./words.js";

const STEPS = 100;

const DRAWS = `def hash32(x):
    x = (x ^ (x >> 16)) * np.uint32(0x21F0AAAD)
    x = (x ^ (x >> 15)) * np.uint32(0x735A2D97)
    return x ^ (x >> 15)


def uniforms(n, stream):  # the playground's own random numbers
    key = hash32(np.array([(SEED * 0x9E3779B9 + stream) % 2**32], "uint32"))
    return (hash32(key + np.arange(n, dtype="uint32") * np.uint32(0x9E3779B9)) + 0.5) / 2**32


def normals(n, stream):
    u = uniforms(2 * n, stream)
    return np.sqrt(-2 * np.log(u[:n])) * np.cos(2 * np.pi * u[n:])
`;

const TRUNCATED = `    draws = normals(2 * n_in * n_out + 32, stream)
    draws = draws[abs(draws) < 2][: n_in * n_out].reshape(n_in, n_out)
`;
const glorot = `    return np.sqrt(6 / (n_in + n_out)) * (2 * uniforms(n_in * n_out, stream).reshape(n_in, n_out) - 1)
`;
const KERNELS = {
  uniform: () =>
    `    return n_in**-0.5 * (2 * uniforms(n_in * n_out, stream).reshape(n_in, n_out) - 1)
`,
  normal: ({ spread }) =>
    `    return ${spread} * normals(n_in * n_out, stream).reshape(n_in, n_out)
`,
  glorot: () => glorot,
  he: () =>
    `${TRUNCATED}    return np.sqrt(2 / n_in) / 0.8796256610342398 * draws  # cut off at two deviations, as Keras' HeNormal
`,
  lecun: () =>
    `${TRUNCATED}    return np.sqrt(1 / n_in) / 0.8796256610342398 * draws  # cut off at two deviations, as LecunNormal
`,
  orthogonal: () =>
    `    long, short = max(n_in, n_out), min(n_in, n_out)
    q, r = np.linalg.qr(normals(n_in * n_out, stream).reshape(long, short))
    q = q * np.sign(np.diag(r))
    return q if n_in >= n_out else q.T
`,
};

const POINTS = `n = 400
y = np.arange(n) % 2
u, v = uniforms(2 * n, 1).reshape(2, n)
`;
const NOISY = (spread) =>
  `x = (x + ${spread} * normals(2 * n, 2).reshape(n, 2)).astype("float32")
`;
const DATA = {
  xor: `${POINTS}left = np.where(v < 0.5, 1, -1)
x = np.stack([(0.1 + u) * left, (0.1 + 2 * v % 1) * np.where(y, 1, -1) * -left], axis=1).astype("float32")
`,
  circles:
    `${POINTS}x = np.where(y, 0.5, 1.1)[:, None] * np.stack([np.cos(2 * np.pi * u), np.sin(2 * np.pi * u)], axis=1)
${NOISY(0.08)}`,
  moons: `${POINTS}c, s = np.cos(np.pi * u), np.sin(np.pi * u)
x = np.where(y[:, None], np.stack([0.5 - c, 0.25 - s], axis=1), np.stack([c - 0.5, s - 0.25], axis=1))
${NOISY(0.1)}`,
  spiral: `${POINTS}radius, angle = 0.1 + 1.2 * np.sqrt(u), 3 * np.pi * np.sqrt(u) + np.pi * y
x = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
${NOISY(0.03)}`,
  digits: `digits = load_digits()
x, y = (digits.data[:512] / 16).astype("float32"), digits.target[:512]
`,
};

const ACTIVATION = ({ activation, alpha }) => {
  return activation === "leaky"
    ? `keras.layers.LeakyReLU(negative_slope=${alpha})`
    : `keras.layers.Activation("${activation}")`;
};
const NORMALIZATION = {
  none: "",
  batch: "    z = keras.layers.BatchNormalization(momentum=0.9)(z)\n",
  layer: "    z = keras.layers.LayerNormalization()(z)\n",
};
const SKIP = { none: "a", plain: "h + a if layer else a", scaled: "h + DEPTH**-0.5 * a if layer else a" };
const OPTIMIZER = {
  sgd: (rate) => `SGD(${rate})`,
  momentum: (rate) => `SGD(${rate}, momentum=0.9)`,
  adam: (rate) => `Adam(${rate})`,
};

/** The program's text. */
export function program(choices) {
  const { data, depth, width, initializer, normalization, skip, optimizer, rate, batch, seed } = choices;
  const classes = data === "digits" ? 10 : 1;
  const size = Math.min(batch, data === "digits" ? 512 : 400);
  const loss = classes === 1 ? "BinaryCrossentropy" : "SparseCategoricalCrossentropy";
  const imports = data === "digits"
    ? "import tensorflow as tf\nfrom sklearn.datasets import load_digits\n"
    : "import tensorflow as tf\n";
  return `"""The playground's network in Keras: ${title(choices)}.

The same data, first weights and batches. It prints the size of dL/dW and of dL/dz in every layer, then trains.
"""

import keras
import numpy as np
${imports}
SEED, DEPTH, WIDTH, BATCH, STEPS = ${seed}, ${depth}, ${width}, ${size}, ${STEPS}


${DRAWS}

def first_kernel(n_in, n_out, stream):
${KERNELS[initializer](choices)}

def head_kernel(n_in, n_out, stream):
${glorot}

# Data
${DATA[data]}

def batches():
    per_epoch = len(x) // BATCH
    for step in range(STEPS):
        if step % per_epoch == 0:
            order = np.argsort(uniforms(len(x), 1_000_000 + step // per_epoch))
        yield order[step % per_epoch * BATCH :][:BATCH]


# Model
h = inputs = keras.Input(x.shape[1:])
dense, zs = [], []
for layer in range(DEPTH):
    dense.append(keras.layers.Dense(WIDTH${normalization === "none" ? "" : ", use_bias=False"}))
    z = dense[-1](h)
${NORMALIZATION[normalization]}    a = ${ACTIVATION(choices)}(z)
    h = ${SKIP[skip]}
    zs.append(z)
dense.append(keras.layers.Dense(${classes}))
model = keras.Model(inputs, [*zs, dense[-1](h)])
for i, layer in enumerate(dense):
    draw = first_kernel if i < DEPTH else head_kernel
    layer.kernel.assign(draw(*layer.kernel.shape, 100 + i))
kernels = [layer.kernel for layer in dense]
loss_of = keras.losses.${loss}(from_logits=True)


@tf.function
def gradients(samples):
    """Loss of a batch, and its gradients by the kernels, by the z of every layer, and by all that trains."""
    with tf.GradientTape() as tape:
        found = model(tf.gather(x, samples), training=True)
        loss = loss_of(tf.gather(y, samples)${classes === 1 ? "[:, None]" : ""}, found[-1])
    return loss, *tape.gradient(loss, (kernels, found, model.trainable_variables))


def norms(tensors):  # in float64: squares of small numbers are zero in float32
    return [float(np.linalg.norm(np.asarray(tensor, "float64"))) for tensor in tensors]


_, by_kernel, by_z, _ = gradients(next(batches()))
by_kernel, by_z = norms(by_kernel), norms(by_z)
for layer, pair in enumerate(zip(by_kernel, by_z), start=1):
    print("layer {:2}  dL/dW {:.2e}  dL/dz {:.2e}".format(layer, *pair))

optimizer = keras.optimizers.${OPTIMIZER[optimizer](rate)}
for samples in batches():
    loss, _, _, found = gradients(samples)
    optimizer.apply(found, model.trainable_variables)
print(f"loss of batch {STEPS}: {loss:.4f}")
`;
}
