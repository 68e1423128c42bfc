"""Which limit for the gradient's norm lets a recurrent network train?

Fixed: 16 tanh units as in Keras' SimpleRNN, a cue to be named 20 steps later,
plain SGD, 300 steps with batches of 16. Varies: the learning rate and the
limit: fixed ones, and the 90th percentile of the norms that the same network
had without clipping. Ten seeds, each with weights and sequences of its own.
The figure shows the accuracy against the rate.
"""

from functools import partial
from itertools import product

import keras
import matplotlib.pyplot as plt
import numpy as np
from recurrent import Recurrent, draw_apart, draw_recall, train
from stack import accuracy

SEEDS = range(10)
RATES = {"low": 0.03, "usual": 0.1, "high": 0.3, "highest": 1.0}
FIXED = {"ten": 10, "one": 1, "tenth": 0.1, "hundredth": 0.01}  # limits
lag = 20
units = 16
batch_size = 16
steps = 300
chance = 1 / 4
members = list(product(RATES.values(), SEEDS))


# --8<-- [start:measure]
def train_all(limits):
    """History, and accuracy on new sequences, of every rate and seed.

    limits: of the norm of each network's whole gradient, (members,).
    """
    rates = np.array([rate for rate, _ in members], "float32")
    rates = rates[:, None, None]  # (members, 1, 1), as the weights have axes
    seeds = [seed for _, seed in members]
    layer = Recurrent("tanh", (8, units, 4), seeds)
    draw = partial(draw_recall, lag=lag, batch_size=batch_size)
    sgd = keras.optimizers.SGD(lambda: rates)
    history = train(layer, draw, steps, sgd, limits.astype("float32"))
    x, y = draw_apart(partial(draw_recall, lag=lag, batch_size=128), seeds)
    return history, accuracy(layer, x, y)


history, found = train_all(np.full(len(members), np.inf))
runs = {"none": found}
logged = np.percentile(history.norms, 90, axis=0)  # (members,)
_, runs["logged"] = train_all(logged)
for name, limit in FIXED.items():
    _, runs[name] = train_all(np.full(len(members), limit))
# --8<-- [end:measure]


def by_rate(values):
    """Of each rate: (seeds,)."""
    return dict(zip(RATES, values.reshape(len(RATES), len(SEEDS))))


reached = {name: by_rate(found) for name, found in runs.items()}
percentile = by_rate(logged)

# Without clipping: the median norm, how many times that the largest is, and
# whether all losses were finite.
median_norm = np.median(history.norms, axis=0)
typical = by_rate(median_norm)
peak = by_rate(history.norms.max(axis=0) / median_norm)
finite = by_rate(np.isfinite(history.losses).all(axis=0))

# Every step clipped: of one rate times limit, one reaches what another does.
product_of_both = FIXED["hundredth"] * RATES["highest"]
difference = reached["hundredth"]["highest"] - reached["tenth"]["usual"]
same = np.abs(difference)

LINES = {
    "none": ("C4:", "no limit"),
    "ten": ("C4--", "10"),
    "logged": ("C1--", "90th percentile"),
    "one": ("C0-", "1"),
    "tenth": ("C2-.", "0.1"),
    "hundredth": ("C3-", "0.01"),
}
fig, ax = plt.subplots()
for name, (style, label) in LINES.items():
    heights = [part.mean() for part in reached[name].values()]
    ax.plot(RATES.values(), heights, style, marker="o", label=label)
ax.axhline(chance, color="C4", ls=":", lw=0.8)
ax.set(xscale="log", xlabel="learning rate", ylabel="accuracy, mean")
ax.set(xlim=(0.025, 12), ylim=(0, 1.02))  # room for the legend
ax.legend(title="limit of the norm", loc="center right")
fig.savefig("clipping_training.svg")
