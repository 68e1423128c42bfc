"""Does a larger network, or a longer training, change the order of the remedies?

Fixed: 20 hidden layers, matched weights, digits, Adam, one rate. Varies: structure, activation, and the size:
the grid's own, three times as many steps, or four times the width. Five seeds.
The figure shows the test accuracy of every seed.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from stack import Stack, accuracy, digits, train

SEEDS = range(5)
depth, batch, rate = 20, 64, 0.002
SIZES = {"grid": (32, 150), "longer": (32, 450), "wider": (128, 150)}
STRUCTURES = {
    "plain": {},
    "batch": {"normalization": "batch"},
    "both": {"normalization": "batch", "skip": 1},
}
x_train, x_test, y_train, y_test = digits()


# --8<-- [start:measure]
ACTIVATIONS = {"sigmoid": tf.sigmoid, "tanh": tf.tanh, "relu": tf.nn.relu}
initializers = [name for name in ("glorot_normal", "glorot_normal", "he_normal") for _ in SEEDS]


def activate(z):
    """Each third of the members has its own activation."""
    return tf.concat([f(part) for f, part in zip(ACTIVATIONS.values(), tf.split(z, 3))], axis=0)


def measure(structure, width, steps):
    """Test accuracies by activation, (seeds,) each."""
    stack = Stack((64, *[width] * depth, 10), [*SEEDS] * 3, activate, initializers, **STRUCTURES[structure])
    train(stack, x_train, y_train, steps, keras.optimizers.Adam(rate), batch)
    return dict(zip(ACTIVATIONS, accuracy(stack, x_test, y_test).reshape(3, -1)))


of = {size: {s: measure(s, *settings) for s in STRUCTURES} for size, settings in SIZES.items()}
# --8<-- [end:measure]

fig, axes = plt.subplots(1, 3, sharey=True)
for ax, size in zip(axes, SIZES):
    for i, activation in enumerate(ACTIVATIONS):
        for x, structure in enumerate(STRUCTURES):
            at = x + 0.25 * (i - 1) + np.linspace(-0.06, 0.06, len(SEEDS))
            label = activation if x == 0 else None
            ax.plot(at, of[size][structure][activation], "os^"[i], color=f"C{i}", ls="", ms=4, label=label)
    ax.set(title=size, ylim=(0, 1.02))
    ax.set_xticks(range(3), ["plain", "BN", "BN +\nskip"])
axes[0].set_ylabel("test accuracy")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
fig.savefig("compare_size.svg")
