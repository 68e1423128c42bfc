"""Is it the activation or the weights that lets five layers learn two circles?

Fixed: five hidden layers of five, SGD at 0.01 with momentum 0.9, 8000 batches
of 32: 500 epochs. Varies: activation and initializer, each by itself. Twenty
seeds, each with weights and batches of its own. The figure shows every
network's test accuracy.
"""

from itertools import product

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras.initializers import RandomUniform
from sklearn.datasets import make_circles
from sklearn.preprocessing import minmax_scale
from stack import Stack, accuracy, gradient_norms, split_activations, train

SEEDS = range(20)
depth = 5
width = 5
steps = 500 * 16  # epochs of 16 batches
batch_size = 32

x, y = make_circles(1000, noise=0.1, random_state=1)
x = minmax_scale(x, (-1, 1)).astype("float32")
x_train, y_train = x[:500], y[:500]
x_test, y_test = x[500:], y[500:]

INITIALIZERS = {
    "positive": lambda seed: RandomUniform(0, 1, seed),
    "centered": lambda seed: RandomUniform(-0.5, 0.5, seed),
    "he": "he_uniform",
}
ACTIVATIONS = ("tanh", "relu")

# --8<-- [start:train]
# One stack holds all networks: tanh first, then ReLU.
members = list(product(ACTIVATIONS, INITIALIZERS, SEEDS))
stack = Stack(
    (2, *[width] * depth, 1),
    [seed for _, _, seed in members],
    split_activations(*ACTIVATIONS),
    [INITIALIZERS[name] for _, name, _ in members],
)
by_z = gradient_norms(stack, x_train, y_train).z  # before training
sgd = keras.optimizers.SGD(0.01, momentum=0.9)
train(stack, x_train, y_train, steps, sgd, batch_size, xla=True)
found = accuracy(stack, x_test, y_test)
# --8<-- [end:train]

# Of each pair, (seeds,): test accuracy, whether that is near chance, and dL/dz
# in the first hidden layer over the last, as a power of ten.
pairs = ["_".join(each) for each in product(ACTIVATIONS, INITIALIZERS)]
reached = dict(zip(pairs, found.reshape(len(pairs), len(SEEDS))))
failed = {pair: (each < 0.6) * 1.0 for pair, each in reached.items()}
decades = np.log10(by_z[:, 0] / by_z[:, depth - 1])
decades = dict(zip(pairs, decades.reshape(len(pairs), len(SEEDS))))

# What the tutorial prints for its one run of each.
BROWNLEE_TANH = 0.468
BROWNLEE_RELU = 0.840

fig, ax = plt.subplots(figsize=(6.2, 3.6))
LOOKS = {"tanh": ("C0o", -0.12, "tanh"), "relu": ("C1s", 0.12, "ReLU")}
for activation, (style, shift, label) in LOOKS.items():
    heights = [reached[f"{activation}_{name}"] for name in INITIALIZERS]
    places = np.repeat(np.arange(len(INITIALIZERS)), len(SEEDS)) + shift
    heights = np.concatenate(heights)
    ax.plot(places, heights, style, label=label, alpha=0.6)
ax.set_xticks(range(3), ["U(0, 1)", "U(−½, ½)", "He uniform"])
ax.set(ylabel="test accuracy", title="Two circles, five hidden layers")
fig.legend(loc="outside lower center", ncols=2)
fig.savefig("tutorials_circles.svg")
