"""Source: fizyr/keras-retinanet#942 (clipnorm=0.001) and keras-team/keras#28 (what clip norm is meaningful?)
Fault: clipnorm=0.001 with SGD: every step is a thousandth of what it should be.
Want: the clipping threshold is far below the gradient's norm; steps are too small.
"""

from cases.common import *


def build(fixed=False):
    model = mlp((64,), *dense(2, 64, "relu"), layers.Dense(10, "softmax"))
    clip = {} if fixed else {"global_clipnorm": 0.001}
    model.compile(
        keras.optimizers.SGD(0.05, **clip),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model, DIGITS, LABELS, dict(epochs=8), accuracy(DIGITS, LABELS)
