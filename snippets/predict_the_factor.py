"""Does theory predict what a layer passes back of dL/dz, for any pair?

A pair is an activation with an initializer. Fixed: 20 hidden layers of width
128, zero biases, no training. Varies: the pair, with the same weights for all
activations; for one pair the width. Ten seeds, each with random inputs of its
own. The figure shows measurement above theory.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from data import draw_noise
from gaussian import gaussian_mean
from keras.initializers import RandomNormal, RandomUniform
from measures import factor_per_layer
from stack import Stack, gradients

SEEDS = range(10)
depth = 20
width = 128
wide = 512
batch_size = 128
small = 0.05
limit = width**-0.5

ACTIVATIONS = {  # leaky ReLU with Keras' slope of 0.2
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "relu": "ReLU",
    "leaky_relu": "leaky\nReLU",
    "gelu": "GELU",
    "selu": "SELU",
    "silu": "SiLU",
}
INITIALIZERS = {
    "normal": lambda seed: RandomNormal(stddev=small, seed=seed),
    "uniform": lambda seed: RandomUniform(-limit, limit, seed),
    "glorot": "glorot_uniform",
    "he": "he_normal",
    "lecun": "lecun_normal",
    "orthogonal": "orthogonal",
}
SIGMA_W2 = {  # the variance of a weight times the width
    "normal": small**2 * width,
    "uniform": 1 / 3,
    "glorot": 1.0,
    "he": 2.0,
    "lecun": 1.0,
    "orthogonal": 1.0,
}


# --8<-- [start:theory]
def mean_square(f, q):
    """E[f(z)^2] over z from N(0, q)."""
    return gaussian_mean(lambda z: f(np.sqrt(q) * z) ** 2)


def mean_square_slope(f, q):
    """E[f'(z)^2] over z from N(0, q)."""
    root = np.sqrt(q)
    return gaussian_mean(lambda z: np.gradient(f(root * z), root * z) ** 2)


def predict(f, sigma_w2):
    """Theory's factor of dL/dz per layer: the mean over the layers."""
    q = sigma_w2  # the variance of z; inputs have variance one
    chi = []
    for _ in range(depth - 1):
        chi.append(sigma_w2 * mean_square_slope(f, q))
        q = sigma_w2 * mean_square(f, q)
    return np.exp(np.log(chi).mean() / 2)  # geometric, of sqrt(chi)
    # --8<-- [end:theory]


# --8<-- [start:measure]
def measure(stack, activation, width=width):
    """The factor of dL/dz per layer, of each member: two arrays.

    Of the norm over the whole batch, and of the batch's median sample.
    """
    stack.activation = keras.activations.get(activation)
    x, y = draw_noise(batch_size, width, stack.seeds)
    norms = []  # of each sample: layers of (members, samples)
    for by_z in gradients(stack, x, y).z[:depth]:
        norms.append(np.linalg.norm(np.float64(by_z), axis=2))
    norms = np.stack(norms, axis=2)  # (members, samples, layers)
    whole = factor_per_layer(np.linalg.norm(norms, axis=1))
    median = np.median(factor_per_layer(norms), axis=1)
    return whole, median
    # --8<-- [end:measure]


# One member for each initializer and seed, with weights that stay.
rules, seeds = [], []
for initializer in INITIALIZERS.values():
    rules += [initializer] * len(SEEDS)
    seeds += SEEDS
stack = Stack((width, *[width] * depth, 10), seeds, initializer=rules)

factor, median_factor = {}, {}  # activation_initializer -> (seeds,)
theory = {}
for activation in ACTIVATIONS:
    whole, median = measure(stack, activation)
    whole = whole.reshape(-1, len(SEEDS))  # (initializers, seeds)
    median = median.reshape(-1, len(SEEDS))

    def f(z, activation=activation):
        return np.asarray(keras.activations.get(activation)(z))

    for i, name in enumerate(INITIALIZERS):
        factor[f"{activation}_{name}"] = whole[i]
        median_factor[f"{activation}_{name}"] = median[i]
        theory[f"{activation}_{name}"] = predict(f, SIGMA_W2[name])

# GELU with He once more, in wider layers.
wider = Stack((wide, *[wide] * depth, 10), SEEDS, initializer="he_normal")
wide_whole, wide_median = measure(wider, "gelu", wide)
own = {"narrow": median_factor["gelu_he"], "wide": wide_median}
lead = {  # of the whole batch over its median sample
    "narrow": factor["gelu_he"] / median_factor["gelu_he"],
    "wide": wide_whole / wide_median,
}

# How far theory is off, against the median over seeds.
off = {
    pair: abs(theory[pair] / np.median(found) - 1)
    for pair, found in factor.items()
}
cells = len(off)
near = sum(value < 0.015 for value in off.values())

# How many pairs keep the size, and how many halve it, in each seed.
every = np.array(list(factor.values()))  # (pairs, seeds)
kept = (np.abs(every - 1) < 0.05).sum(axis=0)
halved = (every < 0.5).sum(axis=0)

# Draw a table of medians: activations down, initializers across.
medians = np.median(every, axis=1).reshape(len(ACTIVATIONS), -1)
predictions = np.reshape(list(theory.values()), medians.shape)
fig, ax = plt.subplots(figsize=(4.6, 5.8))
ax.pcolormesh(np.log(medians), cmap="RdBu_r", vmin=-2, vmax=2)
for (row, column), median in np.ndenumerate(medians):
    look = {"color": "white" if median < 0.26 else "black"}
    look |= {"ha": "center", "va": "center"}
    middle = column + 0.5
    ax.text(middle, row + 0.35, f"{median:.3f}", size=11, weight="bold", **look)
    predicted = predictions[row, column]
    ax.text(middle, row + 0.72, f"{predicted:.3f}", size=10, **look)
names = [f"N(0, {small})", "±1/√n", "Glorot", "He", "LeCun", "orthog."]
ax.set_xticks(np.arange(len(names)) + 0.5, names, rotation=30)
ax.set_yticks(np.arange(len(ACTIVATIONS)) + 0.5, ACTIVATIONS.values())
ax.set(ylim=(len(ACTIVATIONS), 0))
ax.set_title("Factor of dL/dz a layer:\nmeasured, below it theory")
fig.savefig("predict_the_factor.svg")
