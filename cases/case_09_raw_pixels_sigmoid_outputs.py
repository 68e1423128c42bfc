"""Source: https://stackoverflow.com/q/55328966 (benchmark of DeepLocalize, DeepDiagnosis, DeepFD)
Fault: pixels from 0 to 255 go in as they are; the ten outputs are sigmoids under sparse categorical crossentropy; SGD.
Want: divide the inputs by 255; use softmax.
"""

from cases.common import *


def build(fixed=False):
    x = RAW / 255 if fixed else RAW
    model = mlp(
        (64,),
        *dense(2, 64, "relu"),
        layers.Dense(10, "softmax" if fixed else "sigmoid"),
    )
    model.compile(
        keras.optimizers.SGD(0.05),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model, x, LABELS, dict(epochs=10), accuracy(x, LABELS)
