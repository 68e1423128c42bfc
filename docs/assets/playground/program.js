/* The network on show as a program: same data, same first weights, same batches. */

import * as keras from "./keras.js";
import * as torch from "./torch.js";
import { title } from "./words.js";

/** By name, as in the tabs of pages: a file's name, what is imported, and what follows data and batches. */
export const FRAMEWORKS = { Keras: keras, PyTorch: torch };

const STEPS = 100;

const DRAWS = `def hash32(x):
    x = (x ^ (x >> 16)) * np.uint32(0x21F0AAAD)
    x = (x ^ (x >> 15)) * np.uint32(0x735A2D97)
    return x ^ (x >> 15)


def uniforms(shape, stream):
    """The playground's own random numbers, from 0 to 1."""
    step = np.uint32(0x9E3779B9)
    key = hash32(np.array([(SEED * 0x9E3779B9 + stream) % 2**32], "uint32"))
    counted = np.arange(np.prod(shape), dtype="uint32")
    return ((hash32(key + counted * step) + 0.5) / 2**32).reshape(shape)


def normals(shape, stream):
    """Numbers from N(0, 1), after Box and Muller."""
    radius, angle = uniforms((2, np.prod(shape)), stream)
    drawn = np.sqrt(-2 * np.log(radius)) * np.cos(2 * np.pi * angle)
    return drawn.reshape(shape)
`;

const truncated = (variance) =>
  `    # Cut off at two deviations and widened for it, as Keras does.
    drawn = normals((2 * n_in * n_out + 32,), stream)
    drawn = drawn[abs(drawn) < 2][: n_in * n_out].reshape(n_in, n_out)
    return np.sqrt(${variance}) / 0.8796256610342398 * drawn
`;
const glorot = `    limit = np.sqrt(6 / (n_in + n_out))
    return limit * (2 * uniforms((n_in, n_out), stream) - 1)
`;
const KERNELS = {
  uniform: () =>
    `    return n_in**-0.5 * (2 * uniforms((n_in, n_out), stream) - 1)
`,
  normal: ({ spread }) =>
    `    return ${spread} * normals((n_in, n_out), stream)
`,
  glorot: () => glorot,
  he: () => truncated("2 / n_in"),
  lecun: () => truncated("1 / n_in"),
  orthogonal: () =>
    `    long, short = max(n_in, n_out), min(n_in, n_out)
    q, r = np.linalg.qr(normals((long, short), stream))
    q = q * np.sign(np.diag(r))
    return q if n_in >= n_out else q.T
`,
};

const POINTS = `n = 400
y = np.arange(n) % 2
u, v = uniforms((2, n), 1)
`;
const NOISY = (spread) =>
  `x = (x + ${spread} * normals((n, 2), 2)).astype("float32")
`;
const DATA = {
  xor: `${POINTS}side = np.where(v < 0.5, 1, -1)
across = (0.1 + u) * side
up = (0.1 + 2 * v % 1) * np.where(y, 1, -1) * -side
x = np.stack([across, up], axis=1).astype("float32")
`,
  circles: `${POINTS}angle = 2 * np.pi * u
radius = np.where(y, 0.5, 1.1)
x = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
${NOISY(0.08)}`,
  moons: `${POINTS}c, s = np.cos(np.pi * u), np.sin(np.pi * u)
lower = np.stack([0.5 - c, 0.25 - s], axis=1)
upper = np.stack([c - 0.5, s - 0.25], axis=1)
x = np.where(y[:, None], lower, upper)
${NOISY(0.1)}`,
  spiral: `${POINTS}radius = 0.1 + 1.2 * np.sqrt(u)
angle = 3 * np.pi * np.sqrt(u) + np.pi * y
x = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
${NOISY(0.03)}`,
  digits: `digits = load_digits()
x = (digits.data[:512] / 16).astype("float32")
y = digits.target[:512]
`,
};

/** The program's text. */
export function program(choices, framework) {
  const { data, depth, width, initializer, batch, seed } = choices;
  const { imports, tensors, training } = FRAMEWORKS[framework];
  const classes = data === "digits" ? 10 : 1;
  const size = Math.min(batch, data === "digits" ? 512 : 400);
  return `"""The playground's network in ${framework}.

${title(choices)}.
The same data, first weights and batches. It prints the size of dL/dW and of
dL/dz in every layer, then trains.
"""

${imports(classes === 1 ? "" : "from sklearn.datasets import load_digits\n")}
SEED = ${seed}
DEPTH = ${depth}
WIDTH = ${width}
BATCH_SIZE = ${size}
STEPS = ${STEPS}


${DRAWS}

def first_kernel(n_in, n_out, stream):
${KERNELS[initializer](choices)}

def head_kernel(n_in, n_out, stream):
${glorot}

# Data
${DATA[data]}${tensors(classes)}

def batches():
    """Which samples each step sees; the order changes with the epoch."""
    per_epoch = len(x) // BATCH_SIZE
    for step in range(STEPS):
        epoch, place = divmod(step, per_epoch)
        if place == 0:
            order = np.argsort(uniforms((len(x),), 1_000_000 + epoch))
        yield order[place * BATCH_SIZE :][:BATCH_SIZE]


${training(choices, classes)}print(f"loss of batch {STEPS}: {loss:.4f}")
`;
}
