"""How much of the gradient does a recurrent layer keep in each step of time?

Fixed: one layer of 64 units, 50 steps of inputs from N(0, 1), before training.
Varies: the recurrence. Ten seeds, each with weights and inputs of its own. The
figure shows ||dL/dz|| against the steps back, relative to the last step's.
"""

from functools import partial

import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from gaussian import gaussian_mean
from keras.initializers import Identity, RandomNormal
from recurrent import Recurrent, draw_apart, gradient_by_step

SEEDS = range(10)
units = 64
num_features = 8
batch_size = 32
lags = 50
small = 0.7  # gain of the smaller random weights


def draw_noise(rng):
    """Inputs (time, batch, features) and labels at random (batch,)."""
    x = rng.normal(size=(lags + 1, batch_size, num_features))
    return x, rng.integers(0, 2, batch_size)


x, y = draw_apart(draw_noise, SEEDS)  # x: (time, seeds, batch, features)


# --8<-- [start:theory]
def mean_square(function, variance):
    """The mean of function(z)² over z ~ N(0, variance)."""
    return gaussian_mean(lambda z: function(np.sqrt(variance) * z) ** 2)


def tanh_slope(z):
    return 1 - np.tanh(z) ** 2


def predict_factor(gain):
    """sqrt(chi_1) of tanh units, where the variance q of z has settled."""
    of_inputs = num_features * 2 / (num_features + units)  # Glorot weights
    q = 1.0
    for _ in range(100):
        q = gain**2 * mean_square(np.tanh, q) + of_inputs
    return gain * np.sqrt(mean_square(tanh_slope, q))


# --8<-- [end:theory]


# --8<-- [start:measure]
def random_weights(gain):
    """From N(0, gain² / units): an initializer for each seed."""
    return partial(RandomNormal, 0.0, gain / units**0.5)


def identity(seed):
    return Identity()


RECURRENCES = {
    "small": ("tanh", random_weights(small)),
    "random": ("tanh", random_weights(1)),
    "orthogonal": ("tanh", "orthogonal"),  # Keras' SimpleRNN
    "identity": ("relu", identity),
    "gru": ("gru", "orthogonal"),  # Keras' GRU
    "lstm": ("lstm", "orthogonal"),  # Keras' LSTM
}
by_lag = {}  # ||dL/dz|| over the last step's: (seeds, lags + 1)
for name, (cell, initializer) in RECURRENCES.items():
    sizes = (num_features, units, 2)
    layer = Recurrent(cell, sizes, SEEDS, initializer)
    norms = gradient_by_step(layer, x, y)[:, ::-1]  # the last step first
    by_lag[name] = norms / norms[:, :1]
# --8<-- [end:measure]

left = {name: found[:, -1] for name, found in by_lag.items()}
step = {name: found ** (1 / lags) for name, found in left.items()}
theory = {"small": predict_factor(small), "matched": predict_factor(1)}

fig, ax = plt.subplots()
LINES = {
    "identity": ("C4-", "ReLU, identity"),
    "lstm": ("C2-.", "LSTM"),
    "random": ("C3-", "tanh, random, gain 1"),
    "orthogonal": ("C0-", "tanh, orthogonal"),
    "gru": ("C1--", "GRU"),
    "small": ("C3:", "tanh, random, gain 0.7"),
}
for name, (style, label) in LINES.items():
    draw_band(ax, range(lags + 1), by_lag[name], style, label)
ax.set(yscale="log", xlabel="steps back in time")
ax.set_ylabel("||dL/dz||, last step = 1")
ax.legend()
fig.savefig("recurrent_steps.svg")
