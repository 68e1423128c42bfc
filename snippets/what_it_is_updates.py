"""Do the early layers barely update?

Fixed: ten layers, width 64, sigmoid, Glorot weights, digits, the same batches. Varies: SGD or Adam. Ten seeds.
The figure shows how far each layer's weights have moved after training, relative to their start.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, accuracy, digits, norms, train

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
    moved = [kernel.numpy() - before for kernel, before in zip(stack.kernels, start)]
    return norms(moved) / norms(start), accuracy(stack, x_test, y_test)


sgd, sgd_accuracies = movement(keras.optimizers.SGD(rate_sgd))
adam, adam_accuracies = movement(keras.optimizers.Adam(rate_adam))
# --8<-- [end:measure]

sgd_first, sgd_last = np.median(sgd[:, 0]), np.median(sgd[:, -1])
sgd_ratio_high = (sgd[:, 0] / sgd[:, -1]).max()  # first layer / last
adam_first, adam_last = np.median(adam[:, 0]), np.median(adam[:, -1])
adam_ratio_low = (adam[:, 0] / adam[:, -1]).min()
adam_ratio = np.median(adam[:, 0] / adam[:, -1])
sgd_accuracy, sgd_accuracy_high = np.median(sgd_accuracies), sgd_accuracies.max()
adam_accuracy, adam_accuracy_high = np.median(adam_accuracies), adam_accuracies.max()

fig, ax = plt.subplots()
for name, moved, color, style in [("SGD", sgd, "C0", "o-"), ("Adam", adam, "C1", "s--")]:
    ax.plot(range(1, depth + 1), np.median(moved, axis=0), style, color=color, label=name)
    ax.fill_between(range(1, depth + 1), moved.min(axis=0), moved.max(axis=0), color=color, alpha=0.3)
ax.set(yscale="log", xlabel="layer (1 is nearest the input)", ylabel="relative change of W")
ax.set_title("How far the weights have moved")
ax.legend()
fig.savefig("what_it_is_updates.svg")
