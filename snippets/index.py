"""Two networks differ in one word. Why does one of them learn almost nothing?

Fixed: ten hidden layers of width 64, He weights, Adam, the digits. Varies:
sigmoid or relu. Ten seeds, each with first weights and a first batch of its
own. The figure shows ||dL/dz|| by layer before the first step.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import digits, draw_batches, find_chance
from stack import Stack, accuracy, gradient_norms, train

SEEDS = range(10)
depth = 10  # hidden layers
width = 64
steps = 300
batch_size = 128
x_train, x_test, y_train, y_test = digits()

# A batch for each seed, before the first step: (seeds, batch, 64).
x, y = draw_batches(x_train, y_train, batch_size, SEEDS)

norms_of = {}  # norms of dL/dz by activation: (seeds, layers), head last
accuracies = {}  # on new digits, after training: (seeds,)
for activation in ("relu", "sigmoid"):
    stack = Stack((64, *[width] * depth, 10), SEEDS, activation, "he_normal")
    norms_of[activation] = gradient_norms(stack, x, y).z
    adam = keras.optimizers.Adam(0.001)
    train(stack, x_train, y_train, steps, adam, batch_size)
    accuracies[activation] = accuracy(stack, x_test, y_test)

# The share of the last layer's dL/dz that reaches the first: (seeds,).
ratio = {name: norms[:, 0] / norms[:, -1] for name, norms in norms_of.items()}
chance = find_chance(y_test)
quarter_ratio = 0.25**depth  # what "a quarter a layer" allows the first layer

# The drawing.
fig, ax = plt.subplots()
layers = range(1, depth + 2)
draw_band(ax, layers, norms_of["relu"], "C1s--", "relu")
draw_band(ax, layers, norms_of["sigmoid"], "C0o-", "sigmoid")
for name, below in (("relu", -18), ("sigmoid", 12)):  # points
    ax.annotate(
        name,
        (3, np.median(norms_of[name], axis=0)[2]),
        (0, below),
        textcoords="offset points",
        ha="right",
        weight="bold",
    )
ax.set(yscale="log", xticks=layers)
ax.set(xlabel="layer (1 is nearest the input)", ylabel="||dL/dz||")
ax.set_title("What each layer hears of the error, before the first step")
fig.savefig("index.svg")
