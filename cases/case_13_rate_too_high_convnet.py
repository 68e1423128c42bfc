"""Source: https://stackoverflow.com/q/37624102 (benchmark of DeepFD)
Fault: a convolutional network under SGD at 0.1 with momentum 0.9: it jumps to one class and stays there.
Want: the learning rate is too high; take 0.01.
"""

from cases.common import *


def build(fixed=False):
    x = (RAW.reshape(-1, 8, 8, 1) - 80) / 64
    c = {"activation": "relu", "padding": "same"}
    model = mlp(
        (8, 8, 1),
        layers.Conv2D(32, 3, **c),
        layers.Conv2D(32, 3, **c),
        layers.MaxPooling2D(),
        layers.Conv2D(64, 3, **c),
        layers.Conv2D(64, 3, **c),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(128, "relu"),
        layers.Dense(10, "softmax"),
    )
    model.compile(
        keras.optimizers.SGD(0.01 if fixed else 0.2, momentum=0.9),
        "categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model, x, HOT, dict(epochs=4), accuracy(x, LABELS)
