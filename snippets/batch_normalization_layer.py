"""Does layer normalization do what batch normalization does?

A declared grid: activation, weights small or matched, normalization none, over
units, over samples. Fixed: 20 layers of width 64 before training. Ten seeds,
each with a batch of 128 digits of its own. The figure shows ||dL/dz|| by layer
with matched weights.
"""

from itertools import product

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from bands import draw_band
from data import digits, draw_batches
from gaussian import gaussian_mean
from measures import factor_per_layer
from stack import Stack, gradient_norms

SEEDS = range(10)
depth = 20
width = 64
batch_size = 128
spread = 0.05
x_train, _, y_train, _ = digits()
x, y = draw_batches(x_train, y_train, batch_size, SEEDS)  # (seeds, batch, 64)


# --8<-- [start:grid]
def draw_small(seed):
    return keras.initializers.RandomNormal(stddev=spread, seed=seed)


def centered_sigmoid(z):
    """Sigmoid with outputs around zero instead of a half."""
    return tf.sigmoid(z) - 0.5


MATCHED = {
    "sigmoid": "glorot_normal",
    "tanh": "glorot_normal",
    "relu": "he_normal",
}
KINDS = {"none": None, "layer": "layer", "batch": "batch"}
# --8<-- [end:grid]


# --8<-- [start:measure]
def measure(activation, initializer, normalization):
    """Norms of dL/dz, (seeds, layers); how much samples differ, (seeds,)."""
    stack = Stack(
        (64, *[width] * depth, 10),
        SEEDS,
        activation,
        initializer,
        normalization,
    )
    norms = gradient_norms(stack, x, y).z[:, :depth]

    # Of the mean square of z in the last hidden layer: (seeds, samples, units).
    z = stack.forward(x, training=True)[1][-2].numpy().astype("float64")
    share = z.var(axis=1).mean(axis=1) / (z**2).mean(axis=(1, 2))
    return norms, share


# --8<-- [end:measure]
# --8<-- [start:all]
by_z = {}
differs = {}
for activation, weights, kind in product(MATCHED, ("small", "matched"), KINDS):
    initializer = draw_small if weights == "small" else MATCHED[activation]
    name = f"{activation}_{weights}_{kind}"
    by_z[name], differs[name] = measure(activation, initializer, KINDS[kind])
by_z["centered_layer"], differs["centered_layer"] = measure(
    centered_sigmoid, "glorot_normal", "layer"
)
factor = {name: factor_per_layer(norms) for name, norms in by_z.items()}
# --8<-- [end:all]


# Theory. Normalized over units, z has variance one, and its sums had a mean
# square of sigma_w^2 E[sigmoid(z)^2]: its root divides the gradient.
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


slope = gaussian_mean(lambda z: (sigmoid(z) * (1 - sigmoid(z))) ** 2)
theory = np.sqrt(slope / gaussian_mean(lambda z: sigmoid(z) ** 2))
centered = gaussian_mean(lambda z: (sigmoid(z) - 0.5) ** 2)
centered_theory = np.sqrt(slope / centered)

# Draw what was found.
STYLES = {
    "none": ("C0o-", "none"),
    "layer": ("C2^-.", "over units"),
    "batch": ("C1s--", "over samples"),
}
fig, axes = plt.subplots(1, 3, sharey=True)
for ax, activation in zip(axes, MATCHED):
    for kind, (style, label) in STYLES.items():
        by_layer = by_z[f"{activation}_matched_{kind}"]
        relative = by_layer / by_layer[:, -1:]
        draw_band(ax, range(1, depth + 1), relative, style, label)
    ax.set(
        yscale="log",
        title=activation.replace("relu", "ReLU"),
        xlabel="layer",
        xticks=(1, 10, 20),
    )
axes[0].set_ylabel("||dL/dz||, last = 1")
handles = axes[0].get_legend_handles_labels()
fig.legend(*handles, loc="outside lower center", ncols=3)
fig.savefig("batch_normalization_layer.svg")
