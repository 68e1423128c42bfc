"""Do skip connections carry the gradient past sigmoid layers?

Fixed: ten sigmoid layers of width 64, Glorot, Adam, digits. Varies: skip connections. Ten seeds.
The figure shows ||dL/dz|| by layer before training.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from stack import Stack, accuracy, gradient_norms, train

SEEDS = range(10)
depth, width, steps, batch, rate = 10, 64, 300, 128, 0.001
digits = load_digits()
x_train, x_test, y_train, y_test = train_test_split(
    (digits.data / 16).astype("float32"), digits.target, test_size=360, random_state=0
)

# --8<-- [start:measure]
gradients, accuracies = [], []
for skip in (False, True):
    stack = Stack((64, *[width] * depth, 10), SEEDS, "sigmoid", skip=skip)
    gradients.append(gradient_norms(stack, x_train[:batch], y_train[:batch])[1][:, :depth])  # (seeds, layers)
    train(stack, x_train, y_train, steps, keras.optimizers.Adam(rate), batch)
    accuracies.append(accuracy(stack, x_test, y_test))
# --8<-- [end:measure]

factors = [(g[:, 0] / g[:, -1]) ** (1 / (depth - 1)) for g in gradients]  # of dL/dz per layer: (seeds,)
plain, skipping = map(np.median, factors)
plain_high, skip_low, skip_high = factors[0].max(), factors[1].min(), factors[1].max()
plain_accuracy, accuracy_median = map(np.median, accuracies)
plain_accuracy_high, accuracy_low = accuracies[0].max(), accuracies[1].min()
chance = np.bincount(y_test).max() / len(y_test)  # always naming the most frequent class

fig, ax = plt.subplots()
for g, style, name in zip(gradients, ("C0o-", "C1s--"), ("sigmoid", "sigmoid, skip connections")):
    ax.plot(range(1, depth + 1), np.median(g, axis=0), style, label=name)
    ax.fill_between(range(1, depth + 1), g.min(axis=0), g.max(axis=0), color=style[:2], alpha=0.3)
ax.set(yscale="log", xlabel="layer (1 is nearest the input)", ylabel="||dL/dz||")
ax.set_title("A path around each layer keeps the gradient")
ax.legend()
fig.savefig("skip_connections.svg")
