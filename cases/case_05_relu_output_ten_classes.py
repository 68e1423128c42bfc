"""Source: https://stackoverflow.com/q/47352366 (benchmark of DeepLocalize, DeepDiagnosis, DeepFD)
Fault: a convolutional network ends with ReLU on ten units under categorical crossentropy.
Want: the last activation must be softmax; ReLU outputs are no probabilities and die.
"""

from cases.common import *


def build(fixed=False):
    b = {
        "bias_initializer": keras.initializers.Constant(0.1),
        "padding": "same",
        "activation": "relu",
    }
    model = mlp(
        (8, 8, 1),
        layers.Conv2D(16, 5, **b),
        layers.MaxPooling2D(),
        layers.Conv2D(32, 5, **b),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(128, "relu"),
        layers.Dropout(0.5),
        layers.Dense(10, "softmax" if fixed else "relu"),
    )
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model, IMAGES, HOT, dict(epochs=4, batch_size=50), accuracy(IMAGES, LABELS)
