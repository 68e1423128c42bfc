"""Which initialization makes which depth trainable?

Fixed: width 32, 300 steps of Adam on digits, batch 64. Varies: activation, initializer, depth, three learning rates.
Five seeds; the rate of a seed is the one that did best on the other seeds. The figure shows test accuracy by depth.
"""

from functools import partial

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from stack import Stack, accuracy, digits, train

SEEDS = range(5)
RATES = [0.0003, 0.002, 0.01]
DEPTHS = [5, 10, 20, 50]
width, steps, batch, small = 32, 300, 64, 0.05
x_train, x_test, y_train, y_test = digits()
chance = np.bincount(y_test).max() / len(y_test)  # always naming the most frequent class
normal = partial(keras.initializers.RandomNormal, 0, small)  # a function of the seed
NETS = {  # three of each activation, in the order of `mixed`
    "sigmoid_small": normal,
    "sigmoid_glorot": "glorot_normal",
    "sigmoid_orthogonal": "orthogonal",
    "tanh_small": normal,
    "tanh_glorot": "glorot_normal",
    "tanh_orthogonal": "orthogonal",
    "relu_small": normal,
    "relu_he": "he_normal",
    "relu_orthogonal": partial(keras.initializers.Orthogonal, 2**0.5),
}


# --8<-- [start:train]
def mixed(z):
    """Sigmoid for the first third of the members, tanh for the second, ReLU for the third."""
    a, b, c = tf.split(z, 3)
    return tf.concat([tf.sigmoid(a), tf.tanh(b), tf.nn.relu(c)], axis=0)


members = [(initializer, rate, seed) for initializer in NETS.values() for rate in RATES for seed in SEEDS]
initializers, rates, seeds = zip(*members)
rates = np.reshape(rates, (-1, 1, 1)).astype("float32")
runs = []
for depth in DEPTHS:
    stack = Stack((64, *[width] * depth, 10), seeds, mixed, initializers)
    train(stack, x_train, y_train, steps, keras.optimizers.Adam(lambda: rates), batch, xla=True)
    runs.append(accuracy(stack, x_test, y_test).reshape(len(NETS), len(RATES), -1))
runs = np.array(runs)  # (depths, nets, rates, seeds)
others = runs.sum(axis=3, keepdims=True) - runs  # of the same rate: what the other seeds reached
chosen = np.take_along_axis(runs, others.argmax(axis=2, keepdims=True), axis=2)[:, :, 0]  # (depths, nets, seeds)
# --8<-- [end:train]

at = {f"{net}_{depth}": chosen[i, j] for i, depth in enumerate(DEPTHS) for j, net in enumerate(NETS)}
best = {f"{net}_{depth}": runs[i, j].max(axis=0) for i, depth in enumerate(DEPTHS) for j, net in enumerate(NETS)}

fig, axes = plt.subplots(3, 1, figsize=(4.8, 7.5), sharex=True, sharey=True)
for i, (ax, title) in enumerate(zip(axes, ("sigmoid", "tanh", "ReLU"))):
    for j, (style, shift) in enumerate((("C4x:", -0.12), ("C0o-", 0), ("C1s--", 0.12))):
        r = chosen[:, 3 * i + j]  # (depths, seeds)
        middle = np.median(r, axis=1)
        bars = middle - r.min(axis=1), r.max(axis=1) - middle
        label = (f"N(0, {small})", "Glorot, ReLU: He", "orthogonal")[j]
        ax.errorbar(np.arange(4) + shift, middle, bars, fmt=style, label=label, capsize=3)
    ax.set(title=title, ylabel="test accuracy", ylim=(0, 1.02), xticks=range(4))
axes[2].set(xlabel="hidden layers", xticklabels=DEPTHS)
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
fig.savefig("initialization_training.svg")
