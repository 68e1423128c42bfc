"""Does batch normalization help because it keeps distributions in place?

Fixed: ten sigmoid layers of width 32, Glorot weights, 300 steps of Adam on
digits, 64 at a time. Varies: no normalization, batch normalization, or the
same with each unit stretched and moved at random, anew in every step. Five
seeds, each with weights and batches of its own. It finds how far the means of
units move in ten steps, and test accuracies.
"""

import keras
import numpy as np
import tensorflow as tf
from data import digits, draw_batches, find_chance
from stack import Stack, accuracy, trainer

SEEDS = range(5)
depth = 10
width = 32
steps = 300
look = 10  # steps from one look at the units to the next
batch_size = 64
rate = 0.003
shake = 0.5  # spread of the moves, where a unit's own spread is one

x_train, x_test, y_train, y_test = digits()
chance = find_chance(y_test)
x, y = draw_batches(x_train, y_train, batch_size, SEEDS)


# --8<-- [start:shaken]
class Shaken(Stack):
    """Normalized, and then no unit keeps its distribution for two steps."""

    def standardize(self, z, layer, training):
        z = super().standardize(z, layer, training)
        if not training:
            return z
        shape = (len(self.seeds), 1, z.shape[2])  # one number for each unit
        stretch = tf.exp(shake * tf.random.normal(shape))
        return stretch * z + shake * tf.random.normal(shape)


# --8<-- [end:shaken]


def describe(stack):
    """Mean and spread of each hidden unit's z: each (members, units)."""
    _, all_z = stack.forward(x, training=True)
    z = np.concatenate([z.numpy() for z in all_z[:depth]], axis=2)
    return z.mean(axis=1), z.std(axis=1)


keras.utils.set_random_seed(SEEDS[0])
sizes = (64, *[width] * depth, 10)
stacks = {
    "plain": Stack(sizes, SEEDS, "sigmoid"),
    "normalized": Stack(sizes, SEEDS, "sigmoid", normalization="batch"),
    "shaken": Shaken(sizes, SEEDS, "sigmoid", normalization="batch"),
}
moved = {}  # of units' means from look to look, in their spreads: (seeds,)
reached = {}  # test accuracy, (seeds,)
for name, stack in stacks.items():
    adam = keras.optimizers.Adam(rate)
    take_steps = trainer(stack, x_train, y_train, adam, batch_size)
    moves = []
    mean, spread = describe(stack)
    for _ in range(steps // look):
        take_steps(look)
        before, (mean, spread) = mean, describe(stack)
        moves.append((np.abs(mean - before) / spread).mean(axis=1))
    moved[name] = np.mean(moves, axis=0)
    reached[name] = accuracy(stack, x_test, y_test)
