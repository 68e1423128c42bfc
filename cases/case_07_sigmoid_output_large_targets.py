"""Source: https://stackoverflow.com/q/48221692 (benchmark of DeepLocalize, DeepDiagnosis, DeepFD)
Fault: regression on a straight line with targets of tens, and sigmoid as the last activation.
Want: the output lies between 0 and 1 and cannot reach the targets; use a linear output (and scale).
"""

from cases.common import *


def build(fixed=False):
    x = np.linspace(0, 50, 200, dtype="float32")[:, None]
    y = 1.5 * x + 3
    x = standard(x) if fixed else x
    y = standard(y) if fixed else y
    model = mlp(
        (1,), *dense(1, 5, "sigmoid"), layers.Dense(1, None if fixed else "sigmoid")
    )
    model.compile(keras.optimizers.SGD(0.1) if fixed else "sgd", "mse")
    return model, x, y, dict(epochs=100, batch_size=32), r2(x, y)
