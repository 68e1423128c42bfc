"""Is it the activation or the optimizer that leaves XOR unsolved?

Fixed: XOR, 2-8-8-1, Glorot weights, all four samples in each step, 2000 epochs. Varies: optimizer, sigmoid or ReLU.
1000 seeds; all networks of a seed start with equal weights. The figure shows the share of seeds that have solved XOR.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, train

SEEDS = range(1000)
epochs, epochs_tutorial, solved_below = 2000, 200, 0.1
X, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32"), np.array([0, 1, 1, 0])

# --8<-- [start:train]
OPTIMIZERS = {
    "adam": lambda: keras.optimizers.Adam(0.001),
    "adam_fast": lambda: keras.optimizers.Adam(0.01),
    "sgd": lambda: keras.optimizers.SGD(0.1),
    "sgd_fast": lambda: keras.optimizers.SGD(1.0),
    "momentum": lambda: keras.optimizers.SGD(0.1, momentum=0.9),
}
below = {
    activation: {
        name: train(Stack((2, 8, 8, 1), SEEDS, activation), X, y, epochs, make()) < solved_below
        for name, make in OPTIMIZERS.items()
    }
    for activation in ("sigmoid", "relu")
}  # of loss (epochs, seeds)
# --8<-- [end:train]


def over_nets(measure):
    return {net: {name: measure(found) for name, found in row.items()} for net, row in below.items()}


solved = over_nets(lambda found: found.any(axis=0))
early = over_nets(lambda found: found[:epochs_tutorial].any(axis=0))
time = over_nets(lambda found: np.where(found.any(axis=0), found.argmax(axis=0) + 1, epochs + 1))  # never: the last + 1

fig, axes = plt.subplots(1, 2, sharey=True)
labels = ("Adam 0.001", "Adam 0.01", "SGD 0.1", "SGD 1", "momentum 0.1")
for ax, row, title in zip(axes, time.values(), ("Sigmoid", "ReLU")):
    for i, (found, label) in enumerate(zip(row.values(), labels)):
        reached = (found[:, None] <= np.arange(1, epochs + 1)).mean(axis=0)
        style = {"color": ["C0", "C0", "C1", "C1", "C2"][i], "ls": ["-", ":", "-", ":", "-."][i]}
        ax.plot(np.arange(1, epochs + 1), reached, label=label, **style)
    ax.set(xscale="log", xlabel="epochs", title=title, xlim=(10, epochs))
axes[0].set_ylabel("share of seeds solved")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
fig.savefig("xor_1000_seeds_optimizers.svg")
