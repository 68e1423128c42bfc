"""Do the early layers barely update?

Fixed: ten layers, width 64, sigmoid, Glorot weights, digits. Varies: SGD or
Adam. Ten seeds, the same for both. The figure shows how far each layer's
weights have moved after training, relative to their start.
"""

import keras
import matplotlib.pyplot as plt
from bands import draw_band
from data import digits, find_chance
from stack import Stack, accuracy, norms, train

SEEDS = range(10)
depth = 10  # layers of weights, the head among them
width = 64
steps = 300
batch_size = 128
rate_sgd = 0.1
rate_adam = 0.001
x_train, x_test, y_train, y_test = digits()
chance = find_chance(y_test)


# --8<-- [start:measure]
def train_and_compare(optimizer):
    """||W_end - W_start|| / ||W_start||, (seeds, layers), and accuracy."""
    stack = Stack((64, *[width] * (depth - 1), 10), SEEDS, "sigmoid")
    start = [kernel.numpy() for kernel in stack.kernels]
    train(stack, x_train, y_train, steps, optimizer, batch_size)
    end = [kernel.numpy() for kernel in stack.kernels]
    change = [after - before for before, after in zip(start, end)]
    return norms(change) / norms(start), accuracy(stack, x_test, y_test)


moved = {}
accuracies = {}
moved["sgd"], accuracies["sgd"] = train_and_compare(
    keras.optimizers.SGD(rate_sgd)
)
moved["adam"], accuracies["adam"] = train_and_compare(
    keras.optimizers.Adam(rate_adam)
)
# --8<-- [end:measure]

first = {name: found[:, 0] for name, found in moved.items()}  # (seeds,)
last = {name: found[:, -1] for name, found in moved.items()}
ratio = {name: first[name] / last[name] for name in moved}

# The drawing.
fig, ax = plt.subplots()
draw_band(ax, range(1, depth + 1), moved["sgd"], "C0o-", "SGD")
draw_band(ax, range(1, depth + 1), moved["adam"], "C1s--", "Adam")
ax.set(yscale="log", ylabel="relative change of W")
ax.set_xlabel("layer (1 is nearest the input)")
ax.set_title("How far the weights have moved")
ax.legend()
fig.savefig("what_it_is_updates.svg")
