"""What does the playground show before anyone touches it?

Fixed: two moons, 10 hidden layers of width 16, before training. Varies: one
thing at a time against sigmoid layers with weights U(±1/√n), the playground's
first network. Ten seeds, each with a batch of its own. The figure shows dL/dz
by layer.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from gaussian import gaussian_mean
from measures import factor_per_layer
from stack import Stack, gradient_norms

SEEDS = range(10)
depth = 10
width = 16
batch_size = 64


def draw_moons(seed):
    """Points on two half circles, and which one: (batch, 2), (batch,)."""
    rng = np.random.default_rng(seed)
    y = np.arange(batch_size) % 2
    angle = np.pi * rng.random(batch_size)
    upper = [np.cos(angle) - 0.5, np.sin(angle) - 0.25]
    lower = [0.5 - np.cos(angle), 0.25 - np.sin(angle)]
    x = np.where(y, lower, upper).T
    return x + 0.1 * rng.normal(size=x.shape), y


moons = [draw_moons(seed) for seed in SEEDS]
x = np.array([points for points, _ in moons])  # (seeds, batch, 2)
y = np.array([labels for _, labels in moons])  # (seeds, batch)


def uniform(seed):
    """U(±1/√n); the stack numbers the kernels in a member's thousand."""
    fan_in = 2 if seed % 1000 == 0 else width
    return keras.initializers.RandomUniform(
        -(fan_in**-0.5), fan_in**-0.5, seed=seed
    )


CHANGES = {
    "sigmoid": {},
    "relu": {"activation": "relu"},
    "glorot": {"initializer": "glorot_uniform"},
    "batch": {"normalization": "batch"},
    "skips": {"skip": 1},
}
by_z = {}  # change -> norms of dL/dz, (seeds, hidden layers)
left = {}  # first over last hidden layer: (seeds,)
factor = {}  # per layer: (seeds,)
for name, change in CHANGES.items():
    options = {"activation": "sigmoid", "initializer": uniform} | change
    stack = Stack((2, *[width] * depth, 1), SEEDS, **options)
    by_z[name] = gradient_norms(stack, x, y).z[:, :depth]
    left[name] = by_z[name][:, 0] / by_z[name][:, -1]
    factor[name] = factor_per_layer(by_z[name])


# What theory of wide layers expects of sigmoid after batch normalization,
# where z is N(0, 1): chi = E[f'(z)²] / Var f(z).
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def slope_squared(z):
    return (sigmoid(z) * (1 - sigmoid(z))) ** 2


mean = gaussian_mean(sigmoid)
variance = gaussian_mean(lambda z: (sigmoid(z) - mean) ** 2)
chi = gaussian_mean(slope_squared) / variance
expected = chi ** ((depth - 1) / 2)

# Draw dL/dz by layer.
LABELS = {
    "sigmoid": "sigmoid, U(±1/√n)",
    "relu": "ReLU instead",
    "glorot": "Glorot weights",
    "batch": "batch normalization",
    "skips": "skip connections",
}
fig, ax = plt.subplots(figsize=(6.2, 3.8))
layers = range(1, depth + 1)
for name, style in zip(by_z, ["C0-", "C1--", "C2-.", "C3:", "C4-"]):
    draw_band(ax, layers, by_z[name], style, LABELS[name])
ax.set(yscale="log", ylabel="norm of dL/dz")
ax.set(xlabel="layer, 1 nearest the input")
fig.legend(loc="outside right")
fig.savefig("playground.svg")
