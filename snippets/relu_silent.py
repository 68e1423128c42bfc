"""Which ReLU units are positive for no sample, and does training make them so?

Fixed: ten ReLU layers of width 64, He weights, Adam, 300 steps on digits. Ten seeds.
The figure shows the share of silent units by layer, before and after training.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, accuracy, band, digits, train

SEEDS = range(10)
depth, width, steps, batch, rate = 10, 64, 300, 128, 0.001
x_train, x_test, y_train, y_test = digits()


# --8<-- [start:measure]
def silent(stack):
    """Which hidden units are positive for no training sample: (seeds, layers, units)."""
    return np.stack([(z.numpy() <= 0).all(axis=1) for z in stack.forward(x_train)[1][:-1]], axis=1)


stack = Stack((64, *[width] * depth, 10), SEEDS, "relu", "he_normal")
before = silent(stack)
train(stack, x_train, y_train, steps, keras.optimizers.Adam(rate), batch)
after = silent(stack)
both = (before & after).sum(axis=(1, 2))
share = {"start": before.mean(axis=(1, 2)), "end": after.mean(axis=(1, 2))}
of_layer = {"first": before[:, 0].mean(axis=1), "last": before[:, -1].mean(axis=1)}  # before training
returned = 1 - both / before.sum(axis=(1, 2))  # of the units silent at the start
from_start = both / after.sum(axis=(1, 2))  # of the units silent at the end
# --8<-- [end:measure]
reached = accuracy(stack, x_test, y_test)

fig, ax = plt.subplots()
for units, style, label in ((before, "C0o-", "before training"), (after, "C1s--", "after")):
    band(ax, range(1, depth + 1), units.mean(axis=2), style, label)
ax.set(xlabel="layer (1 is nearest the input)", ylabel="share of silent units", ylim=0)
ax.legend()
fig.savefig("relu_silent.svg")
