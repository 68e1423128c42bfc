"""Source: https://stats.stackexchange.com/questions/340898 (after Bengio et al. 1994)
Fault: a single recurrent unit must remember the first of a hundred noisy steps; it guesses.
Want: the gradient vanishes through time; more units, a forget bias, shorter sequences.
"""

from cases.common import *


def build(fixed=False):
    rng = np.random.default_rng(8)
    y = rng.integers(0, 2, 400).astype("float32")
    x = rng.normal(0, 0.5, (400, 100, 1)).astype("float32")
    x[:, 0, 0] = 2 * y - 1
    x = x[:, :8] if fixed else x
    model = mlp(
        x.shape[1:], layers.LSTM(16 if fixed else 1), layers.Dense(1, "sigmoid")
    )
    model.compile(
        keras.optimizers.Adam(0.02), "binary_crossentropy", metrics=["accuracy"]
    )
    return model, x, y, dict(epochs=8), accuracy(x, y)
