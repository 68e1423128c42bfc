"""When does a gradient that vanishes in time do harm?

Fixed: sequences of 100 steps, one recurrent layer of 16 units, Adam, 150
steps of training. Varies: the cell, and how far back the cue is that has to
be named at the end. Five seeds, each with weights and sequences of its own.
The figure shows ||dL/dz|| against the steps back, fresh and trained, for GRU.
"""

from functools import partial

import keras
import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from recurrent import (
    Recurrent,
    draw_apart,
    draw_recall,
    gradient_by_step,
    train,
)
from stack import accuracy

SEEDS = range(5)
time = 100  # steps of a sequence
units = 16
steps = 150  # of training
learning_rate = 0.01
chance = 1 / 4
LAGS = {"near": 3, "far": time - 1}
KINDS = {"simple": "tanh", "gru": "gru"}


# --8<-- [start:measure]
def measure(layer, x, y):
    """||dL/dz|| by steps back, over the last step's: (seeds, time)."""
    norms = gradient_by_step(layer, x, y)[:, ::-1]
    return norms / norms[:, :1]


fresh = {}  # (seeds, time)
trained = {}
reached = {}  # accuracy on sequences that are new: (seeds,)
for cell_name, cell in KINDS.items():
    for lag_name, lag in LAGS.items():
        before = time - 1 - lag
        draw = partial(draw_recall, lag=lag, before=before, batch_size=16)
        x, y = draw_apart(draw, SEEDS)
        layer = Recurrent(cell, (8, units, 4), SEEDS)
        name = f"{cell_name}_{lag_name}"
        fresh[name] = measure(layer, x, y)
        train(layer, draw, steps, keras.optimizers.Adam(learning_rate))
        trained[name] = measure(layer, x, y)
        x, y = draw_apart(partial(draw, batch_size=128), SEEDS)
        reached[name] = accuracy(layer, x, y)
# --8<-- [end:measure]

# What reaches the first step: (seeds,).
first = {name: found[:, -1] for name, found in fresh.items()}
first_trained = {name: found[:, -1] for name, found in trained.items()}

# How many powers of ten that is, for GRU with the cue near: (seeds,).
decades = {
    "fresh": np.log10(first["gru_near"]),
    "trained": np.log10(first_trained["gru_near"]),
}

fig, ax = plt.subplots()
back = range(time)
draw_band(ax, back, fresh["gru_near"], "C4:", "fresh")
draw_band(ax, back, trained["gru_near"], "C1-", "trained, cue 3 steps back")
draw_band(ax, back, trained["gru_far"], "C0--", "trained, cue 99 steps back")
ax.set(yscale="log", xlabel="steps back in time")
ax.set_ylabel("||dL/dz||, last step = 1")
ax.legend()
fig.savefig("recurrent_training.svg")
