"""Does batch normalization belong before the activation or after it?

Fixed: layers of width 32, matched weights, 200 steps of Adam on 32 digits each.
Varies: where the normalization stands, the activation, the depth and two
learning rates. Five seeds, each with weights and batches of its own; the rate
of a seed is the one that did best on the other seeds. The figure shows test
accuracy by depth.
"""

from itertools import product

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from bands import draw_band
from data import digits, draw_batches
from measures import choose_rate, factor_per_layer
from stack import Stack, accuracy, gradient_norms, split_activations, train

SEEDS = range(5)
RATES = [0.001, 0.004]
DEPTHS = [5, 10, 20]
ACTIVATIONS = {
    "sigmoid": "glorot_normal",
    "tanh": "glorot_normal",
    "relu": "he_normal",
}
width = 32
steps = 200
batch_size = 32
x_train, x_test, y_train, y_test = digits()

# One stack holds all networks of a place and depth: the activations' in turn.
members = list(product(ACTIVATIONS, RATES, SEEDS))
activate = split_activations(*ACTIVATIONS)
initializers = [ACTIVATIONS[activation] for activation, _, _ in members]
rates = np.array([rate for _, rate, _ in members], "float32")[:, None, None]
seeds = [seed for _, _, seed in members]
# Before training each seed has a batch of its own: (members, batch, pixels).
x, y = draw_batches(x_train, y_train, 128, seeds)


# --8<-- [start:after]
class After(Stack):
    """A stack that normalizes what leaves the activation."""

    def forward(self, x, training=False):
        x = tf.cast(x, self.compute_dtype)
        h = x[None] if len(x.shape) == 2 else x
        all_z = []
        for layer in range(self.depth):
            all_z.append(h @ self.kernels[layer] + self.biases[layer])
            a = self.activation(all_z[-1])
            h = self.gains[layer] * self.standardize(a, layer, training)
        all_z.append(h @ self.kernels[-1] + self.biases[-1])
        return all_z[-1], all_z


# --8<-- [end:after]


# --8<-- [start:measure]
PLACES = {"before": Stack, "after": After}
shape = (len(ACTIVATIONS), len(RATES), len(SEEDS))
factor = {place: {} for place in PLACES}  # of dL/dz at the start: (seeds,)
reached = {place: {} for place in PLACES}  # test accuracy: (seeds,)
for place, depth in product(PLACES, DEPTHS):
    stack = PLACES[place](
        (64, *[width] * depth, 10),
        seeds,
        activate,
        initializers,
        normalization="batch",
    )
    by_z = gradient_norms(stack, x, y).z[:, 1:depth]  # pixels enter layer 1
    factors = factor_per_layer(by_z).reshape(shape)[:, 0]  # of any rate
    adam = keras.optimizers.Adam(lambda: rates)
    train(stack, x_train, y_train, steps, adam, batch_size)
    runs = accuracy(stack, x_test, y_test).reshape(shape)
    for i, activation in enumerate(ACTIVATIONS):
        factor[place][f"{activation}_{depth}"] = factors[i]
        reached[place][f"{activation}_{depth}"] = choose_rate(runs[i])
# --8<-- [end:measure]

# The share of its accuracy that a seed keeps after the activation: (seeds,).
before, after = reached["before"], reached["after"]
kept = {key: after[key] / before[key] for key in before}

fig, axes = plt.subplots(1, 3, sharey=True)
LOOKS = {"before": ("C0o-", "before"), "after": ("C1s--", "after")}
for ax, activation in zip(axes, ACTIVATIONS):
    for place, (style, label) in LOOKS.items():
        found = [reached[place][f"{activation}_{depth}"] for depth in DEPTHS]
        draw_band(ax, DEPTHS, np.transpose(found), style, label)
    ax.set(title=activation, xlabel="layers", xticks=DEPTHS, ylim=(0, 1.02))
axes[0].set_ylabel("test accuracy")
axes[0].legend(loc="lower left")
fig.savefig("batch_normalization_place.svg")
