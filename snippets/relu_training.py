"""Which lets a deep network learn: ReLU, or the weights that match it?

A declared grid: activation, spread of the weights, three learning rates. Fixed:
ten hidden layers of width 64, Adam, 300 steps on digits. Ten seeds; the rate of
a seed is the one that did best on the other seeds. The figure shows the test
accuracy of every network at that rate.
"""

from itertools import product

import keras
import matplotlib.pyplot as plt
import numpy as np
from data import digits, find_chance
from measures import choose_rate
from stack import Stack, accuracy, split_activations, train

SEEDS = range(10)
RATES = [0.0003, 0.001, 0.003]
depth = 10
width = 64
steps = 300
batch_size = 128
x_train, x_test, y_train, y_test = digits()
chance = find_chance(y_test)

# --8<-- [start:train]
INITIALIZERS = {  # the first half of the networks is sigmoid, the second ReLU
    "sigmoid_glorot": "glorot_normal",
    "sigmoid_he": "he_normal",
    "relu_glorot": "glorot_normal",
    "relu_he": "he_normal",
}

# One network for each name, learning rate and seed; all are trained at once.
members = list(product(INITIALIZERS, RATES, SEEDS))
rates = np.array([rate for _, rate, _ in members], "float32")
stack = Stack(
    (64, *[width] * depth, 10),
    seeds=[seed for _, _, seed in members],
    activation=split_activations("sigmoid", "relu"),
    initializer=[INITIALIZERS[name] for name, _, _ in members],
)
optimizer = keras.optimizers.Adam(lambda: rates[:, None, None])
train(stack, x_train, y_train, steps, optimizer, batch_size)

# Test accuracies, (names, rates, seeds), then at the seed's rate, (seeds,).
runs = accuracy(stack, x_test, y_test)
runs = runs.reshape(len(INITIALIZERS), len(RATES), len(SEEDS))
reached = dict(zip(INITIALIZERS, choose_rate(runs)))
best = dict(zip(INITIALIZERS, runs.max(axis=1)))  # at the seed's own best rate
# --8<-- [end:train]

# Draw it: a point for each network, the seeds side by side.
labels = ["sigmoid\nGlorot", "sigmoid\nHe", "ReLU\nGlorot", "ReLU\nHe"]
styles = ["C0o", "C0s", "C1^", "C1D"]
beside = np.linspace(-0.15, 0.15, len(SEEDS))
fig, ax = plt.subplots()
for place, (values, style) in enumerate(zip(reached.values(), styles)):
    ax.plot(place + beside, values, style, ls="")
ax.axhline(chance, color="C4", ls=":")
ax.text(3.45, chance + 0.02, "chance", ha="right")
ax.set(
    xticks=range(4),
    xticklabels=labels,
    xlim=(-0.5, 3.5),
    ylabel="test accuracy",
    ylim=(0, 1.02),
)
fig.savefig("relu_training.svg")
