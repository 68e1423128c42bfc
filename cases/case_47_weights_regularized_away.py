"""Source: https://github.com/thedeepchecker/thedeepchecker, buggy_synthetic_programs/over_regulariaztion
Fault: L2 of 1.0 on every kernel: the penalty pulls all weights to zero.
Want: regularization overwhelms the loss.
"""

from cases.common import *


def build(fixed=False):
    l2 = {} if fixed else {"kernel_regularizer": keras.regularizers.L2(1.0)}
    model = mlp((64,), *dense(3, 64, "relu", **l2), layers.Dense(10, "softmax", **l2))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, DIGITS, LABELS, dict(epochs=10), accuracy(DIGITS, LABELS)
