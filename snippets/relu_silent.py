"""Which ReLU units are positive for no sample, and does training make them so?

Fixed: ten ReLU layers of width 64, He weights, Adam, 300 steps on digits. Ten
seeds. The figure shows the share of silent units by layer, before and after
training. Before training, a narrower and a wider network are looked at too.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import digits
from stack import Stack, accuracy, train

SEEDS = range(10)
depth = 10
width = 64
steps = 300
batch_size = 128
rate = 0.001
x_train, x_test, y_train, y_test = digits()


# --8<-- [start:measure]
def find_silent(stack):
    """Which hidden units are positive for no training sample.

    Returns (seeds, layers, units).
    """
    *zs, _logits = stack.forward(x_train)[1]  # each (seeds, samples, units)
    return np.stack([(z.numpy() <= 0).all(axis=1) for z in zs], axis=1)


stack = Stack((64, *[width] * depth, 10), SEEDS, "relu", "he_normal")
before = find_silent(stack)
optimizer = keras.optimizers.Adam(rate)
train(stack, x_train, y_train, steps, optimizer, batch_size)
after = find_silent(stack)
# --8<-- [end:measure]
reached = accuracy(stack, x_test, y_test)

# Shares of all hidden units, and before training of two layers: (seeds,) each.
per_seed = (1, 2)
share = {"start": before.mean(axis=per_seed), "end": after.mean(axis=per_seed)}
of_layer = {
    "first": before[:, 0].mean(axis=1),
    "last": before[:, -1].mean(axis=1),
}

# Silent at both ends, as a share of those silent at one.
both = (before & after).sum(axis=per_seed)
returned = 1 - both / before.sum(axis=per_seed)
from_start = both / after.sum(axis=per_seed)

# The first layer sees the pixels, which no training moves.
first_silent = before[:, 0].sum()
first_returned = (before & ~after)[:, 0].sum()

# The same shares before training, half as wide and four times as wide.
elsewhere = {}
for name, num_units in (("narrow", width // 2), ("wide", 4 * width)):
    other = Stack((64, *[num_units] * depth, 10), SEEDS, "relu", "he_normal")
    silent = find_silent(other)
    elsewhere[f"{name}_first"] = silent[:, 0].mean(axis=1)
    elsewhere[f"{name}_last"] = silent[:, -1].mean(axis=1)

# Draw what was found.
layers = range(1, depth + 1)
fig, ax = plt.subplots()
draw_band(ax, layers, before.mean(axis=2), "C0o-", "before training")
draw_band(ax, layers, after.mean(axis=2), "C1s--", "after")
ax.set(
    xlabel="layer (1 is nearest the input)",
    ylabel="share of silent units",
    ylim=0,
)
ax.legend()
fig.savefig("relu_silent.svg")
