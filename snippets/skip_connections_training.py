"""Which networks of fifty layers with skip connections train?

A declared grid: structure, activation, three learning rates. Fixed: 50 layers of width 32, matched weights, Adam, 150
steps on digits. Five seeds; the rate of a seed is the one that did best on the other seeds.
The figure shows the test accuracy of every network at that rate.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from stack import Stack, accuracy, digits, train

SEEDS = range(5)
RATES = (0.0005, 0.002, 0.008)
depth, width, steps, batch = 50, 32, 150, 64
scale = depth**-0.5
x_train, x_test, y_train, y_test = digits()
chance = np.bincount(y_test).max() / len(y_test)  # always naming the most frequent class


# --8<-- [start:train]
def mixed(z):
    """Sigmoid for the first half of the members, ReLU for the second."""
    first, second = tf.split(z, 2)
    return tf.concat([tf.sigmoid(first), tf.nn.relu(second)], axis=0)


STRUCTURES = {
    "plain": {},
    "skip": {"skip": 1},
    "scaled": {"skip": scale},
    "layer": {"skip": 1, "normalization": "layer"},
    "batch": {"skip": 1, "normalization": "batch"},
    "both": {"skip": scale, "normalization": "batch"},
}
members = [(a, rate, seed) for a in ("glorot_normal", "he_normal") for rate in RATES for seed in SEEDS]
initializers, rates, seeds = zip(*members)
rates = np.array(rates, "float32")[:, None, None]
reached = {}
for name, _options in STRUCTURES.items():
    stack = Stack((64, *[width] * depth, 10), seeds, mixed, initializers, **_options)
    train(stack, x_train, y_train, steps, keras.optimizers.Adam(lambda: rates), batch)
    runs = accuracy(stack, x_test, y_test).reshape(2, len(RATES), -1)
    others = runs.sum(axis=2, keepdims=True) - runs  # of the same rate: what the other seeds reached
    chosen = np.take_along_axis(runs, others.argmax(axis=1, keepdims=True), axis=1)[:, 0]  # (activations, seeds)
    reached[name] = {"sigmoid": chosen[0], "relu": chosen[1]}
# --8<-- [end:train]

fig, ax = plt.subplots()
for name, style, shift in (("sigmoid", "C0o", -0.15), ("relu", "C1s", 0.15)):
    dots = np.arange(len(STRUCTURES)) + shift + np.linspace(-0.08, 0.08, len(SEEDS))[:, None]  # (seeds, structures)
    label = name.replace("relu", "ReLU")
    heights = np.transpose([found[name] for found in reached.values()])
    ax.plot(dots.ravel(), heights.ravel(), style, ls="", ms=4, label=label)
ax.axhline(chance, color="C4", ls=":")
ax.text(5.45, chance + 0.02, "chance", ha="right")
names = ["no skips", "skips", "skips\n/ √L", "LN +\nskips", "BN +\nskips", "BN +\nskips / √L"]
ax.set(xticks=range(6), xticklabels=names, ylabel="test accuracy", ylim=(0, 1.02), xlim=(-0.5, 5.5))
ax.legend(loc="center left")
fig.savefig("skip_connections_training.svg")
