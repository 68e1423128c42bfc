"""How small may the batch be for batch normalization?

A declared grid: batch size, normalization, three learning rates. Fixed: ten ReLU layers of width 64, He weights, Adam,
200 steps on digits. Five seeds; the rate of a seed is the one that did best on the other seeds.
The figure shows the factor of ||dL/dz|| per layer before training, and test accuracy, by batch size.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, accuracy, band, digits, gradient_norms, train

SEEDS = range(5)
RATES, SIZES, KINDS = (0.0005, 0.002, 0.008), (2, 4, 8, 32, 128), {"none": None, "layer": "layer", "batch": "batch"}
depth, width, steps = 10, 64, 200
x_train, x_test, y_train, y_test = digits()
members = [(rate, seed) for rate in RATES for seed in SEEDS]
rates = np.array([rate for rate, _ in members], "float32")[:, None, None]


# --8<-- [start:measure]
def measure(kind, size):
    """Factor of ||dL/dz|| per layer; test accuracies, and those with the test digits' own mean and variance."""
    stack = Stack(
        (64, *[width] * depth, 10), [seed for _, seed in members], "relu", "he_normal", normalization=KINDS[kind]
    )
    g = gradient_norms(stack, x_train[:size], y_train[:size])[1][: len(SEEDS), :depth]  # the rates do not matter yet
    train(stack, x_train, y_train, steps, keras.optimizers.Adam(lambda: rates), size)
    runs = accuracy(stack, x_test, y_test).reshape(len(RATES), -1)
    own = (stack.forward(x_test, training=True)[0].numpy().argmax(axis=-1) == y_test).mean(axis=1).reshape(runs.shape)
    others = runs.sum(axis=1, keepdims=True) - runs  # of the same rate: what the other seeds reached
    best = others.argmax(axis=0)[None]
    picked = [np.take_along_axis(table, best, axis=0)[0] for table in (runs, own)]
    return (g[:, 0] / g[:, -1]) ** (1 / (depth - 1)), *picked


found = {kind: {f"of_{size}": measure(kind, size) for size in SIZES} for kind in KINDS}
# --8<-- [end:measure]
factor, reached, with_own = (
    {kind: {size: values[i] for size, values in of.items()} for kind, of in found.items()} for i in range(3)
)
theory = np.sqrt(np.pi / (np.pi - 1))  # Yang et al. 2019, wide layers and large batches

fig, axes = plt.subplots(1, 2)
for _kind, style, label in zip(KINDS, ("C0o-", "C2^-.", "C1s--"), ("none", "over units", "over samples")):
    for ax, _values in zip(axes, (factor, reached)):
        band(ax, SIZES, np.transpose(list(_values[_kind].values())), style, label)
axes[0].axhline(theory, color="C4", ls=":")
axes[0].set(title="dL/dz grows per layer by", ylim=(0.8, 3.1))
axes[1].set(title="test accuracy", ylim=(0, 1.02))
for ax in axes:
    ax.set(xscale="log", xlabel="batch size", xticks=SIZES, xticklabels=SIZES)
    ax.minorticks_off()
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
fig.savefig("batch_normalization_batch_size.svg")
