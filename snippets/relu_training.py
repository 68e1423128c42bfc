"""Which lets a deep network learn: ReLU, or the weights that match it?

A declared grid: activation, spread of the weights, three learning rates. Fixed: ten hidden layers of width 64, Adam,
300 steps on digits. Ten seeds; the rate of a seed is the one that did best on the other seeds.
The figure shows the test accuracy of every network at that rate.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from stack import Stack, accuracy, digits, train

SEEDS = range(10)
RATES = [0.0003, 0.001, 0.003]
depth, width, steps, batch = 10, 64, 300, 128
x_train, x_test, y_train, y_test = digits()
chance = np.bincount(y_test).max() / len(y_test)  # always naming the most frequent class


# --8<-- [start:train]
def mixed(z):
    """Sigmoid for the first half of the members, ReLU for the second."""
    first, second = tf.split(z, 2)
    return tf.concat([tf.sigmoid(first), tf.nn.relu(second)], axis=0)


GRID = ["sigmoid_glorot", "sigmoid_he", "relu_glorot", "relu_he"]
members = [(name, rate, seed) for name in GRID for rate in RATES for seed in SEEDS]
initializers = ["he_normal" if name.endswith("he") else "glorot_normal" for name, *_ in members]
rates = np.array([rate for _, rate, _ in members], "float32")[:, None, None]
stack = Stack((64, *[width] * depth, 10), [seed for *_, seed in members], mixed, initializers)
train(stack, x_train, y_train, steps, keras.optimizers.Adam(lambda: rates), batch)
runs = accuracy(stack, x_test, y_test).reshape(len(GRID), len(RATES), -1)
others = runs.sum(axis=2, keepdims=True) - runs  # of the same rate: what the other seeds reached
chosen = np.take_along_axis(runs, others.argmax(axis=1, keepdims=True), axis=1)[:, 0]
reached = dict(zip(GRID, chosen))  # (seeds,) each
best = dict(zip(GRID, runs.max(axis=1)))  # at the best of the rates for that very seed
# --8<-- [end:train]

fig, ax = plt.subplots()
for _i, (_r, style) in enumerate(zip(chosen, ("C0o", "C0s", "C1^", "C1D"))):
    ax.plot(_i + np.linspace(-0.15, 0.15, len(_r)), _r, style, ls="")
ax.axhline(chance, color="C4", ls=":")
ax.text(3.45, chance + 0.02, "chance", ha="right")
labels = ["sigmoid\nGlorot", "sigmoid\nHe", "ReLU\nGlorot", "ReLU\nHe"]
ax.set(xticks=range(4), xticklabels=labels, ylabel="test accuracy", ylim=(0, 1.02), xlim=(-0.5, 3.5))
fig.savefig("relu_training.svg")
