"""Source: https://github.com/thedeepchecker/thedeepchecker, buggy_synthetic_programs/wrong_labels
Fault: x was shuffled and y was not: labels belong to other samples.
Want: inputs and labels have nothing to do with each other.
"""

from cases.common import *


def build(fixed=False):
    order = np.random.default_rng(0).permutation(len(LABELS))
    y = LABELS[order] if fixed else LABELS
    model = mlp((64,), *dense(2, 64, "relu"), layers.Dense(10, "softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return (
        model,
        DIGITS[order],
        y,
        dict(epochs=8),
        accuracy(DIGITS[order], LABELS[order]),
    )
