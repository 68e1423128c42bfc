"""Source: https://stackoverflow.com/q/59278771 (benchmark of DeepLocalize, DeepDiagnosis, DeepFD)
Fault: four ReLU units on unscaled columns, three sigmoid outputs under categorical crossentropy.
Want: scale the inputs, use softmax.
"""

from cases.common import *


def build(fixed=False):
    rng = np.random.default_rng(5)
    y = rng.integers(0, 3, 450)
    x = (rng.normal(size=(450, 4)) + np.eye(3, 4)[y] * 3) * [1, 500, 3000, 20000] + [
        0,
        4000,
        9000,
        90000,
    ]
    x = standard(x) if fixed else x.astype("float32")
    n = {"kernel_initializer": "random_normal"}
    model = mlp(
        (4,),
        layers.Dense(16 if fixed else 4, "relu", **n),
        layers.Dense(3, "softmax" if fixed else "sigmoid", **n),
    )
    model.compile(
        keras.optimizers.Adam(0.01) if fixed else "adam",
        "categorical_crossentropy",
        metrics=["accuracy"],
    )
    return (
        model,
        x,
        keras.utils.to_categorical(y, 3),
        dict(epochs=30, batch_size=10),
        accuracy(x, y),
    )
