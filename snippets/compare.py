"""Which remedy lets which network learn, and how deep?

The declared grid: activation, initial weights, structure, depth. Fixed: digits, width 32, Adam, 150 steps of 64 digits.
Of three learning rates each cell takes the one with which one more seed had the lowest training loss.
The figure shows the test accuracy of five seeds: median, smallest and largest.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from stack import Stack, accuracy, digits, train

SEEDS = range(5)
DEPTHS, RATES = (5, 20, 50), (0.0005, 0.002, 0.008)
width, batch, steps, spread, choice, bar = 32, 64, 150, 0.05, 500, 0.88
x_train, x_test, y_train, y_test = digits()
chance = np.bincount(y_test).max() / len(y_test)  # always naming the most frequent class


# --8<-- [start:grid]
def small(seed):
    return keras.initializers.RandomNormal(stddev=spread, seed=seed)


ACTIVATIONS = {"sigmoid": tf.sigmoid, "tanh": tf.tanh, "relu": tf.nn.relu}
MATCHED = {"sigmoid": "glorot_normal", "tanh": "glorot_normal", "relu": "he_normal"}
STRUCTURES = {
    "plain": {},
    "layer": {"normalization": "layer"},
    "batch": {"normalization": "batch"},
    "skip": {"skip": 1},
    "both": {"normalization": "batch", "skip": 1},
}
members = [(a, i, r, s) for a in ACTIVATIONS for i in (0, 1) for r in RATES for s in (choice, *SEEDS)]
initializers, seeds = [MATCHED[a] if i else small for a, i, _, _ in members], [s for *_, s in members]
rates = np.array([r for *_, r, _ in members], "float32")[:, None, None]


def activate(z):
    """Each third of the members has its own activation."""
    return tf.concat([f(part) for f, part in zip(ACTIVATIONS.values(), tf.split(z, 3))], axis=0)


def cell(depth, structure):
    """Test accuracies at the chosen rates, (activations, initializers, seeds)."""
    stack = Stack((64, *[width] * depth, 10), seeds, activate, initializers, **STRUCTURES[structure])
    loss = train(stack, x_train, y_train, steps, keras.optimizers.Adam(lambda: rates), batch)[-20:].mean(axis=0)
    shape = 3, 2, len(RATES), 1 + len(SEEDS)
    best = np.nan_to_num(loss.reshape(shape)[..., :1], nan=np.inf).argmin(axis=2, keepdims=True)
    return np.take_along_axis(accuracy(stack, x_test, y_test).reshape(shape), best, axis=2)[:, :, 0, 1:]


found = np.array([[cell(depth, structure) for structure in STRUCTURES] for depth in DEPTHS])
# --8<-- [end:grid]
of = {
    f"{a}_{s}_{i}_{d}": found[k, j, m, n] for k, d in enumerate(DEPTHS) for j, s in enumerate(STRUCTURES)
    for m, a in enumerate(ACTIVATIONS) for n, i in enumerate(("small", "matched"))
}  # fmt: skip
table = found.transpose(2, 1, 3, 0, 4).reshape(15, 6, len(SEEDS))  # rows of the figure, its columns, seeds
fig, ax = plt.subplots(figsize=(6.2, 9))
ax.pcolormesh(np.median(table, axis=2), cmap="cividis", vmin=0, vmax=1, edgecolors="w")
for (row, column), median in np.ndenumerate(np.median(table, axis=2)):
    text = "{1:.2f}\n{0:.2f}–{2:.2f}".format(*np.percentile(table[row, column], (0, 50, 100)))
    ax.text(column + 0.5, row + 0.5, text, ha="center", va="center", color="kw"[int(median < 0.5)], fontsize=8)
ax.set_xticks(np.arange(6) + 0.5, [f"{kind}\n{d}" for kind in ("small", "matched") for d in DEPTHS])
rows = [f"{a}, {s}" for a in ("sigmoid", "tanh", "ReLU") for s in ("plain", "LN", "BN", "skip", "BN + skip")]
ax.set_yticks(np.arange(15) + 0.5, rows)
ax.set(title="Test accuracy", xlabel="initial weights, hidden layers", ylim=(15, 0))
fig.savefig("compare.svg")
