"""Data and scores that the cases share. Nothing here comes from the sources."""

import keras
import numpy as np
from keras import layers
from sklearn.datasets import (
    load_digits,
    make_blobs,
    make_circles,
)

RNG = np.random.default_rng(0)
DIGITS, LABELS = load_digits(return_X_y=True)  # 0..16
RAW = (DIGITS * 255 / 16).astype("float32")  # 0..255, as images come
DIGITS = (DIGITS / 16).astype("float32")
IMAGES = DIGITS.reshape(-1, 8, 8, 1)
HOT = keras.utils.to_categorical(LABELS, 10)


def accuracy(x, labels):
    """A function model -> share of right classes, by argmax or by one half."""

    def score(model):
        p = np.asarray(model.predict(x, verbose=0), "float64")
        got = (p.ravel() > 0.5).astype(int) if p.shape[-1] == 1 else p.argmax(-1)
        return float(np.mean(got == labels))

    return score


def r2(x, y):
    def score(model):
        p = np.asarray(model.predict(x, verbose=0), "float64").ravel()
        t = np.asarray(y, "float64").ravel()
        return float(1 - np.mean((p - t) ** 2) / np.var(t))

    return score


def mlp(shape, *parts):
    return keras.Sequential([keras.Input(shape), *parts])


def dense(n, width, activation, **kwargs):
    return [layers.Dense(width, activation, **kwargs) for _ in range(n)]


def circle(n=1000):
    x, y = make_circles(n, noise=0.1, factor=0.5, random_state=1)
    return x.astype("float32"), y


def blob(n=600):
    x, y = make_blobs(n, centers=3, n_features=2, cluster_std=2.0, random_state=2)
    return x.astype("float32"), y


def packets(n=400):
    """Eleven columns on very different scales and a yes/no answer, as network traffic has."""
    rng = np.random.default_rng(3)
    z = rng.normal(size=(n, 11))
    y = (z[:, :4].sum(axis=1) > 0).astype("float32")
    return (z * 10 ** rng.uniform(0, 4, 11) + 10 ** rng.uniform(1, 4, 11)).astype(
        "float32"
    ), y


def standard(x):
    return ((x - x.mean(axis=0)) / (x.std(axis=0) + 1e-9)).astype("float32")
