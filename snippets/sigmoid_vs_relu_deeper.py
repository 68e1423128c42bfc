"""What does a change of activation do to a ten-layer network?

Fixed: digits, depth, width, Adam at 1e-3, 300 steps. Varies: activation and
initializer of the hidden layers. Ten seeds; each draws its own batches, the
same for all networks of the seed. The figure shows the training loss and the
test accuracy of each seed.
"""

from typing import NamedTuple

import keras
import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import digits, draw_batches, find_chance
from stack import Gradients, Stack, accuracy, gradient_norms, train

SEEDS = range(10)
depth = 10
depth_few = 3
width = 64
batch_size = 128
steps = 300
rate = 1e-3

x_train, x_test, y_train, y_test = digits()
chance = find_chance(y_test)
x_first, y_first = draw_batches(x_train, y_train, batch_size, SEEDS)


class Run(NamedTuple):
    """What became of one network per seed."""

    norms: Gradients  # before training, each (seeds, layers)
    loss: np.ndarray  # (steps, seeds)
    accuracy: np.ndarray  # on the test set: (seeds,)


# --8<-- [start:train]
def run(activation, initializer, depth=depth):
    """Train one network per seed."""
    sizes = (64, *[width] * depth, 10)
    stack = Stack(sizes, SEEDS, activation, initializer)
    norms = gradient_norms(stack, x_first, y_first)
    adam = keras.optimizers.Adam(rate)
    loss = train(stack, x_train, y_train, steps, adam, batch_size)
    return Run(norms, loss, accuracy(stack, x_test, y_test))


runs = {
    "sigmoid": run("sigmoid", "glorot_uniform"),
    "relu": run("relu", "glorot_uniform"),
    "he": run("relu", "he_normal"),
}
# --8<-- [end:train]
accuracy_few = run("sigmoid", "glorot_uniform", depth_few).accuracy

# The end of training.
accuracies = {name: each.accuracy for name, each in runs.items()}
loss_end = {name: each.loss[-1] for name, each in runs.items()}
loss_uniform = np.log(10)  # of finding all digits alike

# Before training: the first hidden layer over the last.
weight_ratio, z_ratio = {}, {}
for name, each in runs.items():
    by_weight = each.norms.kernels  # (seeds, layers), head last
    by_z = each.norms.z
    weight_ratio[name] = by_weight[:, 0] / by_weight[:, depth - 1]
    z_ratio[name] = by_z[:, 0] / by_z[:, depth - 1]

labels = ["sigmoid, Glorot", "ReLU, Glorot", "ReLU, He"]
for label, found in zip(labels, accuracies.values()):
    ends = f"from {found.min():.3f} to {found.max():.3f}"
    print(f"{label:16} test accuracy {np.median(found):.3f}, {ends}")

# Draw the loss on the left, and each seed's accuracy on the right.
fig, (left, right) = plt.subplots(1, 2)
step = np.arange(1, steps + 1)
for each, style, label in zip(runs.values(), ["C0-", "C1--", "C2-."], labels):
    draw_band(left, step, each.loss.T, style, label)
left.set(title="Training loss", ylim=(0, 2.6))
left.set(xlabel="step", ylabel="cross-entropy")
left.legend(loc="center right", bbox_to_anchor=(1, 0.6))
spread = np.linspace(-0.2, 0.2, len(SEEDS))
for i, found in enumerate(accuracies.values()):
    right.plot(i + spread, found, f"C{i}" + "os^"[i])
right.axhline(chance, color="C4", linestyle=":")
right.text(2.2, chance + 0.02, "chance", ha="right")
right.set(title=f"After {steps} steps", ylim=(0, 1.04))
right.set(ylabel="test accuracy")
right.set_xticks(range(3), [label.replace(", ", "\n") for label in labels])
fig.savefig("sigmoid_vs_relu_deeper.svg")
