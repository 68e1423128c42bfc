"""What does clipping the gradient mend, and what not?

Fixed: ten layers of width 64, digits, SGD at 0.1, 300 steps. Varies: weights
that explode (ReLU, spread 1.6 times He's) or vanish (sigmoid, Glorot), and
clipping: none, of the whole gradient's norm to one, or of each matrix' norm by
itself. Five seeds, trained one by one, since a norm is taken over all layers of
one network. The figure shows the training loss.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import digits, draw_batches, find_chance
from stack import Stack, accuracy, gradient_norms, train

SEEDS = range(5)
depth = 10  # hidden layers
width = 64
batch_size = 128
steps = 300
rate = 0.1
limit = 1.0
gain = 1.6  # times He's spread
x_train, x_test, y_train, y_test = digits()
chance = find_chance(y_test)


# --8<-- [start:networks]
def large(seed):
    return keras.initializers.RandomNormal(0.0, gain * (2 / width) ** 0.5, seed)


NETWORKS = {
    "exploding": ("relu", large),
    "vanishing": ("sigmoid", "glorot_uniform"),
}


def build(name, seeds):
    activation, weights = NETWORKS[name]
    return Stack((64, *[width] * depth, 10), seeds, activation, weights)


# --8<-- [end:networks]
# --8<-- [start:measure]
def train_alone(name, seed, clipping):
    """Losses (steps,) and test accuracy of one network."""
    stack = build(name, [seed])
    sgd = keras.optimizers.SGD(rate, **clipping)
    loss = train(stack, x_train, y_train, steps, sgd, batch_size)
    return loss[:, 0], accuracy(stack, x_test, y_test)[0]


CLIPPINGS = {
    "": {},
    "_clipped": {"global_clipnorm": limit},
    "_each": {"clipnorm": limit},
}
losses_of = {}  # (seeds, steps)
reached = {}  # test accuracy: (seeds,)
for name in NETWORKS:
    for ending, clipping in CLIPPINGS.items():
        key = name + ending
        runs = [train_alone(name, seed, clipping) for seed in SEEDS]
        losses_of[key] = np.array([loss for loss, _ in runs])
        reached[key] = np.array([correct for _, correct in runs])
# --8<-- [end:measure]

# Before training, dL/dW of each seed's own batch: (seeds, layers).
x, y = draw_batches(x_train, y_train, batch_size, SEEDS)
norm = {}  # over all layers: (seeds,)
first = {}  # first hidden layer over the last one
for name in NETWORKS:
    by_weight = gradient_norms(build(name, SEEDS), x, y).kernels
    norm[name] = np.linalg.norm(by_weight, axis=1)
    first[name] = by_weight[:, 0] / by_weight[:, depth - 1]
diverged = {key: ~np.isfinite(loss[:, -1]) for key, loss in losses_of.items()}

# The drawing. A line ends where the loss is no longer finite.
LINES = {
    "": ("C0-", "plain SGD"),
    "_clipped": ("C1--", "clipped together"),
    "_each": ("C2-.", "clipped each by itself"),
}
fig, axes = plt.subplots(1, 2, sharey=True)
numbers = range(1, steps + 1)
for ax, name in zip(axes, NETWORKS):
    for ending, (style, label) in LINES.items():
        loss = losses_of[name + ending]
        shown = np.where(np.isfinite(loss), loss, np.nan)
        draw_band(ax, numbers, shown, style, label)
    ax.set(title=f"{name} at the start", xlabel="step", yscale="log")
axes[0].set_ylabel("training loss")
axes[1].legend(loc="upper right")
fig.savefig("exploding_clipping.svg")
