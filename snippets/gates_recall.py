"""Which recurrent layer recalls a cue after 20, 50 and 100 steps?

Fixed: 16 units, Adam, 300 steps with batches of 16. Varies: the cell, the bias
of the gate that keeps the state, the lag, and two learning rates. Five seeds,
each with weights and sequences of its own; a seed's rate is the one that did
best on the other seeds. The figure shows the accuracy of every seed.
"""

from functools import partial
from itertools import product

import keras
import matplotlib.pyplot as plt
import numpy as np
from measures import choose_rate
from recurrent import Recurrent, draw_apart, draw_recall, train
from stack import accuracy

SEEDS = range(5)
LAGS = (20, 50, 100)
RATES = (0.003, 0.01)
BIASES = {"tanh": [0], "gru": [0, 5], "lstm": [0, 1, 5]}
units = 16
batch_size = 16
steps = 300
chance = 1 / 4


# --8<-- [start:measure]
def train_cell(cell, lag):
    """Accuracy on sequences that are new: (biases, rates, seeds)."""
    members = list(product(BIASES[cell], RATES, SEEDS))
    keep = [bias for bias, _, _ in members]
    rates = np.array([rate for _, rate, _ in members], "float32")
    rates = rates[:, None, None]  # (members, 1, 1), as the weights have axes
    seeds = [seed for _, _, seed in members]

    layer = Recurrent(cell, (8, units, 4), seeds, keep=keep)
    draw = partial(draw_recall, lag=lag, batch_size=batch_size)
    train(layer, draw, steps, keras.optimizers.Adam(lambda: rates))
    x, y = draw_apart(partial(draw_recall, lag=lag, batch_size=256), seeds)
    runs = accuracy(layer, x, y)
    return runs.reshape(len(BIASES[cell]), len(RATES), len(SEEDS))


reached = {}  # of each cell and bias, at each lag: (seeds,)
for lag in LAGS:
    for cell, biases in BIASES.items():
        chosen = choose_rate(train_cell(cell, lag))  # (biases, seeds)
        for bias, found in zip(biases, chosen):
            reached[f"{cell}{bias}_{lag}"] = found
# --8<-- [end:measure]

NAMES = {
    "tanh0": "SimpleRNN",
    "gru0": "GRU",
    "gru5": "GRU,\nbias 5",
    "lstm0": "LSTM,\nbias 0",
    "lstm1": "LSTM,\nbias 1",
    "lstm5": "LSTM,\nbias 5",
}
fig, ax = plt.subplots()
beside = np.linspace(-0.07, 0.07, len(SEEDS))
for lag, style, shift in zip(LAGS, ("C0o", "C1s", "C2D"), (-0.25, 0, 0.25)):
    heights = np.array([reached[f"{name}_{lag}"] for name in NAMES])
    at = np.arange(len(NAMES))[:, None] + shift + beside  # (cells, seeds)
    label = f"lag {lag}"
    ax.plot(at.ravel(), heights.ravel(), style, ls="", ms=4, label=label)
ax.axhline(chance, color="C4", ls=":")
ax.set(xticks=range(len(NAMES)), xticklabels=NAMES.values())
ax.set(ylabel="accuracy", ylim=(0, 1.02))
ax.legend(loc=(0.36, 0.4))  # where no dots are
fig.savefig("gates_recall.svg")
