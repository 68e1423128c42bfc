"""Healthy: a dense network in mixed precision, after the guide of tensorflow.org."""

from cases.common import *


def build():
    policy = "mixed_float16"
    model = mlp(
        (64,),
        *dense(2, 128, "relu", dtype=policy),
        layers.Dense(10, dtype=policy),
        layers.Activation("softmax", dtype="float32"),
    )
    model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return (
        model,
        DIGITS,
        LABELS,
        dict(epochs=5, batch_size=64),
        accuracy(DIGITS, LABELS),
    )
