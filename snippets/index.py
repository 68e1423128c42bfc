"""Two networks differ in one word. Why does one of them learn nothing?

Fixed: ten hidden layers of width 64, He weights, Adam, digits. Varies: sigmoid or relu. Ten seeds.
The figure shows ||dL/dz|| by layer before the first step.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, accuracy, digits, gradient_norms, train

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
relu, sigmoid = (np.median(a) for a in accuracies.values())
relu_low, sigmoid_high = accuracies["relu"].min(), accuracies["sigmoid"].max()
sigmoid_ratios = by_z["sigmoid"][:, 0] / by_z["sigmoid"][:, -1]  # first layer / last
relu_ratios = by_z["relu"][:, 0] / by_z["relu"][:, -1]
sigmoid_ratio_low, sigmoid_ratio, sigmoid_ratio_high = np.percentile(sigmoid_ratios, [0, 50, 100])
relu_ratio_low, relu_ratio, relu_ratio_high = np.percentile(relu_ratios, [0, 50, 100])
quarter_ratio = 0.25**depth  # what "a quarter a layer" allows the first layer

fig, ax = plt.subplots()
layers = range(1, depth + 2)
for (name, g), style in zip(by_z.items(), ("C1s--", "C0o-")):
    ax.plot(layers, np.median(g, axis=0), style)
    ax.fill_between(layers, g.min(axis=0), g.max(axis=0), color=style[:2], alpha=0.3)
    offset = (0, -18 if name == "relu" else 12)
    ax.annotate(name, (3, np.median(g, axis=0)[2]), offset, textcoords="offset points", ha="right", weight="bold")
ax.set(yscale="log", xlabel="layer (1 is nearest the input)", ylabel="||dL/dz||", xticks=layers)
ax.set_title("What each layer hears of the error, before the first step")
fig.savefig("index.svg")
