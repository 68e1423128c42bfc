"""Does the normalized initialization train faster, and does sigmoid fail?

Fixed: five hidden layers of width 32, plain SGD on ten digits a step. Varies:
activation and initialization, three learning rates. Ten seeds; the rate of a
seed is the one that did best on the other seeds. The figure shows test error
against steps. It finds how fast the loss falls, and what becomes of dL/dz.
"""

from itertools import product

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from bands import draw_band
from data import digits, draw_batches, find_chance
from measures import choose_rate
from stack import Stack, accuracy, gradient_norms, split_activations, trainer

SEEDS = range(10)
RATES = (0.1, 0.3, 1)
width = 32  # 1000 in the paper
depth = 5
batch_size = 10
steps = 1500
interval = 50  # steps from one measurement to the next
low = 0.5  # of the loss, a mean over an interval

x_train, x_test, y_train, y_test = digits()
chance = find_chance(y_test)


# --8<-- [start:members]
def draw_standard(seed):
    """Uniform between -1/√n and 1/√n, with n units in the layer before."""
    return keras.initializers.VarianceScaling(
        1 / 3, "fan_in", "uniform", seed=seed
    )


def centered_sigmoid(z):
    return tf.sigmoid(z) - 0.5


def steep_sigmoid(z):
    return 4 * (tf.sigmoid(z) - 0.5)


NAMES = ("tanh", "tanh_normalized", "sigmoid", "centered", "steep")
INITIALIZERS = dict.fromkeys(NAMES, draw_standard)
INITIALIZERS["tanh_normalized"] = "glorot_uniform"
activate = split_activations(
    "tanh", "tanh", "sigmoid", centered_sigmoid, steep_sigmoid
)
# --8<-- [end:members]

# One network for each name, learning rate and seed; all train at once.
members = list(product(NAMES, RATES, SEEDS))
shape = (len(NAMES), len(RATES), len(SEEDS))
rates = np.array([rate for _, rate, _ in members], "float32")
seeds = [seed for _, _, seed in members]
rules = [INITIALIZERS[name] for name, _, _ in members]
sizes = (x_train.shape[-1], *[width] * depth, 10)
stack = Stack(sizes, seeds, activate, rules)
optimizer = keras.optimizers.SGD(lambda: rates[:, None, None])
go = trainer(stack, x_train, y_train, optimizer, batch_size)
x, y = draw_batches(x_train, y_train, 100, seeds)

all_losses, all_right = [], []
all_first = []
for _ in range(0, steps, interval):
    by_layer = gradient_norms(stack, x, y).z  # (members, layers)
    ratio = by_layer[:, 0] / by_layer[:, depth - 1]  # of dL/dz
    all_first.append(ratio.reshape(shape))
    all_losses.append(go(interval).mean(axis=0).reshape(shape))
    all_right.append(accuracy(stack, x_test, y_test).reshape(shape))

# Each (measurements, names, rates, seeds).
mean_loss, first = np.array(all_losses), np.array(all_first)
errors = 1 - np.array(all_right)

# At the rate that is best for the other seeds: (names, seeds).
error = dict(zip(NAMES, 1 - choose_rate(1 - errors[-1])))
best = dict(zip(NAMES, errors[-1].min(axis=1)))  # at the seed's own best rate

# Steps until the loss is low, of tanh.
is_low = mean_loss[:, :2] < low
never = len(is_low)
fallen = np.where(is_low.any(axis=0), is_low.argmax(axis=0), never)
needed = interval * (1 + fallen)  # (names, rates, seeds)
speed = dict(zip(NAMES, -choose_rate(-needed)))
speed_up = speed["tanh"] / speed["tanh_normalized"]

# dL/dz of the first layer over the last, of tanh with the first rate.
before = {name: first[0, i, 0] for i, name in enumerate(NAMES[:2])}
soon = {name: first[4, i, 0] for i, name in enumerate(NAMES[:2])}
soon_steps = 4 * interval

# The paper, table 1: test error in percent, with five hidden layers.
paper_shapeset = {"tanh": 27.15, "tanh_normalized": 15.60, "sigmoid": 82.61}
paper_mnist = {"tanh": 1.76, "tanh_normalized": 1.64, "sigmoid": 2.21}

# Draw the error at the rate that is best for all seeds together.
LOOKS = {
    "sigmoid": ("C3s-", "sigmoid"),
    "centered": ("C1^--", "sigmoid − ½"),
    "steep": ("C2v-.", "4 (sigmoid − ½)"),
    "tanh": ("C0o-", "tanh"),
    "tanh_normalized": ("C4D--", "tanh, normalized"),
}
measured_at = np.arange(interval, steps + 1, interval)
fig, ax = plt.subplots(figsize=(6, 4))
for name, (style, label) in LOOKS.items():
    row = NAMES.index(name)
    rate = errors[-1, row].mean(axis=1).argmin()
    draw_band(ax, measured_at, errors[:, row, rate].T, style, label)
ax.set(xlabel="steps", ylabel="test error", yscale="log")
handles, labels = ax.get_legend_handles_labels()
fig.legend(handles, labels, loc="outside lower center", ncols=3)
fig.savefig("glorot_2010_training.svg")
