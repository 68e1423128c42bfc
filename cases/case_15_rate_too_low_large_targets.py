"""Source: https://stackoverflow.com/q/51181393 (benchmark of DeepFD)
Fault: one linear unit must find weights of hundreds; RMSprop moves each by 0.001 a step.
Want: the steps are too small for targets of that size: scale them, or take a rate of 0.1 and more.
"""

from cases.common import *


def build(fixed=False):
    x = np.arange(100, dtype="float32")[:, None]
    y = 3 * x + 500
    x, y = (standard(x), standard(y)) if fixed else (x, y)
    model = mlp((1,), layers.Dense(1))
    model.compile(keras.optimizers.RMSprop(0.01 if fixed else 0.001), "mse")
    return model, x, y, dict(epochs=60, batch_size=10), r2(x, y)
