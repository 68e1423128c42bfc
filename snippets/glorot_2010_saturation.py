"""Is it sigmoid's mean that saturates the top layer, and that stops learning?

Fixed: three hidden layers of width 32, the standard initialization, plain SGD
on ten digits a step, one learning rate. Varies: sigmoid, the same less one
half, and that four times as steep. Ten seeds. The figure shows the mean
activation of the top hidden layer and the test accuracy against steps.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from bands import draw_band
from data import digits, find_chance
from stack import Stack, accuracy, split_activations, trainer

SEEDS = range(10)
width = 32  # 1000 in the paper
depth = 3  # 4 in the paper
batch_size = 10
learning_rate = 0.3
steps = 6000
interval = 250  # steps from one measurement to the next

x_train, x_test, y_train, y_test = digits()
chance = find_chance(y_test)


# --8<-- [start:activations]
def centered_sigmoid(z):
    return tf.sigmoid(z) - 0.5


def steep_sigmoid(z):
    return 4 * (tf.sigmoid(z) - 0.5)


NAMES = ("sigmoid", "centered", "steep")
activate = split_activations("sigmoid", centered_sigmoid, steep_sigmoid)
# --8<-- [end:activations]


def draw_standard(seed):
    """Uniform between -1/√n and 1/√n, with n units in the layer before."""
    return keras.initializers.VarianceScaling(
        1 / 3, "fan_in", "uniform", seed=seed
    )


shape = (len(NAMES), len(SEEDS))
sizes = (x_train.shape[-1], *[width] * depth, 10)
stack = Stack(sizes, [*SEEDS] * len(NAMES), activate, draw_standard)
optimizer = keras.optimizers.SGD(learning_rate)
go = trainer(stack, x_train, y_train, optimizer, batch_size)

all_means, all_right = [], []
for _ in range(0, steps + 1, interval):
    _, all_z = stack.forward(x_test)
    top = stack.activation(all_z[depth - 1]).numpy()
    all_means.append(top.mean(axis=(1, 2)).reshape(shape))
    all_right.append(accuracy(stack, x_test, y_test).reshape(shape))
    go(interval)

# Each (measurements, names, seeds).
means, right = np.array(all_means), np.array(all_right)

# What sigmoid's top layer does.
start = means[0, 0]
lowest = means[:, 0].min(axis=0)
end = means[-1, 0]
# How far the top layer of a centered one goes from zero.
farthest = np.abs(means[:, 1]).max(axis=0)

# When learning begins: the first measurement with three in four right.
learned = 0.75
begins = {}
for i, name in enumerate(NAMES):
    does = right[:, i] > learned  # (measurements, seeds)
    first = np.where(does.any(axis=0), does.argmax(axis=0), len(does))
    begins[name] = first * interval
reached = dict(zip(NAMES, right[-1]))
gain = begins["sigmoid"] / begins["centered"]

# Draw what was found.
measured_at = np.arange(0, steps + 1, interval)
LOOKS = {
    "sigmoid": ("C3-", "sigmoid"),
    "centered": ("C1--", "sigmoid − ½"),
    "steep": ("C2-.", "4 (sigmoid − ½)"),
}
fig, axes = plt.subplots(2, 1, figsize=(4.8, 5.6), sharex=True)
for i, (style, label) in enumerate(LOOKS.values()):
    draw_band(axes[0], measured_at, means[:, i].T, style, label)
    draw_band(axes[1], measured_at, right[:, i].T, style, label)
axes[0].set(ylabel="mean activation, top layer", ylim=(-0.2, 0.6))
axes[1].set(ylabel="test accuracy", xlabel="steps", ylim=(0, 1))
handles, labels = axes[0].get_legend_handles_labels()
fig.legend(handles, labels, loc="outside lower center", ncols=3)
fig.savefig("glorot_2010_saturation.svg")
