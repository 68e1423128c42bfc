"""Which data do the programs share?"""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def digits():
    """scikit-learn's 8×8 digits, pixels from 0 to 1.

    x_train (1437, 64), x_test (360, 64), y_train (1437,), y_test (360,).
    """
    data = load_digits()
    pixels = (data.data / 16).astype("float32")
    return train_test_split(pixels, data.target, test_size=360, random_state=0)


def draw_batches(x, y, batch_size, seeds):
    """A batch of its own for each seed, drawn without repetition.

    (seeds, batch_size, n_in) and (seeds, batch_size).
    """
    rows = [
        np.random.default_rng(seed).choice(len(x), batch_size, replace=False)
        for seed in seeds
    ]
    return x[np.array(rows)], y[np.array(rows)]


def draw_noise(batch_size, num_features, seeds, num_classes=10):
    """Inputs from N(0, 1) and labels at random, a batch for each seed.

    (seeds, batch_size, num_features) and (seeds, batch_size).
    """
    inputs, labels = [], []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        inputs.append(rng.normal(size=(batch_size, num_features)))
        labels.append(rng.integers(0, num_classes, batch_size))
    return np.array(inputs, "float32"), np.array(labels)


def find_chance(y):
    """Accuracy of always guessing the most frequent class."""
    return np.bincount(y).max() / len(y)
