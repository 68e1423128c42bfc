"""Does a larger network or a longer training change the order of remedies?

Fixed: 20 hidden layers, matched weights, digits, Adam at one rate, batches of
64. Varies: structure, activation, and the size: the grid's own, three times
as many steps, or four times the width. Five seeds, each with weights and
batches of its own. The figure shows the test accuracy of every seed.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from data import digits
from stack import Stack, accuracy, split_activations, train

SEEDS = range(5)
depth = 20
batch_size = 64
learning_rate = 0.002
# The width, and how many steps.
SIZES = {"grid": (32, 150), "longer": (32, 450), "wider": (128, 150)}
STRUCTURES = {
    "plain": {},
    "batch": {"normalization": "batch"},
    "both": {"normalization": "batch", "skip": 1},
}
x_train, x_test, y_train, y_test = digits()

# --8<-- [start:measure]
# A third of the members for each activation, with a member for each seed.
MATCHED = {
    "sigmoid": "glorot_normal",
    "tanh": "glorot_normal",
    "relu": "he_normal",
}
initializers = np.repeat(list(MATCHED.values()), len(SEEDS)).tolist()
seeds = [*SEEDS] * 3
activate = split_activations(*MATCHED)


def measure(structure, width, steps):
    """Test accuracy by activation, (seeds,) each."""
    sizes = (64, *[width] * depth, 10)
    options = STRUCTURES[structure]
    stack = Stack(sizes, seeds, activate, initializers, **options)
    adam = keras.optimizers.Adam(learning_rate)
    train(stack, x_train, y_train, steps, adam, batch_size)
    runs = accuracy(stack, x_test, y_test).reshape(3, len(SEEDS))
    return dict(zip(MATCHED, runs))


of = {}
for size, (width, steps) in SIZES.items():
    of[size] = {name: measure(name, width, steps) for name in STRUCTURES}
# --8<-- [end:measure]

fig, axes = plt.subplots(1, 3, sharey=True)
LOOKS = {"sigmoid": "C0o", "tanh": "C1s", "relu": "C2^"}
beside = np.linspace(-0.06, 0.06, len(SEEDS))[:, None]  # one dot a seed
for ax, size in zip(axes, SIZES):
    for i, (activation, style) in enumerate(LOOKS.items()):
        across = np.arange(3) + 0.25 * (i - 1) + beside  # (seeds, structures)
        heights = [of[size][name][activation] for name in STRUCTURES]
        heights = np.transpose(heights)
        label = activation.replace("relu", "ReLU")
        dots = across.ravel(), heights.ravel()
        ax.plot(*dots, style, ls="", ms=4, label=label)
    ax.set(title=size, ylim=(0, 1.02))
    ax.set_xticks(range(3), ["plain", "BN", "BN +\nskip"])
axes[0].set_ylabel("test accuracy")
handles, labels = axes[0].get_legend_handles_labels()
fig.legend(handles, labels, loc="outside lower center", ncols=3)
fig.savefig("compare_size.svg")
