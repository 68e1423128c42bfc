"""Does layer normalization do what batch normalization does?

A declared grid: activation, weights small or matched, normalization none, over units, over samples. Fixed: 20 layers of
width 64, a batch of digits, before training. Ten seeds. The figure shows ||dL/dz|| by layer with matched weights.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, band, digits, gradient_norms

SEEDS = range(10)
depth, width, batch, spread = 20, 64, 128, 0.05
x, _, y, _ = (part[:batch] for part in digits())


def small(seed):
    return keras.initializers.RandomNormal(stddev=spread, seed=seed)


# --8<-- [start:measure]
MATCHED = {"sigmoid": "glorot_normal", "tanh": "glorot_normal", "relu": "he_normal"}
KINDS = {"none": None, "layer": "layer", "batch": "batch"}


def measure(activation, initializer, normalization):
    """||dL/dz|| by layer (seeds, layers); of z in the last hidden layer, the share that differs between samples."""
    stack = Stack((64, *[width] * depth, 10), SEEDS, activation, initializer, normalization)
    z = np.array(stack.forward(x, training=True)[1][-2], "float64")  # (seeds, samples, units)
    return gradient_norms(stack, x, y)[1][:, :depth], z.var(axis=1).mean(axis=1) / (z**2).mean(axis=(1, 2))


found = {
    f"{activation}_{weights}_{kind}": measure(activation, rule, KINDS[kind])
    for activation, matched in MATCHED.items()
    for weights, rule in (("small", small), ("matched", matched))
    for kind in KINDS
}
factor = {name: (g[:, 0] / g[:, -1]) ** (1 / (depth - 1)) for name, (g, _) in found.items()}  # of dL/dz per layer
differs = {name: share for name, (_, share) in found.items()}
# --8<-- [end:measure]
# Normalized over units, z has variance one; its sums had sigma_w^2 E[sigmoid(z)^2]: that scale divides the gradient.
points, weights = np.polynomial.hermite_e.hermegauss(101)  # means over N(0, 1)
s = 1 / (1 + np.exp(-points))
theory = np.sqrt(weights @ (s * (1 - s)) ** 2 / (weights @ s**2))

fig, axes = plt.subplots(1, 3, sharey=True)
for ax, activation in zip(axes, MATCHED):
    for _kind, style, label in zip(KINDS, ("C0o-", "C2^-.", "C1s--"), ("none", "over units", "over samples")):
        g = found[f"{activation}_matched_{_kind}"][0]
        band(ax, range(1, depth + 1), g / g[:, -1:], style, label)
    ax.set(yscale="log", title=activation.replace("relu", "ReLU"), xlabel="layer", xticks=(1, 10, 20))
axes[0].set_ylabel("||dL/dz||, last = 1")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
fig.savefig("batch_normalization_layer.svg")
