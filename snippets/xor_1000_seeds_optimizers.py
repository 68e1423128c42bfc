"""Is it the activation or the optimizer that leaves XOR unsolved?

Fixed: XOR, 2-8-8-1, Glorot weights, all four samples in each step, 2000
epochs. Varies: optimizer, sigmoid or ReLU. 1000 seeds; all networks of a seed
start with equal weights. The figure shows the share of seeds that have solved
XOR.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, train

SEEDS = range(1000)
epochs = 2000
epochs_tutorial = 200
solved_below = 0.1  # a network with this loss has solved XOR

x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
y = np.array([0, 1, 1, 0])

# --8<-- [start:train]
OPTIMIZERS = {
    "adam": lambda: keras.optimizers.Adam(0.001),
    "adam_fast": lambda: keras.optimizers.Adam(0.01),
    "sgd": lambda: keras.optimizers.SGD(0.1),
    "sgd_fast": lambda: keras.optimizers.SGD(1.0),
    "momentum": lambda: keras.optimizers.SGD(0.1, momentum=0.9),
}
solved = {"sigmoid": {}, "relu": {}}  # activation -> optimizer -> (seeds,)
early = {"sigmoid": {}, "relu": {}}  # whether where the tutorial stops
time = {"sigmoid": {}, "relu": {}}  # epochs
for activation in solved:
    for name, make_optimizer in OPTIMIZERS.items():
        stack = Stack((2, 8, 8, 1), SEEDS, activation)
        loss = train(stack, x, y, epochs, make_optimizer())
        below = loss < solved_below  # (epochs, seeds)
        is_solved = below.any(axis=0)
        solved[activation][name] = is_solved
        early[activation][name] = below[:epochs_tutorial].any(axis=0)

        # Who never solves XOR counts as one epoch later than the last.
        first_epoch = below.argmax(axis=0) + 1
        time[activation][name] = np.where(is_solved, first_epoch, epochs + 1)
# --8<-- [end:train]

# Draw the share of seeds that have solved XOR by each epoch.
labels = ["Adam 0.001", "Adam 0.01", "SGD 0.1", "SGD 1", "momentum 0.1"]
styles = ["C0-", "C0:", "C1-", "C1:", "C2-."]
titles = {"sigmoid": "Sigmoid", "relu": "ReLU"}
fig, axes = plt.subplots(1, 2, sharey=True)
epoch = np.arange(1, epochs + 1)
for ax, (activation, times) in zip(axes, time.items()):
    for found, label, style in zip(times.values(), labels, styles):
        reached = (found[:, None] <= epoch).mean(axis=0)  # (epochs,)
        ax.plot(epoch, reached, style, label=label)
    ax.set(title=titles[activation], xscale="log", xlim=(10, epochs))
    ax.set(xlabel="epochs")
axes[0].set(ylabel="share of seeds solved")
lines, names = axes[0].get_legend_handles_labels()
fig.legend(lines, names, loc="outside lower center", ncols=3)
fig.savefig("xor_1000_seeds_optimizers.svg")
