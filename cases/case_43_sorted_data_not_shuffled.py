"""Source: keras-team/keras#8346 (also keras-team/keras#6422, #597): data sorted by class
Fault: a dataset in order of class is fed without shuffling: each batch holds one class, the network forgets the rest.
Want: shuffle: each batch holds a single class.
"""

from cases.common import *


def build(fixed=False):
    order = (
        np.argsort(LABELS, kind="stable")
        if not fixed
        else np.random.default_rng(0).permutation(len(LABELS))
    )
    x, y = DIGITS[order], LABELS[order]
    model = mlp((64,), *dense(2, 64, "relu"), layers.Dense(10, "softmax"))
    model.compile(
        keras.optimizers.SGD(0.05),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model, x, y, dict(epochs=8, shuffle=False), accuracy(x, y)
