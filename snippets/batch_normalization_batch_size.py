"""How small may the batch be for batch normalization?

A declared grid: batch size, normalization, three learning rates. Fixed: ten
ReLU layers of width 64, He weights, Adam, 200 steps on digits. Ten seeds; the
rate of a seed is the one that did best on the other seeds. The figure shows the
factor of ||dL/dz|| per layer before training, and test accuracy, by batch size.
"""

from itertools import product

import keras
import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import digits, draw_batches
from measures import choose_rate, factor_per_layer
from stack import Stack, accuracy, gradient_norms, train

SEEDS = range(10)
RATES = [0.0005, 0.002, 0.008]
SIZES = [2, 4, 8, 32, 128]
TRAINED = [2, 4, 8, 32]  # more samples take longer
EPSILONS = {"large": 1e-3, "middle": 1e-5, "small": 1e-8}
KINDS = {"none": None, "layer": "layer", "batch": "batch"}
depth = 10
width = 64
steps = 200
sizes = (64, *[width] * depth, 10)
x_train, x_test, y_train, y_test = digits()


# --8<-- [start:before]
def measure(kind, batch_size, epsilon=1e-3):
    """Factor of ||dL/dz|| per layer before training, (seeds,)."""
    stack = Stack(
        sizes,
        SEEDS,
        activation="relu",
        initializer="he_normal",
        normalization=KINDS[kind],
        epsilon=epsilon,
    )
    x, y = draw_batches(x_train, y_train, batch_size, SEEDS)
    return factor_per_layer(gradient_norms(stack, x, y).z[:, :depth])


factor = {}
for kind in KINDS:
    factor[kind] = {f"of_{size}": measure(kind, size) for size in SIZES}

# Two, four and eight samples once more, with other epsilons.
by_epsilon = {}
for size, (name, epsilon) in product((2, 4, 8), EPSILONS.items()):
    by_epsilon[f"{name}_{size}"] = measure("batch", size, epsilon)
# --8<-- [end:before]
theory = np.sqrt(
    np.pi / (np.pi - 1)
)  # Yang et al. 2019, many units and samples

# One network for each learning rate and seed; all of a kind train at once.
members = list(product(RATES, SEEDS))
rates = np.array([rate for rate, _ in members], "float32")
seeds = [seed for _, seed in members]


# --8<-- [start:train]
def train_all(kind, batch_size):
    """Test accuracies, and those with the test digits' own mean and variance.

    Two arrays, (rates, seeds).
    """
    stack = Stack(
        sizes,
        seeds,
        activation="relu",
        initializer="he_normal",
        normalization=KINDS[kind],
    )
    optimizer = keras.optimizers.Adam(lambda: rates[:, None, None])
    train(stack, x_train, y_train, steps, optimizer, batch_size)
    runs = accuracy(stack, x_test, y_test)
    logits = stack.forward(x_test, training=True)[0].numpy()
    own_runs = (logits.argmax(axis=2) == y_test).mean(axis=1)
    shape = (len(RATES), len(SEEDS))
    return runs.reshape(shape), own_runs.reshape(shape)


# --8<-- [end:train]
reached = {kind: {} for kind in KINDS}
with_own = {kind: {} for kind in KINDS}
for kind, size in product(KINDS, TRAINED):
    runs, own_runs = train_all(kind, size)
    reached[kind][f"of_{size}"] = choose_rate(runs)
    with_own[kind][f"of_{size}"] = choose_rate(own_runs)

# Draw what was found.
STYLES = {
    "none": ("C0o-", "none"),
    "layer": ("C2^-.", "over units"),
    "batch": ("C1s--", "over samples"),
}
fig, axes = plt.subplots(1, 2)
for kind, (style, label) in STYLES.items():
    factors = np.transpose(list(factor[kind].values()))  # (seeds, sizes)
    draw_band(axes[0], SIZES, factors, style, label)
    accuracies = np.transpose(list(reached[kind].values()))
    draw_band(axes[1], TRAINED, accuracies, style, label)
axes[0].axhline(theory, color="C4", ls=":")
axes[0].set(title="dL/dz grows per layer by", ylim=(0.8, 3.1))
axes[1].set(title="test accuracy", ylim=(0, 1.02))
for ax, ticks in zip(axes, (SIZES, TRAINED)):
    ax.set(xscale="log", xlabel="batch size", xticks=ticks, xticklabels=ticks)
    ax.minorticks_off()
handles = axes[0].get_legend_handles_labels()
fig.legend(*handles, loc="outside lower center", ncols=3)
fig.savefig("batch_normalization_batch_size.svg")
