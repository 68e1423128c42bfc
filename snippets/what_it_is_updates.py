"""Do the early layers barely update?

Fixed: ten layers, width 64, sigmoid, Glorot weights, digits, the same batches. Varies: SGD or Adam. Ten seeds.
The figure shows how far each layer's weights have moved after training, relative to their start.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, accuracy, band, digits, norms, train

SEEDS = range(10)
depth, width, steps, batch = 10, 64, 300, 128
rate_sgd, rate_adam = 0.1, 0.001

x_train, x_test, y_train, y_test = digits()
chance = np.bincount(y_test).max() / len(y_test)  # always naming the most frequent class


# --8<-- [start:measure]
def movement(optimizer):
    """||W_end - W_start|| / ||W_start|| by layer (seeds, layers), and test accuracy (seeds,)."""
    stack = Stack((64, *[width] * (depth - 1), 10), SEEDS, "sigmoid")
    start = [kernel.numpy() for kernel in stack.kernels]
    train(stack, x_train, y_train, steps, optimizer, batch)
    change = [kernel.numpy() - before for kernel, before in zip(stack.kernels, start)]
    return norms(change) / norms(start), accuracy(stack, x_test, y_test)


moved, accuracies = {}, {}
moved["sgd"], accuracies["sgd"] = movement(keras.optimizers.SGD(rate_sgd))
moved["adam"], accuracies["adam"] = movement(keras.optimizers.Adam(rate_adam))
# --8<-- [end:measure]

first, last = ({name: found[:, layer] for name, found in moved.items()} for layer in (0, -1))
ratio = {name: first[name] / last[name] for name in moved}

fig, ax = plt.subplots()
band(ax, range(1, depth + 1), moved["sgd"], "C0o-", "SGD")
band(ax, range(1, depth + 1), moved["adam"], "C1s--", "Adam")
ax.set(yscale="log", xlabel="layer (1 is nearest the input)", ylabel="relative change of W")
ax.set_title("How far the weights have moved")
ax.legend()
fig.savefig("what_it_is_updates.svg")
