"""What can one run of the tutorial's program show, and what do a thousand?

Fixed: XOR, 2-8-8-1, Glorot weights, Adam at 1e-3, all four samples in each
step, so one step is one epoch. Varies: the activation of the hidden layers.
1000 seeds; the four networks of a seed start with equal weights. The figure
shows how predictions for [1, 0] after 200 epochs, and times to solve XOR, are
distributed.
"""

from math import comb

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from stack import Stack, trainer

SEEDS = range(1000)
epochs = 200  # of the tutorial
epochs_long = 5000
rate = 1e-3
slope = 0.01  # of leaky ReLU below zero
solved_below = 0.1  # a network with this loss has solved XOR

x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
y = np.array([0, 1, 1, 0])

# --8<-- [start:train]
OPTIONS = {
    "sigmoid": {"activation": "sigmoid"},
    "tanh": {"activation": "tanh"},
    "relu": {"activation": "relu"},
    "leaky": {"slope": slope},
}
prediction, right = {}, {}  # activation -> (seeds,)
failed, time = {}, {}
for name, option in OPTIONS.items():
    stack = Stack((2, 8, 8, 1), SEEDS, **option)
    go = trainer(stack, x, y, keras.optimizers.Adam(rate))

    # As long as the tutorial trains.
    first_loss = go(epochs)  # (epochs, seeds)
    probability = tf.sigmoid(stack(x)).numpy()[..., 0]  # (seeds, samples)
    prediction[name] = probability[:, 2]  # for [1, 0]
    right[name] = ((probability > 0.5) == y).all(axis=1)

    # And on. Who never solves XOR counts as one epoch later than the last.
    loss = np.concatenate([first_loss, go(epochs_long - epochs)])
    below = loss < solved_below
    failed[name] = ~below.any(axis=0)
    first_epoch = below.argmax(axis=0) + 1
    time[name] = np.where(failed[name], epochs_long + 1, first_epoch)
# --8<-- [end:train]


# --8<-- [start:compare]
def chance_of(larger, smaller):
    """Chance that one run of `larger` is above one run of `smaller`.

    For each seed of `larger`: (seeds,).
    """
    return (larger[:, None] > smaller).mean(axis=1)


def chance_of_means(num_runs, larger, smaller):
    """Whether the mean of so many runs is above that of as many others.

    In as many draws as there are seeds: (seeds,).
    """
    shape = (2, len(SEEDS), num_runs)
    drawn = np.random.default_rng(0).integers(0, len(SEEDS), shape)
    return larger[drawn[0]].mean(axis=1) > smaller[drawn[1]].mean(axis=1)
    # --8<-- [end:compare]


# One run against another.
others = ["tanh", "relu", "leaky"]
closer = {
    name: chance_of(prediction[name], prediction["sigmoid"]) for name in others
}
sooner = {name: chance_of(time["sigmoid"], time[name]) for name in others}
relu_over_tanh = chance_of(prediction["relu"], prediction["tanh"])
tanh_sooner_than_relu = chance_of(time["relu"], time["tanh"])

# A few runs against as many.
closer_three = chance_of_means(3, prediction["relu"], prediction["sigmoid"])
tanh_thirty = chance_of_means(30, prediction["relu"], prediction["tanh"])

# How many runs until a ReLU network fails, with a chance of q?
all_succeed = np.log(1 - failed["relu"].mean())
runs_even = np.log(1 - 0.5) / all_succeed
runs_sure = np.log(1 - 0.95) / all_succeed

# What shares could give as many failures of tanh, in 95 of 100 samples?
count = int(failed["tanh"].sum())
shares = np.geomspace(1e-6, 0.1, 100_001)


def at_most(count):
    """Chance of so many failures or fewer, for each share."""
    chances = [
        comb(len(SEEDS), k) * shares**k * (1 - shares) ** (len(SEEDS) - k)
        for k in range(count + 1)
    ]
    return np.sum(chances, axis=0)


plausible = shares[(at_most(count) > 0.025) & (at_most(count - 1) < 0.975)]
tanh_low = plausible.min() if count else 0.0
tanh_high = plausible.max()

# The ends of the distributions.
near_one = {name: found > 0.9 for name, found in prediction.items()}
wrong_side = {name: found < 0.5 for name, found in prediction.items()}

# Draw how predictions and times are distributed.
labels = ["sigmoid", "tanh", "ReLU", "leaky ReLU"]
styles = ["C0-", "C1--", "C2-.", "C4:"]
fig, (left, axis) = plt.subplots(1, 2, sharey=True)
share = np.arange(1, len(SEEDS) + 1) / len(SEEDS)
for name, label, style in zip(OPTIONS, labels, styles):
    left.plot(np.sort(prediction[name]), share, style, label=label)
    axis.plot(np.sort(time[name]), share, style)
left.set(title=f"After {epochs} epochs", xlim=(0.3, 1))
left.set(xlabel="prediction for [1, 0]")
left.set(ylabel="share of seeds at or below")
left.legend(loc="lower right")
axis.set(title="Time to solve XOR", xlim=(0, epochs_long))
axis.set(xlabel="epochs")
fig.savefig("xor_1000_seeds.svg")
