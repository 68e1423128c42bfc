"""What does a lower limit do to the direction of a clipped gradient?

Fixed: ten hidden layers of width 64, digits, before training. Varies: weights
that explode (ReLU, 1.6 times He's spread) or vanish (sigmoid, Glorot), the way
of clipping, and the limit. Ten seeds, each with weights and a batch of its
own. The figure shows the cosine between the clipped gradient and the whole.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import digits, draw_batches
from stack import Stack, gradients

SEEDS = range(10)
# Each limit as a share of the largest that would clip.
SHARES = np.logspace(0, -6, 25)
depth = 10  # hidden layers
width = 64
batch_size = 128
gain = 1.6  # times He's spread
x_train, _, y_train, _ = digits()
x, y = draw_batches(x_train, y_train, batch_size, SEEDS)


def large(seed):
    return keras.initializers.RandomNormal(0.0, gain * (2 / width) ** 0.5, seed)


# --8<-- [start:ways]
def norm(parts):
    """Of each seed, over all parts. parts: each (seeds, entries)."""
    return np.linalg.norm(np.concatenate(parts, axis=1), axis=1, keepdims=True)


def clip_together(parts, share):  # global_clipnorm
    factor = share  # the limit is this share of the whole norm
    return [factor * part for part in parts]


def clip_each(parts, share):  # clipnorm
    limit = share * np.max([norm([part]) for part in parts], axis=0)
    return [part * np.minimum(1, limit / norm([part])) for part in parts]


def clip_entries(parts, share):  # clipvalue
    largest = [np.abs(part).max(axis=1, keepdims=True) for part in parts]
    limit = share * np.max(largest, axis=0)
    return [np.clip(part, -limit, limit) for part in parts]


# --8<-- [end:ways]


# --8<-- [start:measure]
def find_cosine(parts, clipped):
    """Between two gradients: (seeds,)."""
    products = [(a * b).sum(axis=1) for a, b in zip(parts, clipped)]
    return np.sum(products, axis=0) / (norm(parts) * norm(clipped))[:, 0]


WAYS = {"together": clip_together, "each": clip_each, "entries": clip_entries}
NETWORKS = {
    "exploding": ("relu", large),
    "vanishing": ("sigmoid", "glorot_uniform"),
}
cosines = {}  # (seeds, shares)
first = {}  # the step of the first hidden layer over the last one's: (seeds,)
for name, (activation, initializer) in NETWORKS.items():
    sizes = (64, *[width] * depth, 10)
    stack = Stack(sizes, SEEDS, activation, initializer)
    parts = [  # dL/dW of each layer, (seeds, entries)
        kernel.numpy().astype("float64").reshape(len(SEEDS), -1)
        for kernel in gradients(stack, x, y).kernels
    ]
    for way, clip in WAYS.items():
        tried = [clip(parts, share) for share in SHARES]
        key = f"{name}_{way}"
        cosines[key] = np.stack([find_cosine(parts, c) for c in tried], axis=1)
        lowest = tried[-1]
        first[key] = (norm(lowest[:1]) / norm(lowest[-2:-1]))[:, 0]
# --8<-- [end:measure]

lowest = {key: found[:, -1] for key, found in cosines.items()}

fig, axes = plt.subplots(1, 2, sharey=True)
LINES = {
    "together": ("C0-", "global_clipnorm"),
    "each": ("C1--", "clipnorm"),
    "entries": ("C2-.", "clipvalue"),
}
for ax, name in zip(axes, NETWORKS):
    for way, (style, label) in LINES.items():
        draw_band(ax, SHARES, cosines[f"{name}_{way}"], style, label)
    ax.set(title=name, xscale="log", xlabel="limit, share of the largest")
axes[0].set(ylabel="cosine with the gradient", ylim=(0, 1.05))
axes[0].legend()
fig.savefig("clipping.svg")
