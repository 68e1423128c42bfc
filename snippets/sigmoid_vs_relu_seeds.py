"""What does the tutorial's comparison show over many seeds?

Fixed: XOR, 2-8-8-1, Adam at 1e-3, all four samples in each step, so one step
is one epoch. Varies: activation and initializer of the hidden layers. 200
seeds; the two Glorot networks of a seed start equal. The figure shows the
predictions for [1, 0] after 200 epochs, and the share of networks that have
solved XOR.
"""

from typing import NamedTuple

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from stack import Stack, train

SEEDS = range(200)
epochs = 200  # of the tutorial
epochs_1000 = 1000
epochs_long = 5000
solved_below = 0.1  # a network with this loss has solved XOR
close_above = 0.9  # and a prediction above this is close to one

x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
y = np.array([0, 1, 1, 0])


class Run(NamedTuple):
    """What became of one network per seed."""

    prediction: np.ndarray  # for [1, 0] after the tutorial's epochs: (seeds,)
    right: np.ndarray  # whether all samples are right then: (seeds,)
    loss: np.ndarray  # (epochs_long, seeds)
    silent: np.ndarray  # whether a layer is off at the end: (seeds, samples)


# --8<-- [start:train]
def run(activation, initializer, seeds=SEEDS):
    """Train one network per seed."""
    stack = Stack((2, 8, 8, 1), seeds, activation, initializer)
    adam = keras.optimizers.Adam(1e-3)

    # As long as the tutorial does.
    first_loss = train(stack, x, y, epochs, adam)  # (epochs, seeds)
    probability = tf.sigmoid(stack(x)).numpy()[..., 0]  # (seeds, samples)
    right = ((probability > 0.5) == y).all(axis=1)

    # And on. At the end, which samples find all units of a layer off?
    later_loss = train(stack, x, y, epochs_long - epochs, adam)
    loss = np.concatenate([first_loss, later_loss])
    _, (z_first, z_second, _) = stack.forward(x)  # (seeds, samples, units)
    first_is_off = (z_first.numpy() <= 0).all(axis=2)
    second_is_off = (z_second.numpy() <= 0).all(axis=2)
    return Run(probability[:, 2], right, loss, first_is_off | second_is_off)


runs = {
    "sigmoid": run("sigmoid", "glorot_uniform"),
    "relu": run("relu", "glorot_uniform"),
    "he": run("relu", "he_normal"),
}
# --8<-- [end:train]

# After the tutorial's epochs.
prediction = {name: each.prediction for name, each in runs.items()}
right = {name: each.right for name, each in runs.items()}
close = {name: found > close_above for name, found in prediction.items()}
closer = prediction["relu"] > prediction["sigmoid"]
loss_tutorial = {name: each.loss[epochs - 1] for name, each in runs.items()}

# When XOR is solved, and by which networks; never counts as the last epoch.
below = {name: each.loss < solved_below for name, each in runs.items()}
solved_1000 = {name: found[epochs_1000 - 1] for name, found in below.items()}
solved = {name: found[-1] for name, found in below.items()}
stuck_count = (~solved["relu"]).sum()
stuck_he_count = (~solved["he"]).sum()
time = {}
for name, found in below.items():
    first_epoch = found.argmax(axis=0) + 1
    time[name] = np.where(solved[name], first_epoch, epochs_long)

# Networks that cannot tell some samples of the two classes apart.
silent = runs["relu"].silent
mixed = silent[:, y == 0].any(axis=1) & silent[:, y == 1].any(axis=1)
mixed_in_stuck = mixed[~solved["relu"]].mean()
mixed_in_solved = mixed[solved["relu"]].mean()

# The stuck ReLU networks once more, with a small slope below zero.
again = [SEEDS[i] for i in np.flatnonzero(~solved["relu"])]
leaky = run(lambda z: tf.nn.leaky_relu(z, 0.01), "glorot_uniform", again)
leaky_solved_count = (leaky.loss[-1] < solved_below).sum()

# Draw each prediction as a dot, with the median as a bar.
labels = ["sigmoid, Glorot", "ReLU, Glorot", "ReLU, He"]
fig, (left, axis) = plt.subplots(1, 2)
jitter = np.random.default_rng(0).uniform(-0.25, 0.25, len(SEEDS))
for i, found in enumerate(prediction.values()):
    look = {"color": f"C{i}", "markersize": 3, "alpha": 0.5}
    left.plot(i + jitter, found, "os^"[i], **look)
    bar = {"color": f"C{i}", "linewidth": 4, "label": "_median"}
    left.hlines(np.median(found), i - 0.4, i + 0.4, **bar)
left.axhline(1, color="C4", linestyle=":")
left.text(-0.4, 1.015, "target")
left.set(title=f"After {epochs} epochs", ylim=(0.3, 1.08))
left.set_ylabel("prediction for [1, 0]")
left.set_xticks(range(3), [label.replace(", ", "\n") for label in labels])

# Draw the share of networks that have solved XOR by each epoch.
for i, found in enumerate(below.values()):
    share = found.mean(axis=1)
    style = f"C{i}" + ["-", "--", "-."][i]
    axis.plot(np.arange(1, epochs_long + 1), share, style, label=labels[i])
axis.set(title=f"Loss below {solved_below}", xscale="log", xlim=(4, None))
axis.set(xlabel="epoch", ylabel="share of seeds")
axis.legend(loc="upper left")
fig.savefig("sigmoid_vs_relu_seeds.svg")
