"""How do the weights' spread and the activation decide what passes through?

Fixed: 20 hidden layers of width 128 before training. Varies: activation,
initializer. Ten seeds, each with 128 random inputs of its own. The figure
shows, by layer, the mean square of z and its spread over samples going forward,
and dL/dz going back.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import draw_noise
from gaussian import gaussian_mean
from measures import factor_per_layer
from stack import Stack, gradient_norms

SEEDS = range(10)
depth = 20
width = 128
batch_size = 128
small = 0.05
x, y = draw_noise(batch_size, width, SEEDS)


def draw_small(seed):
    return keras.initializers.RandomNormal(stddev=small, seed=seed)


NETS = {  # activation and initializer
    "sigmoid_small": ("sigmoid", draw_small),
    "sigmoid": ("sigmoid", "glorot_normal"),
    "tanh_small": ("tanh", draw_small),
    "tanh": ("tanh", "glorot_normal"),
    "relu_small": ("relu", draw_small),
    "relu": ("relu", "he_normal"),
}
SIGMA_W2 = {  # variance of a weight times the width
    name: width * small**2 for name in NETS if name.endswith("small")
} | {"sigmoid": 1, "tanh": 1, "relu": 2}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# --8<-- [start:theory]
FUNCTIONS = {  # each with its slope
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "relu": (lambda z: np.maximum(z, 0), lambda z: z > 0),
}


def mean_square(function, variance):
    """E[function(z)^2] over normal z of that variance."""
    return gaussian_mean(lambda u: function(variance**0.5 * u) ** 2)


def predict(activation, sigma_w2):
    """Theory: variance of z by layer, and squared factors of dL/dz."""
    function, slope = FUNCTIONS[activation]
    variances = [sigma_w2]  # the inputs have variance one
    for _ in range(depth - 1):
        variances.append(sigma_w2 * mean_square(function, variances[-1]))
    factors = [sigma_w2 * mean_square(slope, q) for q in variances[:-1]]
    return np.array(variances), np.array(factors)


# --8<-- [end:theory]
square = {}  # of z, mean over samples and units: (seeds, layers) each
spread = {}  # of z over samples, mean over units
size = {}  # of z, mean absolute value
by_z = {}  # norm of dL/dz
# --8<-- [start:measure]
for name, (activation, initializer) in NETS.items():
    sizes = (width, *[width] * depth, 10)
    stack = Stack(sizes, SEEDS, activation, initializer)

    # Forward: z of the hidden layers, (layers, seeds, samples, units).
    zs = np.array(stack.forward(x)[1][:depth], "float64")
    square[name] = (zs**2).mean(axis=(2, 3)).T
    spread[name] = zs.std(axis=2).mean(axis=2).T
    size[name] = np.abs(zs).mean(axis=(2, 3)).T

    # Back: dL/dz of the hidden layers.
    by_z[name] = gradient_norms(stack, x, y).z[:, :depth]
# --8<-- [end:measure]
factor = {name: factor_per_layer(norms) for name, norms in by_z.items()}
predicted = {
    name: predict(activation, SIGMA_W2[name])
    for name, (activation, _) in NETS.items()
}
theory = {  # factor of dL/dz per layer
    name: np.prod(factors) ** (0.5 / (depth - 1))
    for name, (_, factors) in predicted.items()
}

# The last layer: its mean square over theory's, its spread over the first's.
end = {
    name: square[name][:, -1] / variances[-1]
    for name, (variances, _) in predicted.items()
}
left = {name: found[:, -1] / found[:, 0] for name, found in spread.items()}

# How far apart single ReLU networks end: the largest over the smallest.
wandered = end["relu"].max() / end["relu"].min()

# Layers in which float32 still tells samples apart.
told_apart = {
    name: (spread[name] > 1e-7 * size[name]).sum(axis=1) for name in NETS
}

# Tanh: twice the layer's number times the mean square, and single factors.
twice = {
    "tanh": 2 * depth * square["tanh"][:, -1],
    "theory": 2 * depth * predicted["tanh"][0][-1],
}
pair = {
    "early": by_z["tanh"][:, 0] / by_z["tanh"][:, 1],
    "late": by_z["tanh"][:, -2] / by_z["tanh"][:, -1],
}

# Draw it: theory as lines behind the measured points.
layers = np.arange(1, depth + 1)
STYLES = {  # color and marker, line of theory
    "sigmoid_small": ("C0x", "C0:"),
    "sigmoid": ("C0o", "C0-"),
    "tanh_small": ("C1+", "C1:"),
    "tanh": ("C1s", "C1-"),
    "relu_small": ("C2*", "C2:"),
    "relu": ("C2^", "C2-"),
}
fig, axes = plt.subplots(3, 1, figsize=(4.8, 8.6), sharex=True)
for name, (points, line) in STYLES.items():
    label = name.replace("_", ", ")
    variances, factors = predicted[name]

    draw_band(axes[0], layers, square[name], points, label)
    axes[0].plot(layers, variances, line, lw=1, label=f"_{label}, theory")

    draw_band(axes[1], layers, spread[name], points, label)

    draw_band(axes[2], layers, by_z[name], points, label)
    going_back = np.cumprod([1, *factors[::-1]])[::-1] ** 0.5
    last = np.median(by_z[name][:, -1])
    theory_line = last * going_back
    axes[2].plot(layers, theory_line, line, lw=1, label=f"_{label}, theory")
axes[0].set(yscale="log", title="Forward: mean square of z")
axes[1].set(yscale="log", title="Forward: spread of z over samples")
axes[2].set(
    yscale="log",
    title="Back: norm of dL/dz",
    xlabel="layer (1 is nearest the input)",
    xticks=(1, 5, 10, 15, 20),
)
handles = axes[0].get_legend_handles_labels()
fig.legend(*handles, loc="outside lower center", ncols=3)
fig.savefig("initialization.svg")
