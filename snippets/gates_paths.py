"""On which path does the gradient of a gated cell go back in time?

Fixed: one layer of 64 units, 50 steps of inputs from N(0, 1), before training.
Varies: the cell, the bias of the gate that keeps the state, and which parts of
the cell pass the gradient on to the state before. Ten seeds, each with weights
and inputs of its own. The figure shows ||dL/dz|| of an LSTM against the steps
back, along the cell alone and along all paths.
"""

import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from recurrent import Recurrent, draw_apart, gradient_by_step

SEEDS = range(10)
BIASES = (0, 1, 5)
units = 64
num_features = 8
batch_size = 16
lags = 50


def draw_noise(rng):
    """Inputs (time, batch, features) and labels at random (batch,)."""
    x = rng.normal(size=(lags + 1, batch_size, num_features))
    return x, rng.integers(0, 2, batch_size)


x, y = draw_apart(draw_noise, SEEDS)  # x: (time, seeds, batch, features)

# --8<-- [start:measure]
# Through which parts of z the gradient passes to the state before.
PATHS = {
    "lstm": {
        "cell": [],  # through none: along the cell alone
        "input": [0],
        "forget": [1],
        "new": [2],  # the candidate
        "output": [3],
        "all": [0, 1, 2, 3],
    },
    "gru": {
        "cell": [],
        "update": [0],
        "reset": [1],
        "new": [2],
        "all": [0, 1, 2],
    },
}
by_lag = {}  # ||dL/dz|| over that of one step back: (seeds, lags)
for cell, paths_of in PATHS.items():
    for bias in BIASES:
        sizes = (num_features, units, 2)
        layer = Recurrent(cell, sizes, SEEDS, keep=bias)
        for name, paths in paths_of.items():
            norms = gradient_by_step(layer, x, y, paths=paths)[:, -2::-1]
            by_lag[f"{cell}{bias}_{name}"] = norms / norms[:, :1]
# --8<-- [end:measure]

step = {
    name: found[:, -1] ** (1 / (lags - 1)) for name, found in by_lag.items()
}
left = {name: found[:, -1] for name, found in by_lag.items()}


# --8<-- [start:theory]
# Keras draws U of all parts as one orthogonal matrix: the spectral radius of
# the block of one of four parts, or one of three.
RADIUS = {"lstm": 4**-0.5, "gru": 3**-0.5}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def predict(cell, bias):
    """The factor along the cell alone, and with the candidate's path.

    While states are small: all other gates at a half, tanh at its steepest.
    """
    gate = sigmoid(bias)
    if cell == "lstm":  # input gate, U of the candidate, output gate
        through = 0.5 * RADIUS[cell] * 0.5
    else:  # what the update gate lets in, reset gate, U of the candidate
        through = (1 - gate) * 0.5 * RADIUS[cell]
    return {"cell": gate, "all": gate + through}


# --8<-- [end:theory]
theory = {}
for cell in PATHS:
    for bias in BIASES:
        theory[f"{cell}{bias}"] = predict(cell, bias)

# Along the cell alone, after all steps.
alone = {f"bias{bias}": sigmoid(bias) ** lags for bias in BIASES}

# What one gate adds at most to an LSTM's factor along the cell: (seeds,).
added_by_gates = np.zeros(len(SEEDS))
for bias in BIASES:
    for gate in ("input", "forget", "output"):
        added = step[f"lstm{bias}_{gate}"] - step[f"lstm{bias}_cell"]
        added_by_gates = np.maximum(added_by_gates, np.abs(added))

fig, ax = plt.subplots()
for bias, color in zip(BIASES, ("C0", "C1", "C2")):
    for name, line in (("all", "-"), ("cell", ":")):
        found = by_lag[f"lstm{bias}_{name}"]
        label = f"forget bias {bias}" if name == "all" else "_cell"
        draw_band(ax, range(1, lags + 1), found, color + line, label)
ax.set(yscale="log", xlabel="steps back in time")
ax.set_ylabel("||dL/dz||, one step back = 1")
ax.legend()
fig.savefig("gates_paths.svg")
