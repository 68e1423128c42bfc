"""Does a gated cell hold more of the gradient in time than a simple one?

Fixed: one recurrent layer of 64 units with Keras' own first weights, 50 steps
in time, inputs from N(0, 1), before training. Varies: the cell. Ten seeds,
each with weights and inputs of its own. The figure shows ||dL/dx|| by lag,
relative to the last step's.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from bands import draw_band

SEEDS = range(10)
units = 64
num_features = 8
batch_size = 32
steps = 50


# --8<-- [start:cells]
def lstm_without_bias(units):
    """An LSTM whose forget bias starts at zero, not at Keras' one."""
    return keras.layers.LSTM(units, unit_forget_bias=False)


CELLS = {
    "simple": keras.layers.SimpleRNN,
    "gru": keras.layers.GRU,
    "lstm": keras.layers.LSTM,
    "unbiased": lstm_without_bias,
}
# --8<-- [end:cells]


# --8<-- [start:measure]
def reach(make_layer, seed):
    """Norm of dL/dx by lag, the last step's being one: (steps,)."""
    keras.utils.set_random_seed(seed)
    layer = make_layer(units)
    x = keras.random.normal((batch_size, steps, num_features))
    weights = keras.random.normal((batch_size, units))  # of the outputs in L
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_sum(weights * layer(x))
    gradient = tape.gradient(loss, x).numpy().astype("float64")
    by_step = np.linalg.norm(gradient, axis=(0, 2))  # over samples, features
    by_lag = by_step[::-1]
    return by_lag / by_lag[0]


curves = {}  # (seeds, steps) each
for name, make_layer in CELLS.items():
    curves[name] = np.array([reach(make_layer, seed) for seed in SEEDS])
# --8<-- [end:measure]

# What a step in time keeps, on average over all: (seeds,) each.
step = {
    name: curve[:, -1] ** (1 / (steps - 1)) for name, curve in curves.items()
}

fig, ax = plt.subplots()
LOOKS = {
    "simple": ("C0-", "SimpleRNN"),
    "gru": ("C1--", "GRU"),
    "lstm": ("C2-.", "LSTM"),
    "unbiased": ("C4:", "LSTM, forget bias zero"),
}
for name, (style, label) in LOOKS.items():
    draw_band(ax, range(steps), curves[name], style, label)
ax.set(yscale="log", xlabel="steps back in time", ylabel="||dL/dx||, last = 1")
ax.set_title("Fresh recurrent layers")
ax.legend()
fig.savefig("from_symptom_cells.svg")
