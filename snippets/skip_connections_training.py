"""Which networks of fifty layers with skip connections train?

Fixed: 50 layers of width 32, matched weights, Adam, 150 steps of 64 digits.
Varies: structure, activation, and three learning rates. Five seeds, each with
weights and batches of its own; a seed's rate is the one that did best on the
other seeds. The figure shows the test accuracy of every seed at its rate.
"""

from itertools import product

import keras
import matplotlib.pyplot as plt
import numpy as np
from data import digits, find_chance
from measures import choose_rate
from stack import Stack, accuracy, split_activations, train

SEEDS = range(5)
RATES = (0.0005, 0.002, 0.008)
depth = 50
width = 32
batch_size = 64
steps = 150
scale = depth**-0.5

x_train, x_test, y_train, y_test = digits()
chance = find_chance(y_test)

# --8<-- [start:members]
# One stack holds all networks of a structure: both activations, the first half
# of the members sigmoid, with every rate and every seed.
activate = split_activations("sigmoid", "relu")
members = list(product(("glorot_normal", "he_normal"), RATES, SEEDS))
initializers = [initializer for initializer, _, _ in members]
rates = np.array([rate for _, rate, _ in members], "float32")
rates = rates[:, None, None]  # (members, 1, 1), as the weights have axes
seeds = [seed for _, _, seed in members]
# --8<-- [end:members]

# --8<-- [start:train]
STRUCTURES = {
    "plain": {},
    "skip": {"skip": 1},
    "scaled": {"skip": scale},
    "layer": {"skip": 1, "normalization": "layer"},
    "batch": {"skip": 1, "normalization": "batch"},
    "both": {"skip": scale, "normalization": "batch"},
}
sizes = (64, *[width] * depth, 10)
reached = {}  # of each structure and activation: (seeds,)
for name, options in STRUCTURES.items():
    stack = Stack(sizes, seeds, activate, initializers, **options)
    adam = keras.optimizers.Adam(lambda: rates)
    train(stack, x_train, y_train, steps, adam, batch_size)
    runs = accuracy(stack, x_test, y_test)
    runs = runs.reshape(2, len(RATES), len(SEEDS))  # activations first
    sigmoid, relu = choose_rate(runs)  # (seeds,) each
    reached[name] = {"sigmoid": sigmoid, "relu": relu}
# --8<-- [end:train]

fig, ax = plt.subplots()
places = np.arange(len(STRUCTURES))
beside = np.linspace(-0.08, 0.08, len(SEEDS))[:, None]  # one dot a seed
for name, label, style, shift in (
    ("sigmoid", "sigmoid", "C0o", -0.15),
    ("relu", "ReLU", "C1s", 0.15),
):
    heights = np.transpose([found[name] for found in reached.values()])
    at = places + shift + beside  # (seeds, structures)
    ax.plot(at.ravel(), heights.ravel(), style, ls="", ms=4, label=label)
ax.axhline(chance, color="C4", ls=":")
ax.text(5.45, chance + 0.02, "chance", ha="right")
names = ["no skips", "skips", "skips\n/ √L"]
names += ["LN +\nskips", "BN +\nskips", "BN +\nskips / √L"]
ax.set(xticks=places, xticklabels=names, xlim=(-0.5, 5.5))
ax.set(ylabel="test accuracy", ylim=(0, 1.02))
ax.legend(loc="center left")
fig.savefig("skip_connections_training.svg")
