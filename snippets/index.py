"""Two networks differ in one word. Why does one of them learn nothing?

Fixed: ten hidden layers of width 64, He weights, Adam, digits. Varies: sigmoid or relu. Ten seeds.
The figure shows ||dL/dz|| by layer before the first step.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, accuracy, band, digits, gradient_norms, train

SEEDS = range(10)
depth, width, steps, batch = 10, 64, 300, 128
x_train, x_test, y_train, y_test = digits()
by_z, accuracies = {}, {}
for activation in ("relu", "sigmoid"):
    stack = Stack((64, *[width] * depth, 10), SEEDS, activation, "he_normal")
    by_z[activation] = gradient_norms(stack, x_train[:batch], y_train[:batch])[1]  # (seeds, layers)
    train(stack, x_train, y_train, steps, keras.optimizers.Adam(0.001), batch)
    accuracies[activation] = accuracy(stack, x_test, y_test)

chance = np.bincount(y_test).max() / len(y_test)  # always guess the most frequent digit
ratio = {name: g[:, 0] / g[:, -1] for name, g in by_z.items()}  # of dL/dz, first layer / last: (seeds,)
quarter_ratio = 0.25**depth  # what "a quarter a layer" allows the first layer

fig, ax = plt.subplots()
layers = range(1, depth + 2)
for (name, g), style in zip(by_z.items(), ("C1s--", "C0o-")):
    band(ax, layers, g, style, name)
    offset = (0, -18 if name == "relu" else 12)
    ax.annotate(name, (3, np.median(g, axis=0)[2]), offset, textcoords="offset points", ha="right", weight="bold")
ax.set(yscale="log", xlabel="layer (1 is nearest the input)", ylabel="||dL/dz||", xticks=layers)
ax.set_title("What each layer hears of the error, before the first step")
fig.savefig("index.svg")
