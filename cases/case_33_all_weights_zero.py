"""Source: https://github.com/AliPakzad/DeepLearning-WeightInitialization-Impact-CIFAR10 and https://datascience.stackexchange.com/questions/19170
Fault: every kernel starts at zero.
Want: weights of zero (all alike): units never differ, and with ReLU nothing passes; use a random start.
"""

from cases.common import *


def build(fixed=False):
    start = {} if fixed else {"kernel_initializer": "zeros"}
    model = mlp(
        (64,), *dense(3, 50, "relu", **start), layers.Dense(10, "softmax", **start)
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, DIGITS, LABELS, dict(epochs=8), accuracy(DIGITS, LABELS)
