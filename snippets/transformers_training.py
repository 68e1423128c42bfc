"""Does a post-norm transformer need warm-up?

Fixed: six blocks of width 32 with four heads, Glorot weights, 120 steps of Adam
on 16 digits each, whose rows are eight tokens. Varies: where layer
normalization stands, the learning rate, and whether it rises over the first 60
steps. Five seeds, each with weights and batches of its own. The figure shows
test accuracy by learning rate.
"""

from itertools import product

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from bands import draw_band
from blocks import TransformerStack
from data import digits, find_chance
from stack import accuracy, train

SEEDS = range(5)
RATES = (0.001, 0.004, 0.016)
depth = 6
width = 32
steps = 120
warm_up = 60  # steps
batch_size = 16
x_train, x_test, y_train, y_test = digits()
chance = find_chance(y_test)

# --8<-- [start:train]
# One stack holds all networks of a place: every schedule, rate and seed.
members = list(product((False, True), RATES, SEEDS))
rises = np.array([rise for rise, _, _ in members])[:, None, None]
rates = np.array([rate for _, rate, _ in members], "float32")[:, None, None]
seeds = [seed for _, _, seed in members]


def train_all(place):
    """Test accuracies: (schedules, rates, seeds)."""

    def learning_rate():
        share = tf.cast(adam.iterations + 1, "float32") / warm_up
        return rates * tf.where(rises, tf.minimum(share, 1), 1)

    stack = TransformerStack(depth, width, seeds, place)
    adam = keras.optimizers.Adam(learning_rate)
    train(stack, x_train, y_train, steps, adam, batch_size)
    return accuracy(stack, x_test, y_test).reshape(2, len(RATES), len(SEEDS))


reached = {}  # of each place and schedule: (rates, seeds)
for place in ("post", "pre"):
    reached[place], reached[f"{place}_warm"] = train_all(place)
# --8<-- [end:train]
at = {
    name: {f"rate_{i}": found for i, found in enumerate(runs)}
    for name, runs in reached.items()
}

fig, ax = plt.subplots(figsize=(6.2, 4))
LOOKS = {
    "pre": ("C0o-", "pre-norm"),
    "pre_warm": ("C0o:", "pre-norm, warm-up"),
    "post": ("C1s-", "post-norm"),
    "post_warm": ("C1s:", "post-norm, warm-up"),
}
for name, (style, label) in LOOKS.items():
    draw_band(ax, RATES, reached[name].T, style, label)
ax.axhline(chance, color="C4", ls=":")
ax.set(xscale="log", xticks=RATES, xticklabels=RATES, ylim=(0, 1.02))
ax.set(xlabel="learning rate", ylabel="test accuracy")
ax.minorticks_off()
handles = ax.get_legend_handles_labels()
fig.legend(*handles, loc="outside lower center", ncols=2)
fig.savefig("transformers_training.svg")
