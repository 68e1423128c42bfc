"""Does a deep ReLU network learn where a sigmoid network does not?

Fixed: ten hidden layers of width 64, Adam, 300 steps on digits. Varies: activation, initializer. Ten seeds.
The figure shows the test accuracy of every network. Units that no digit turns on are counted before and after.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, accuracy, digits, train

SEEDS = range(10)
depth, width, steps, batch, rate = 10, 64, 300, 128, 0.001
x_train, x_test, y_train, y_test = digits()
chance = np.bincount(y_test).max() / len(y_test)  # always naming the most frequent class


def silent(stack):
    """Which hidden units are positive for no training sample: (layers, seeds, units)."""
    return np.array([(z.numpy() <= 0).all(axis=1) for z in stack.forward(x_train)[1][:-1]])


# --8<-- [start:train]
NETS = {
    "sigmoid\nGlorot": ("sigmoid", "glorot_uniform"),
    "ReLU\nGlorot": ("relu", "glorot_uniform"),
    "ReLU\nHe": ("relu", "he_normal"),
}
results, before, after = {}, {}, {}
for name, (activation, initializer) in NETS.items():
    stack = Stack((64, *[width] * depth, 10), SEEDS, activation, initializer)
    before[name] = silent(stack)
    train(stack, x_train, y_train, steps, keras.optimizers.Adam(rate), batch)
    results[name] = accuracy(stack, x_test, y_test)
    after[name] = silent(stack)
# --8<-- [end:train]

sigmoid, glorot, he = (np.median(r) for r in results.values())
sigmoid_high = results["sigmoid\nGlorot"].max()
glorot_low, glorot_high = results["ReLU\nGlorot"].min(), results["ReLU\nGlorot"].max()
he_low, he_high = results["ReLU\nHe"].min(), results["ReLU\nHe"].max()
start, end = before["ReLU\nHe"], after["ReLU\nHe"]
start_first, start_last = start[0].mean(), start[-1].mean()  # shares of units in the first and the last hidden layer
silent_start, silent_he = (np.median(s.mean(axis=(0, 2))) for s in (start, end))
silent_start_low, silent_low = (s.mean(axis=(0, 2)).min() for s in (start, end))
returned = (start & ~end).sum() / start.sum()  # of the units silent at the start
from_start = (start & end).sum() / end.sum()  # of the units silent at the end

fig, ax = plt.subplots()
for i, (r, color, style) in enumerate(zip(results.values(), ("C0", "C1", "C2"), ("o", "s", "^"))):
    ax.plot(i + np.linspace(-0.15, 0.15, len(r)), r, style, color=color, ls="")
ax.axhline(chance, color="C4", ls=":")
ax.text(2.45, chance + 0.02, "chance", ha="right")
ax.set(xticks=range(3), xticklabels=results, ylabel="test accuracy", ylim=(0, 1.02), xlim=(-0.5, 2.5))
ax.set_title("Ten layers, trained")
fig.savefig("relu_training.svg")
