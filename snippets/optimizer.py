"""Which optimizer trains which deep network?

Fixed: width 64, digits, 500 steps, the same first weights and batches for all. Varies: network, optimizer.
Each optimizer has the best of three rates for each network, chosen on two seeds of their own. Five seeds.
The figure shows the median test accuracy of each network with each optimizer.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, accuracy, digits, train

SEEDS = range(5)
width, steps, batch = 64, 500, 64
tuning = [100, 101]  # seeds to choose rates by, and for nothing else
x_train, x_test, y_train, y_test = digits()
chance = np.bincount(y_test).max() / len(y_test)  # always naming the most frequent class


def small_normal(seed):
    return keras.initializers.RandomNormal(stddev=0.05, seed=seed)


# --8<-- [start:measure]
NETS = {
    "sigmoid3": (3, "sigmoid", "glorot_uniform"),
    "sigmoid5": (5, "sigmoid", "glorot_uniform"),
    "sigmoid10": (10, "sigmoid", "glorot_uniform"),
    "tanh10": (10, "tanh", small_normal),
    "relu10": (10, "relu", "he_normal"),
}
OPTIMIZERS = {
    "sgd": (keras.optimizers.SGD, {}, [0.03, 0.3, 1]),
    "momentum": (keras.optimizers.SGD, {"momentum": 0.9}, [0.01, 0.1, 0.3]),
    "rmsprop": (keras.optimizers.RMSprop, {}, [0.001, 0.003, 0.01]),
    "adam": (keras.optimizers.Adam, {}, [0.001, 0.003, 0.01]),
}


def accuracies(net, optimizer, rates, seeds):
    """Test accuracy with each rate: (rates, seeds). All of them are trained at once, as one stack."""
    (depth, activation, initializer), (make, options, _) = NETS[net], OPTIMIZERS[optimizer]
    stack = Stack((64, *[width] * depth, 10), [*seeds] * len(rates), activation, initializer)
    each = np.repeat(np.array(rates, "float32"), len(seeds))[:, None, None]
    train(stack, x_train, y_train, steps, make(lambda: each, **options), batch)
    return accuracy(stack, x_test, y_test).reshape(len(rates), len(seeds))


reached, rate = {name: {} for name in OPTIMIZERS}, {name: {} for name in OPTIMIZERS}
for name, (_, _, rates) in OPTIMIZERS.items():
    for net in NETS:
        rate[name][net] = rates[accuracies(net, name, rates, tuning).mean(axis=1).argmax()]
        reached[name][net] = accuracies(net, name, [rate[name][net]], SEEDS)[0]  # (seeds,)
# --8<-- [end:measure]

medians = np.array([[np.median(found) for found in row.values()] for row in reached.values()])
fig, ax = plt.subplots()
ax.imshow(medians, cmap="cividis", vmin=0, vmax=1, aspect="auto")
for (row, column), shown in np.ndenumerate(medians):
    ax.text(column, row, f"{shown:.2f}", ha="center", va="center", size=13, color="k" if shown > 0.5 else "w")
ax.set_xticks(range(len(NETS)), ["sigmoid\n3 layers", "sigmoid\n5", "sigmoid\n10", "tanh\n10", "ReLU\n10"])
ax.set_yticks(range(len(OPTIMIZERS)), ["SGD", "momentum", "RMSprop", "Adam"])
ax.grid(False)
ax.set_title("Test accuracy with each optimizer's best rate")
fig.savefig("optimizer.svg")
