"""Which five networks are the unknown patients of a lab?

Whoever works on the lab should not read on: below stands what each one has.
"""

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

PATIENTS = ("Ada", "Ben", "Cleo", "Dan", "Eva")


def admit(name):
    """A patient that ought to read digits: compiled model, x and y."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(1)
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(x))
    x = (x[order] / 16).astype("float32")
    y = y[order]
    optimizer = keras.optimizers.SGD(0.1)
    activation, depth, last = "tanh", 2, "softmax"

    if name == "Ada":  # no probabilities come out
        last = "relu"
    elif name == "Ben":  # bytes as they are
        x = np.round(255 * x)
    elif name == "Cleo":  # clipped to a thousandth
        optimizer = keras.optimizers.SGD(0.1, clipnorm=0.001)
    elif name == "Dan":  # each label belongs to the digit before
        y = np.roll(y, 1)
    elif name == "Eva":  # deep, of sigmoids
        activation, depth = "sigmoid", 10

    model = keras.Sequential([keras.Input((64,))])
    for _ in range(depth):
        model.add(layers.Dense(32, activation))
    model.add(layers.Dense(10, last))
    model.compile(optimizer, "sparse_categorical_crossentropy")
    return model, x, y
