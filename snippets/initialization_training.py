"""Which networks does a better initialization make trainable?

Fixed: width 64, Adam, 300 steps on digits, one rate per activation. Varies: activation, initializer, depth.
Ten seeds. The figure shows the median test accuracy against depth, with the smallest and the largest.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, accuracy, digits, train

SEEDS = range(10)
DEPTHS = [3, 5, 10]
shallow, middle, deep = DEPTHS
width, steps, batch, small = 64, 300, 128, 0.05
rate_sigmoid, rate_tanh = 0.01, 0.001  # a rate that suits each activation
x_train, x_test, y_train, y_test = digits()
chance = np.bincount(y_test).max() / len(y_test)  # always naming the most frequent class


def normal(seed):
    return keras.initializers.RandomNormal(stddev=small, seed=seed)


# --8<-- [start:train]
NETS = {
    "sigmoid, N(0, 0.05)": ("sigmoid", normal, rate_sigmoid),
    "sigmoid, Glorot": ("sigmoid", "glorot_normal", rate_sigmoid),
    "tanh, N(0, 0.05)": ("tanh", normal, rate_tanh),
    "tanh, Glorot": ("tanh", "glorot_normal", rate_tanh),
}
results = {}
for name, (activation, initializer, rate) in NETS.items():
    for depth in DEPTHS:
        stack = Stack((64, *[width] * depth, 10), SEEDS, activation, initializer)
        train(stack, x_train, y_train, steps, keras.optimizers.Adam(rate), batch)
        results[name, depth] = accuracy(stack, x_test, y_test)
# --8<-- [end:train]

sigmoid_shallow, sigmoid_middle, sigmoid_deep = (np.median(results["sigmoid, Glorot", d]) for d in DEPTHS)
small_results = [results["sigmoid, N(0, 0.05)", d] for d in DEPTHS]
small_shallow, small_middle, small_deep = (np.median(r) for r in small_results)
shallow_low, small_shallow_low = results["sigmoid, Glorot", shallow].min(), small_results[0].min()
sigmoid_deep_high = results["sigmoid, Glorot", deep].max()
tanh_small, tanh_glorot = np.median(results["tanh, N(0, 0.05)", deep]), np.median(results["tanh, Glorot", deep])
tanh_small_high, tanh_glorot_low = results["tanh, N(0, 0.05)", deep].max(), results["tanh, Glorot", deep].min()

fig, ax = plt.subplots()
for i, (name, color, style) in enumerate(zip(NETS, ("C0", "C0", "C1", "C1"), ("o:", "o-", "s:", "s-"))):
    r = np.array([results[name, depth] for depth in DEPTHS])  # (depths, seeds)
    median, low, high = np.median(r, axis=1), r.min(axis=1), r.max(axis=1)
    ax.errorbar(
        np.array(DEPTHS) + 0.1 * i, median, (median - low, high - median), fmt=style, color=color, label=name, capsize=3
    )
ax.set(xlabel="hidden layers", ylabel="test accuracy", xticks=DEPTHS, ylim=(0, 1.02))
ax.set_title("What trains, by initialization and depth")
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
fig.savefig("initialization_training.svg")
