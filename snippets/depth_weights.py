"""What sets the factor of a sigmoid layer: its slope or its weights?

Fixed: 15 hidden layers of width 128, sigmoid, before training. Varies: the
initializer, the spread of the weights. Five seeds, each with weights and a
batch of random inputs of its own. The figure shows the factor of ||dL/dz|| per
layer against sigma_w, the spread times the root of the width.
"""

from functools import partial

import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import draw_noise
from gaussian import gaussian_mean
from keras.initializers import (
    GlorotUniform,
    HeNormal,
    RandomNormal,
    RandomUniform,
)
from measures import factor_per_layer
from stack import Stack, gradient_norms

SEEDS = range(5)
SPREADS = np.array([0.5, 1, 1.414, 2, 3, 4, 5, 6, 8, 12])  # sigma_w
depth = 15
width = 128
batch_size = 128
root = width**0.5

x, y = draw_noise(batch_size, width, SEEDS)  # x: (seeds, batch, width)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_slope(z):
    return sigmoid(z) * (1 - sigmoid(z))


def mean_square(function, variance):
    """The mean of function(z)² over z ~ N(0, variance)."""
    spread = np.sqrt(variance)
    return gaussian_mean(lambda z: function(spread * z) ** 2)


def predict_factor(sigma_w):
    """sqrt(chi_1) of a sigmoid layer, at the variance q where z settles."""
    q = 1.0
    for _ in range(100):
        q = sigma_w**2 * mean_square(sigmoid, q)
    return sigma_w * np.sqrt(mean_square(sigmoid_slope, q))


# --8<-- [start:measure]
def build(initializer):
    """The networks of all seeds. initializer: a function of the seed."""
    sizes = (width, *[width] * depth, 10)
    return Stack(sizes, SEEDS, "sigmoid", initializer)


def measure_factor(stack):
    """Factor of ||dL/dz|| from one hidden layer to the one before: (seeds,)."""
    by_z = gradient_norms(stack, x, y).z
    return factor_per_layer(by_z[:, :depth])


INITIALIZERS = {
    "normal": partial(RandomNormal, 0.0, 0.05),
    "uniform": partial(RandomUniform, -1 / root, 1 / root),
    "glorot": GlorotUniform,
    "he": HeNormal,
}
factor = {}
for name, initializer in INITIALIZERS.items():
    factor[name] = measure_factor(build(initializer))

swept = [
    build(partial(RandomNormal, 0.0, sigma_w / root)) for sigma_w in SPREADS
]
measured = np.stack([measure_factor(stack) for stack in swept], axis=1)
# --8<-- [end:measure]

# Measured at the ends of SPREADS, and how far theory is off: (seeds,).
predicted = np.array([predict_factor(sigma_w) for sigma_w in SPREADS])
worst = np.abs(measured / predicted - 1).max(axis=1)
smallest = measured[:, 0]
largest = measured[:, -1]
largest_at = SPREADS[-1]
SIGMA_W = {"normal": 0.05 * root, "uniform": 3**-0.5, "glorot": 1, "he": 2**0.5}
factor_theory = {
    name: predict_factor(sigma_w) for name, sigma_w in SIGMA_W.items()
}


def saturated_share(stack):
    """Share of slopes below 0.01 in the last hidden layer: (seeds,)."""
    z = stack.forward(x)[1][depth - 1].numpy()  # (seeds, batch, width)
    return (sigmoid_slope(z) < 0.01).mean(axis=(1, 2))


saturated = {"glorot": saturated_share(swept[1])}
saturated["largest"] = saturated_share(swept[-1])

# Weights between hidden layers, at the largest spread: (seeds, layers, ...).
weights = np.stack(
    [kernel.numpy() for kernel in swept[-1].kernels[1:-1]], axis=1
)
typical_weight = weights.std(axis=(1, 2, 3))
below_four = (np.abs(weights) < 4).mean(axis=(1, 2, 3))

# The drawing.
fig, ax = plt.subplots()
ax.plot(SPREADS, predicted, "C1-", lw=1, label="theory, √χ₁")
draw_band(ax, SPREADS, measured, "C0o", "measured, normal weights")
ax.plot(
    SIGMA_W.values(),
    [np.median(found) for found in factor.values()],
    "C2D",
    ls="",
    mfc="none",
    ms=8,
    label="measured, four initializers",
)
ax.axhline(0.25, color="C4", ls=":", label="a quarter")
ax.set(xlabel="spread of the weights, sigma_w")
ax.set(ylabel="factor of ||dL/dz|| per layer")
ax.set_title("The factor is slope times weights")
ax.legend()
fig.savefig("depth_weights.svg")
