"""Does batch normalization help because it keeps a layer's inputs in place?

Fixed: three sigmoid layers of width 100, normal weights, 1000 steps of SGD on
60 digits each. Varies: no normalization, batch normalization, and the same with
what enters each sigmoid moved and stretched at random at every step. Five
seeds, each with weights and batches of its own. The figure shows test accuracy
by step, and how the input of one sigmoid moves.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from bands import draw_band
from data import digits
from stack import Stack, accuracy, trainer

SEEDS = range(5)
width = 100
depth = 3
steps = 1000
batch_size = 60
rate = 2.0
spread = 0.1  # of the first weights
shaking = 1
every = 20  # steps between two looks
good = 0.9  # test accuracy
x_train, x_test, y_train, y_test = digits()
x_look = x_train[:300]  # to look at what enters a sigmoid

# Section 4.2.2: top-1 accuracy in percent, millions of steps to reach 72.2 %.
PAPER = {"sigmoid": 69.8, "chance": 0.1, "times_fewer": 14}


# --8<-- [start:kinds]
def draw_small(seed):
    return keras.initializers.RandomNormal(stddev=spread, seed=seed)


generator = tf.random.Generator.from_seed(SEEDS[0])
amount = tf.Variable(0.0)  # how much is shaken now


def shake(z):
    """z with another mean and spread for each unit, at every call."""
    shape = (len(SEEDS), 1, width)
    stretch = tf.exp(amount * generator.normal(shape))
    return stretch * z + amount * generator.normal(shape)


KINDS = {
    "plain": {"normalization": None, "shaking": 0},
    "normalized": {"normalization": "batch", "shaking": 0},
    "shaken": {"normalization": "batch", "shaking": shaking},
}
# --8<-- [end:kinds]


# --8<-- [start:train]
def train_kind(normalization, shaking):
    """Test accuracy, (looks, seeds), and percentiles of what enters the last
    hidden sigmoids: (looks, 3, seeds, units)."""
    stack = Stack(
        (64, *[width] * depth, 10),
        SEEDS,
        lambda z: tf.sigmoid(shake(z)),
        draw_small,
        normalization,
    )
    sgd = keras.optimizers.SGD(rate)
    go = trainer(stack, x_train, y_train, sgd, batch_size)
    accuracies = []
    percentiles = []
    for _ in range(steps // every):
        amount.assign(shaking)
        go(every)
        _, all_z = stack.forward(x_look, training=normalization == "batch")
        z = shake(all_z[-2])  # (seeds, samples, units)
        percentiles.append(np.percentile(z, (15, 50, 85), axis=1))
        amount.assign(0)  # a trained network is tested in peace
        accuracies.append(accuracy(stack, x_test, y_test))
    return np.array(accuracies), np.array(percentiles)


# --8<-- [end:train]
by_step = {}
moves = {}
for name, options in KINDS.items():
    by_step[name], moves[name] = train_kind(**options)

reached = {name: found[-1] for name, found in by_step.items()}
# Steps to a good accuracy; `steps` if it is not reached.
step = {}
for name, found in by_step.items():
    is_good = found >= good
    first = every * (is_good.argmax(axis=0) + 1)
    step[name] = np.where(is_good.any(axis=0), first, steps)
fewer = step["plain"] / step["normalized"]

# How far a median moves between two looks, in units of the input's own range
# from the 15th percentile to the 85th: of a seed the median unit.
shift = {}
for name, found in moves.items():
    low, middle, high = np.moveaxis(found, 1, 0)
    distance = np.abs(np.diff(middle, axis=0)) / (high - low)[1:]
    shift[name] = np.median(distance.mean(axis=0), axis=-1)

fig, (left, right) = plt.subplots(1, 2)
LOOKS = {
    "normalized": ("C0-", "normalized"),
    "shaken": ("C2:", "normalized, shaken"),
    "plain": ("C1--", "plain"),
}
looks = every * np.arange(1, steps // every + 1)
for name, (style, label) in LOOKS.items():
    draw_band(left, looks, by_step[name].T, style, label)
for name in ("plain", "normalized"):
    low, middle, high = moves[name][:, :, 0, 0].T  # first seed, first unit
    style = LOOKS[name][0]
    (line,) = right.plot(looks, middle, style, label=f"_{name}")
    right.fill_between(looks, low, high, color=line.get_color(), alpha=0.3)
left.set(xlabel="step", ylabel="test accuracy", ylim=(0, 1.02))
right.set(xlabel="step", title="What enters one sigmoid")
handles = left.get_legend_handles_labels()
fig.legend(*handles, loc="outside lower center", ncols=3)
fig.savefig("ioffe_2015.svg")
