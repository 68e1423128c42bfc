"""Source: keras-team/keras#2134 (NaN loss in regression; missing values in a CSV file)
Fault: a few cells of the table are NaN.
Want: the inputs contain NaN: fill or drop those rows.
"""

from cases.common import *


def build(fixed=False):
    rng = np.random.default_rng(10)
    x = rng.normal(size=(500, 6)).astype("float32")
    y = x[:, :2].sum(axis=1, keepdims=True)
    x[rng.integers(0, 500, 12), rng.integers(0, 6, 12)] = 0 if fixed else np.nan
    model = mlp((6,), *dense(2, 16, "relu"), layers.Dense(1))
    model.compile(keras.optimizers.Adam(0.01), "mse")
    return model, x, y, dict(epochs=10), r2(x, y)
