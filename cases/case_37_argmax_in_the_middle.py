"""Source: tensorflow/tensorflow#52260 (also keras-team/keras#11157)
Fault: a generator's tokens are taken by argmax before the next part: the part before it gets no gradient, the rest trains.
Want: no path from the loss to these weights: argmax has no slope.
"""

from keras import ops

from cases.common import *


def build(fixed=False):
    inputs = keras.Input((64,))
    z = layers.Dense(16, "softmax" if not fixed else "relu", name="generator")(
        layers.Dense(32, "relu")(inputs)
    )
    if not fixed:
        z = layers.Lambda(
            lambda t: ops.cast(ops.argmax(t, axis=-1), "float32")[:, None],
            output_shape=(1,),
        )(z)
    outputs = layers.Dense(10, "softmax")(layers.Dense(32, "relu")(z))
    model = keras.Model(inputs, outputs)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, DIGITS, LABELS, dict(epochs=8), accuracy(DIGITS, LABELS)
