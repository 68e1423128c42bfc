"""Do skip connections carry the gradient past sigmoid layers?

Fixed: ten sigmoid layers of width 64, Glorot, Adam, digits. Varies: skip connections. Ten seeds.
The figure shows ||dL/dz|| by layer before training.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, accuracy, band, digits, gradient_norms, train

SEEDS = range(10)
depth, width, steps, batch, rate = 10, 64, 300, 128, 0.001
x_train, x_test, y_train, y_test = digits()

# --8<-- [start:measure]
by_z, reached = {}, {}
for name, skip in (("plain", 0), ("skips", 1)):
    stack = Stack((64, *[width] * depth, 10), SEEDS, "sigmoid", skip=skip)
    by_z[name] = gradient_norms(stack, x_train[:batch], y_train[:batch])[1][:, :depth]  # (seeds, layers)
    train(stack, x_train, y_train, steps, keras.optimizers.Adam(rate), batch)
    reached[name] = accuracy(stack, x_test, y_test)
# --8<-- [end:measure]

factor = {name: (g[:, 0] / g[:, -1]) ** (1 / (depth - 1)) for name, g in by_z.items()}  # of dL/dz per layer
chance = np.bincount(y_test).max() / len(y_test)  # always naming the most frequent class

fig, ax = plt.subplots()
for g, style, label in zip(by_z.values(), ("C0o-", "C1s--"), ("sigmoid", "sigmoid, skip connections")):
    band(ax, range(1, depth + 1), g, style, label)
ax.set(yscale="log", xlabel="layer (1 is nearest the input)", ylabel="||dL/dz||")
ax.set_title("A path around each layer keeps the gradient")
ax.legend()
fig.savefig("skip_connections.svg")
