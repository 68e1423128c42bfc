"""By what may the loss be multiplied when layers compute in float16?

Fixed: float32 weights, layers of width 64 that compute in float16, 150 steps of
Adam on 32 digits each. Varies: the scale of the loss, divided out of the
gradient in float32; three ReLU layers or three sigmoid ones. Five seeds, each
with weights and batches of its own. The figure shows test accuracy by scale.
"""

from itertools import product

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from bands import draw_band
from data import digits, find_chance
from stack import Stack, losses

SEEDS = range(5)
POWERS = list(range(-20, 25, 4))  # of two
NETWORKS = {"relu": "he_normal", "sigmoid": "glorot_normal"}
rate = 0.003
steps = 150
batch_size = 32

x_train, x_test, y_train, y_test = digits()
chance = find_chance(y_test)
members = list(product(POWERS, SEEDS))  # a network for each scale and seed
scales = np.array([2.0**power for power, _ in members], "float32")
seeds = [seed for _, seed in members]


# --8<-- [start:mixed]
class Mixed(Stack):
    """Keras casts the weights where it calls a layer, so call it."""

    def call(self, x, training=False):
        logits, _ = super().forward(x, training)
        return tf.cast(logits, "float32")


@tf.function
def run(stack, optimizer, rows):
    """A step for each row of samples: (steps, members, batch)."""
    for step in tf.range(len(rows)):
        x, y = tf.gather(x_train, rows[step]), tf.gather(y_train, rows[step])
        with tf.GradientTape() as tape:
            scaled = tf.reduce_sum(scales * losses(stack(x), y))
        found = tape.gradient(scaled, stack.trainable_variables)
        found = [each / scales[:, None, None] for each in found]
        optimizer.apply(found, stack.trainable_variables)


# --8<-- [end:mixed]
def draw_rows(seed):
    shape = (steps, batch_size)
    return np.random.default_rng(seed).integers(0, len(x_train), shape)


rows = np.stack([draw_rows(seed) for seed in seeds], axis=1)

# --8<-- [start:measure]
reached = {}  # test accuracy, (seeds, scales) each
for activation, initializer in NETWORKS.items():
    stack = Mixed(
        (64, 64, 64, 64, 10),
        seeds,
        activation,
        initializer,
        dtype="mixed_float16",
    )
    adam = keras.optimizers.Adam(rate)
    adam.build(stack.trainable_variables)
    run(stack, adam, tf.constant(rows))
    guess = stack(x_test).numpy().argmax(axis=2)
    found = (guess == y_test).mean(axis=1)
    reached[activation] = found.reshape(len(POWERS), len(SEEDS)).T
# --8<-- [end:measure]
at = {  # by the power of two: (seeds,) each
    name: {
        f"low_{-p}" if p < 0 else f"of_{p}": found[:, i]
        for i, p in enumerate(POWERS)
    }
    for name, found in reached.items()
}

fig, ax = plt.subplots()
for name, style, label in (
    ("relu", "C0o-", "ReLU, He"),
    ("sigmoid", "C1s--", "sigmoid, Glorot"),
):
    draw_band(ax, POWERS, reached[name], style, label)
ax.axhline(chance, color="C4", ls=":")
ax.set(xlabel="loss scale, as a power of two", ylabel="test accuracy")
ax.set(ylim=(0, 1.02), xticks=POWERS)
ax.legend(loc="center")
fig.savefig("half_precision_scale.svg")
