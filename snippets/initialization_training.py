"""Which initialization makes which depth trainable?

Fixed: width 32, 300 steps of Adam on digits, batch 64. Varies: activation,
initializer, depth, three learning rates. Five seeds; the rate of a seed is the
one that did best on the other seeds. The figure shows test accuracy by depth.
"""

from itertools import product

import keras
import matplotlib.pyplot as plt
import numpy as np
from data import digits, find_chance
from measures import choose_rate
from stack import Stack, accuracy, split_activations, train

SEEDS = range(5)
RATES = [0.0003, 0.002, 0.01]
DEPTHS = [5, 10, 20]
width = 32
steps = 300
batch_size = 64
small = 0.05
x_train, x_test, y_train, y_test = digits()
chance = find_chance(y_test)


# --8<-- [start:members]
def draw_small(seed):
    return keras.initializers.RandomNormal(stddev=small, seed=seed)


INITIALIZERS = {  # two for each activation
    "sigmoid_small": draw_small,
    "sigmoid_glorot": "glorot_normal",
    "tanh_small": draw_small,
    "tanh_glorot": "glorot_normal",
    "relu_small": draw_small,
    "relu_he": "he_normal",
}
activate = split_activations("sigmoid", "tanh", "relu")

# One network for each name, learning rate and seed; all are trained at once.
members = list(product(INITIALIZERS, RATES, SEEDS))
initializers = [INITIALIZERS[name] for name, _, _ in members]
rates = np.array([rate for _, rate, _ in members], "float32")
seeds = [seed for _, _, seed in members]
# --8<-- [end:members]


# --8<-- [start:train]
def train_all(depth):
    """Test accuracies, (names, rates, seeds)."""
    sizes = (64, *[width] * depth, 10)
    stack = Stack(sizes, seeds, activate, initializers)
    optimizer = keras.optimizers.Adam(lambda: rates[:, None, None])
    train(stack, x_train, y_train, steps, optimizer, batch_size, xla=True)
    runs = accuracy(stack, x_test, y_test)
    return runs.reshape(len(INITIALIZERS), len(RATES), len(SEEDS))


# --8<-- [end:train]
at = {}  # at the seed's rate: (seeds,) each
best = {}  # at the seed's own best rate
by_depth = []
for depth in DEPTHS:
    runs = train_all(depth)
    chosen = choose_rate(runs)  # (names, seeds)
    by_depth.append(chosen)
    for i, name in enumerate(INITIALIZERS):
        at[f"{name}_{depth}"] = chosen[i]
        best[f"{name}_{depth}"] = runs[i].max(axis=0)
by_depth = np.array(by_depth)  # (depths, names, seeds)

# Draw it: a panel for each activation.
fig, axes = plt.subplots(3, 1, figsize=(4.8, 7.5), sharex=True, sharey=True)
panels = zip(axes, ("sigmoid", "tanh", "ReLU"), (0, 2, 4))
STYLES = [("C4x:", -0.08, f"N(0, {small})"), ("C0o-", 0.08, "Glorot, ReLU: He")]
for ax, title, first in panels:
    for offset, (style, shift, label) in enumerate(STYLES):
        values = by_depth[:, first + offset]  # (depths, seeds)
        middle = np.median(values, axis=1)
        bars = middle - values.min(axis=1), values.max(axis=1) - middle
        places = np.arange(len(DEPTHS)) + shift
        ax.errorbar(places, middle, bars, fmt=style, label=label, capsize=3)
    ax.set(
        title=title,
        ylabel="test accuracy",
        ylim=(0, 1.02),
        xticks=range(len(DEPTHS)),
    )
axes[2].set(xlabel="hidden layers", xticklabels=DEPTHS)
handles = axes[0].get_legend_handles_labels()
fig.legend(*handles, loc="outside lower center", ncols=2)
fig.savefig("initialization_training.svg")
