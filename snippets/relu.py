"""What does ReLU change for the gradient, and what does its initialization?

A declared grid: activation by spread of the weights. Fixed: 20 hidden layers of
width 64, before training. Ten seeds, each with a batch of 128 digits of its
own. The figure shows ||dL/dz|| by layer. ReLU is measured in three further
settings: wider, deeper, and with random inputs.
"""

import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import digits, draw_batches
from gaussian import gaussian_mean
from measures import factor_per_layer
from stack import Stack, gradient_norms

SEEDS = range(10)
depth = 20
width = 64
batch_size = 128

x_train, _, y_train, _ = digits()
x, y = draw_batches(x_train, y_train, batch_size, SEEDS)  # (seeds, batch, 64)

# --8<-- [start:measure]
# Two things are changed, one by one: the activation and the weights.
GRID = {
    "sigmoid_glorot": ("sigmoid", "glorot_normal"),
    "sigmoid_he": ("sigmoid", "he_normal"),
    "relu_glorot": ("relu", "glorot_normal"),
    "relu_he": ("relu", "he_normal"),
}

by_z = {}  # norms of dL/dz of the hidden layers, (seeds, layers)
for name, (activation, initializer) in GRID.items():
    stack = Stack((64, *[width] * depth, 10), SEEDS, activation, initializer)
    by_z[name] = gradient_norms(stack, x, y).z[:, :depth]

# How much of it a layer passes on, and how much is left in the first layer.
factor = {name: factor_per_layer(norms) for name, norms in by_z.items()}
left = {name: norms[:, 0] / norms[:, -1] for name, norms in by_z.items()}
# --8<-- [end:measure]

# What He weights add to the factor, measured, and for sigmoid in theory.
gain = {
    "sigmoid": factor["sigmoid_he"] / factor["sigmoid_glorot"],
    "relu": factor["relu_he"] / factor["relu_glorot"],
}
root_half = 0.5**0.5


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def mean_square(function, variance):
    """E[function(z)^2] over normal z of that variance."""
    return gaussian_mean(lambda u: function(variance**0.5 * u) ** 2)


def predict_factor(sigma_w2):
    """Factor of ||dL/dz|| in wide sigmoid layers behind many others."""
    variance = sigma_w2  # of z; it settles within a few layers
    for _ in range(100):
        variance = sigma_w2 * mean_square(sigmoid, variance)
    slope = mean_square(lambda z: sigmoid(z) * (1 - sigmoid(z)), variance)
    return (sigma_w2 * slope) ** 0.5


theory_gain = predict_factor(2) / predict_factor(1)

# ReLU elsewhere: four times as wide, fifty layers, random inputs.
noise = np.random.default_rng(0).normal(size=x.shape).astype("float32")
SETTINGS = {
    "wide": (depth, 4 * width, x),
    "deep": (50, width, x),
    "noise": (depth, width, noise),
}
elsewhere = {}
for setting, (num_layers, num_units, inputs) in SETTINGS.items():
    for initializer in ("glorot_normal", "he_normal"):
        sizes = (64, *[num_units] * num_layers, 10)
        stack = Stack(sizes, SEEDS, "relu", initializer)
        by_layer = gradient_norms(stack, inputs, y).z[:, :num_layers]
        rule = initializer.removesuffix("_normal")
        elsewhere[f"{setting}_{rule}"] = factor_per_layer(by_layer)

# Draw what was found.
STYLES = {
    "sigmoid_glorot": ("C0-", "sigmoid, Glorot"),
    "sigmoid_he": ("C0--", "sigmoid, He"),
    "relu_glorot": ("C1-", "ReLU, Glorot"),
    "relu_he": ("C1--", "ReLU, He"),
}
fig, ax = plt.subplots()
for name, (style, label) in STYLES.items():
    draw_band(ax, range(1, depth + 1), by_z[name], style, label)
ax.set(
    yscale="log",
    xlabel="layer (1 is nearest the input)",
    ylabel="||dL/dz||",
    xticks=range(1, depth + 1, 3),
)
ax.legend()
fig.savefig("relu.svg")
