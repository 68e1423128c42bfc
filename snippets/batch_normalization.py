"""Does batch normalization let a deep sigmoid network learn?

Fixed: ten sigmoid layers of width 64, Glorot, Adam, digits. Varies: normalization. Ten seeds.
The figure shows ||dL/dz|| by layer before training.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, accuracy, digits, gradient_norms, train

SEEDS = range(10)
depth, width, steps, batch, rate = 10, 64, 300, 128, 0.001
x_train, x_test, y_train, y_test = digits()

# --8<-- [start:measure]
by_z, accuracies = [], []
for normalization in (None, "batch"):
    stack = Stack((64, *[width] * depth, 10), SEEDS, "sigmoid", normalization=normalization)
    by_z.append(gradient_norms(stack, x_train[:batch], y_train[:batch])[1][:, :depth])  # (seeds, layers)
    train(stack, x_train, y_train, steps, keras.optimizers.Adam(rate), batch)
    accuracies.append(accuracy(stack, x_test, y_test))
# --8<-- [end:measure]

factors = [(g[:, 0] / g[:, -1]) ** (1 / (depth - 1)) for g in by_z]  # of dL/dz per layer: (seeds,)
plain, normalized = map(np.median, factors)
normalized_low, normalized_high, plain_high = factors[1].min(), factors[1].max(), factors[0].max()
plain_accuracy, accuracy_median = map(np.median, accuracies)
plain_accuracy_high, accuracy_low = accuracies[0].max(), accuracies[1].min()
chance = np.bincount(y_test).max() / len(y_test)  # always naming the most frequent class

fig, ax = plt.subplots()
for g, style, name in zip(by_z, ("C0o-", "C1s--"), ("sigmoid", "sigmoid, batch normalization")):
    ax.plot(range(1, depth + 1), np.median(g, axis=0), style, label=name)
    ax.fill_between(range(1, depth + 1), g.min(axis=0), g.max(axis=0), color=style[:2], alpha=0.3)
ax.set(yscale="log", xlabel="layer (1 is nearest the input)", ylabel="||dL/dz||")
ax.set_title("Normalized, the gradient reaches the first layer")
ax.legend()
fig.savefig("batch_normalization.svg")
