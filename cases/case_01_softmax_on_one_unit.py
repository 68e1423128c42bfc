"""Source: https://stackoverflow.com/q/31880720 (benchmark of DeepLocalize, DeepDiagnosis, DeepFD)
Fault: softmax on a single output unit with binary crossentropy: the output is always 1, accuracy stays at one half.
Want: the last activation is wrong: softmax over one unit is constant; use sigmoid.
"""

from cases.common import *


def build(fixed=False):
    x = np.repeat([[1.0], [0.0]], [500, 500], axis=0) * np.ones((1, 128))
    y = np.repeat([1.0, 0.0], 500)
    model = mlp(
        (128,),
        *dense(1, 50, "relu"),
        layers.Dropout(0.2),
        *dense(1, 50, "relu"),
        layers.Dropout(0.2),
        layers.Dense(1, "sigmoid" if fixed else "softmax"),
    )
    model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])
    return model, x, y, dict(epochs=5), accuracy(x, y)
