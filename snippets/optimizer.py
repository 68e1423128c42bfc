"""Which optimizer trains which deep network?

Fixed: width 64, 500 steps of 64 digits; first weights and batches are a
seed's own, and the same for all optimizers. Varies: network, optimizer, and
three rates for each optimizer. Five seeds; a seed's rate is the one that did
best on the other seeds. The figure shows the median test accuracy.
"""

from itertools import product

import keras
import matplotlib.pyplot as plt
import numpy as np
from data import digits, find_chance
from measures import choose_rate
from stack import Stack, accuracy, train

SEEDS = range(5)
width = 64
batch_size = 64
steps = 500

x_train, x_test, y_train, y_test = digits()
chance = find_chance(y_test)


# --8<-- [start:settings]
def small(seed):
    return keras.initializers.RandomNormal(stddev=0.05, seed=seed)


NETWORKS = {
    "sigmoid3": (3, "sigmoid", "glorot_uniform"),
    "sigmoid5": (5, "sigmoid", "glorot_uniform"),
    "sigmoid10": (10, "sigmoid", "glorot_uniform"),
    "tanh10": (10, "tanh", small),
    "relu10": (10, "relu", "he_normal"),
}


def momentum(learning_rate):
    return keras.optimizers.SGD(learning_rate, momentum=0.9)


OPTIMIZERS = {
    "sgd": (keras.optimizers.SGD, [0.03, 0.3, 1]),
    "momentum": (momentum, [0.01, 0.1, 0.3]),
    "rmsprop": (keras.optimizers.RMSprop, [0.001, 0.003, 0.01]),
    "adam": (keras.optimizers.Adam, [0.001, 0.003, 0.01]),
}
# --8<-- [end:settings]


# --8<-- [start:measure]
def measure(depth, activation, initializer, make_optimizer, rates):
    """Test accuracy of each seed at its rate: (seeds,)."""
    # One stack trains all rates and seeds at once.
    members = list(product(rates, SEEDS))
    seeds = [seed for _, seed in members]
    sizes = (64, *[width] * depth, 10)
    stack = Stack(sizes, seeds, activation, initializer)

    rate_of_member = np.array([rate for rate, _ in members], "float32")
    rate_of_member = rate_of_member[:, None, None]
    optimizer = make_optimizer(lambda: rate_of_member)
    train(stack, x_train, y_train, steps, optimizer, batch_size)
    runs = accuracy(stack, x_test, y_test).reshape(len(rates), len(SEEDS))
    return choose_rate(runs)


reached = {}
for name, (make_optimizer, rates) in OPTIMIZERS.items():
    reached[name] = {
        network: measure(*settings, make_optimizer, rates)
        for network, settings in NETWORKS.items()
    }
# --8<-- [end:measure]

highest = {  # of any optimizer and seed
    network: max(found[network].max() for found in reached.values())
    for network in NETWORKS
}

# (optimizers, networks, seeds)
table = np.array([list(found.values()) for found in reached.values()])
medians = np.median(table, axis=2)
fig, ax = plt.subplots()
ax.imshow(medians, cmap="cividis", vmin=0, vmax=1, aspect="auto")
for (i, j), median in np.ndenumerate(medians):
    color = "k" if median > 0.5 else "w"
    look = {"ha": "center", "va": "center", "size": 13, "color": color}
    ax.text(j, i, f"{median:.2f}", **look)
names = ["sigmoid\n3 layers", "sigmoid\n5", "sigmoid\n10"]
names += ["tanh\n10", "ReLU\n10"]
ax.set_xticks(range(len(NETWORKS)), names)
ax.set_yticks(range(len(OPTIMIZERS)), ["SGD", "momentum", "RMSprop", "Adam"])
ax.grid(False)
ax.set_title("Test accuracy at each seed's rate")
fig.savefig("optimizer.svg")
