"""What does ReLU change for the gradient, and what does its initialization?

A declared grid: activation by spread of the weights. Fixed: 20 hidden layers of width 64, one batch of digits.
Ten seeds. The figure shows ||dL/dz|| by layer before training.
"""

import matplotlib.pyplot as plt
from stack import Stack, band, digits, gradient_norms

SEEDS = range(10)
depth, width, batch = 20, 64, 128
x, _, y, _ = (part[:batch] for part in digits())

# --8<-- [start:measure]
GRID = {
    "sigmoid_glorot": ("sigmoid", "glorot_normal"),
    "sigmoid_he": ("sigmoid", "he_normal"),
    "relu_glorot": ("relu", "glorot_normal"),
    "relu_he": ("relu", "he_normal"),
}
found, factor, left = {}, {}, {}
for name, (activation, initializer) in GRID.items():
    stack = Stack((64, *[width] * depth, 10), SEEDS, activation, initializer)
    found[name] = gradient_norms(stack, x, y)[1][:, :depth]  # dL/dz of the hidden layers: (seeds, layers)
    left[name] = found[name][:, 0] / found[name][:, -1]
    factor[name] = left[name] ** (1 / (depth - 1))  # per layer
# --8<-- [end:measure]
root_half = 0.5**0.5

fig, ax = plt.subplots()
for (name, g), style in zip(found.items(), ("C0-", "C0--", "C1-", "C1--")):
    words = name.replace("relu", "ReLU").replace("glorot", "Glorot").replace("he", "He").replace("_", ", ")
    band(ax, range(1, depth + 1), g, style, words)
ax.set(yscale="log", xlabel="layer (1 is nearest the input)", ylabel="||dL/dz||", xticks=range(1, depth + 1, 3))
ax.legend()
fig.savefig("relu.svg")
