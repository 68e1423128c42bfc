"""Outputs, losses and labels that do not fit are named, whoever wrote the loss."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from gradient_doctor import examine
from gradient_doctor.output import find_expectation, judge_output

RNG = np.random.default_rng(0)
X = RNG.normal(size=(64, 8)).astype("float32")
CLASSES = np.arange(64) % 4
HOT = np.eye(4, dtype="float32")[CLASSES]
BITS = (np.arange(64) % 2).astype("float32")
SEVERAL = RNG.integers(0, 2, (64, 4)).astype("float32")
REAL = RNG.normal(size=(64, 1)).astype("float32")
TENS = 20 + 5 * REAL

CATEGORICAL = keras.losses.CategoricalCrossentropy
SPARSE = keras.losses.SparseCategoricalCrossentropy
BINARY = keras.losses.BinaryCrossentropy


def own_crossentropy(y, p):
    return -ops.mean(ops.sum(y * ops.log(p + 1e-7), axis=-1))


def own_clipped_crossentropy(y, p):
    return -ops.mean(ops.sum(y * ops.log(ops.clip(p, 1e-7, 1.0)), axis=-1))


def own_softmax_twice(y, p):
    return -ops.mean(ops.sum(y * ops.log_softmax(p), axis=-1))


def own_binary_crossentropy(y, p):
    p = ops.clip(ops.reshape(p, (-1,)), 1e-7, 1 - 1e-7)
    y = ops.reshape(y, (-1,))
    return -ops.mean(y * ops.log(p) + (1 - y) * ops.log(1 - p))


def own_logits(y, z):
    z, y = ops.reshape(z, (-1,)), ops.reshape(y, (-1,))
    return ops.mean(ops.softplus(z) - y * z)


def focal(y, p):
    p = ops.clip(p, 1e-7, 1 - 1e-7)
    right = y * p + (1 - y) * (1 - p)
    return -ops.mean((1 - right) ** 2 * ops.log(right))


def overlap(y, p):
    return 2 * ops.sum(y * p) / (ops.sum(y) + ops.sum(p) + 1e-6)


def minus_distance(y, p):
    return -ops.mean((ops.reshape(y, (-1, 1)) - p) ** 2)


def rounded(y, p):
    return ops.mean(ops.abs(ops.reshape(y, (-1, 1)) - ops.round(p)))


def same_for_all(y, p):
    return ops.mean(y)


def contrastive(y, d):
    y = ops.reshape(y, (-1, 1))
    return ops.mean((1 - y) * d**2 + y * ops.maximum(1 - d, 0) ** 2)


def critic(y, p):
    return -ops.mean((2 * ops.reshape(y, (-1, 1)) - 1) * p)


def quantile(y, p):
    error = ops.reshape(y, (-1, 1)) - p
    return ops.mean(ops.maximum(0.9 * error, -0.1 * error))


def stretched(y, p):
    return ops.mean((y - ops.squeeze(p, -1)[None, :] - ops.zeros((64, 1))) ** 2)


def build(units, activation, loss):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((8,)), layers.Dense(8, "relu")])
    model.add(layers.Dense(units, activation))
    model.compile("sgd", loss)
    return model


def kinds(heads, model, x, y):
    return [found.kind for found in judge_output(heads(model, x, y))]


# name: units, last activation, loss, labels, what is found
PLANTED = {
    "softmax on one unit": (
        1,
        "softmax",
        "binary_crossentropy",
        BITS,
        "output-activation",
    ),
    "ReLU as probabilities": (
        4,
        "relu",
        "categorical_crossentropy",
        HOT,
        "output-activation",
    ),
    "tanh as probabilities": (4, "tanh", SPARSE(), CLASSES, "output-activation"),
    "tanh as a probability": (
        1,
        "tanh",
        "binary_crossentropy",
        BITS,
        "output-activation",
    ),
    "sigmoids as a distribution": (
        4,
        "sigmoid",
        SPARSE(),
        CLASSES,
        "output-activation",
    ),
    "sigmoids, own crossentropy": (
        4,
        "sigmoid",
        own_crossentropy,
        HOT,
        "output-activation",
    ),
    "ReLU, own clipped one": (
        4,
        "relu",
        own_clipped_crossentropy,
        HOT,
        "output-activation",
    ),
    "ReLU under own logits": (1, "relu", own_logits, BITS, "output-activation"),
    "logits as probabilities": (4, None, SPARSE(), CLASSES, "output-logits"),
    "logits as a probability": (1, None, "binary_crossentropy", BITS, "output-logits"),
    "logits in own loss": (1, None, own_binary_crossentropy, BITS, "output-logits"),
    "logits in own focal loss": (4, None, focal, HOT, "output-logits"),
    "softmax twice": (4, "softmax", SPARSE(from_logits=True), CLASSES, "output-logits"),
    "softmax twice, one-hot": (
        4,
        "softmax",
        CATEGORICAL(from_logits=True),
        HOT,
        "output-logits",
    ),
    "softmax twice, own loss": (4, "softmax", own_softmax_twice, HOT, "output-logits"),
    "sigmoid twice": (1, "sigmoid", BINARY(from_logits=True), BITS, "output-logits"),
    "sigmoid twice, own loss": (1, "sigmoid", own_logits, BITS, "output-logits"),
    "one output, categorical": (
        1,
        "sigmoid",
        "categorical_crossentropy",
        BITS,
        "loss-constant",
    ),
    "linear output, categorical": (
        1,
        None,
        "categorical_crossentropy",
        BITS,
        "loss-constant",
    ),
    "a loss of y alone": (1, None, same_for_all, REAL, "loss-constant"),
    "a loss that rounds": (1, None, rounded, REAL, "loss-constant"),
    "class numbers, one sigmoid": (
        1,
        "sigmoid",
        "binary_crossentropy",
        CLASSES,
        "labels-range",
    ),
    "class numbers, one logit": (
        1,
        None,
        BINARY(from_logits=True),
        CLASSES,
        "labels-range",
    ),
    "labels of minus one": (
        1,
        "sigmoid",
        "binary_crossentropy",
        2 * BITS - 1,
        "labels-range",
    ),
    "a class too many": (3, "softmax", SPARSE(), CLASSES, "labels-range"),
    "classes from one on": (4, "softmax", SPARSE(), CLASSES + 1, "labels-range"),
    "sigmoid for tens": (1, "sigmoid", "mse", TENS, "labels-range"),
    "tanh for tens": (1, "tanh", "mae", TENS, "labels-range"),
    "targets in the thousands": (1, None, "mse", 1e4 + 300 * REAL, "labels-scale"),
    "ReLU for negative targets": (
        1,
        "relu",
        keras.losses.Huber(),
        -TENS,
        "labels-range",
    ),
    "sigmoid for tens, own loss": (1, "sigmoid", quantile, TENS, "labels-range"),
    "real labels, crossentropy": (
        1,
        "sigmoid",
        "binary_crossentropy",
        REAL,
        "labels-range",
    ),
    "several labels, softmax": (4, "softmax", "mse", SEVERAL, "labels-several"),
    "several labels, logits": (
        4,
        None,
        CATEGORICAL(from_logits=True),
        SEVERAL,
        "labels-several",
    ),
    "one-hot against sparse": (4, "softmax", SPARSE(), HOT, "labels-shape"),
    "numbers against one-hot": (4, "softmax", CATEGORICAL(), CLASSES, "labels-shape"),
    "class numbers under mse": (4, "softmax", "mse", CLASSES[:, None], "labels-shape"),
    "one output, two targets": (
        1,
        None,
        "mse",
        np.hstack([REAL, -REAL]),
        "labels-shape",
    ),
    "every label, every output": (1, None, stretched, REAL, "labels-shape"),
    "a distance maximized": (1, None, minus_distance, REAL, "loss-impossible"),
    "an overlap minimized": (4, "softmax", overlap, HOT, "loss-impossible"),
}
HEALTHY = {
    "softmax, sparse": (4, "softmax", SPARSE(), CLASSES),
    "softmax, one-hot": (4, "softmax", CATEGORICAL(label_smoothing=0.1), HOT),
    "softmax, own crossentropy": (4, "softmax", own_crossentropy, HOT),
    "softmax, focal": (4, "softmax", "categorical_focal_crossentropy", HOT),
    "softmax, distance to one-hot": (4, "softmax", "mse", HOT),
    "softmax, divergence": (4, "softmax", "kl_divergence", 0.7 * HOT + 0.075),
    "logits, sparse": (4, None, SPARSE(from_logits=True), CLASSES),
    "logits, own loss": (4, None, own_softmax_twice, HOT),
    "classes that are ignored": (
        4,
        "softmax",
        SPARSE(ignore_class=-1),
        np.where(CLASSES == 0, -1, CLASSES),
    ),
    "sigmoid": (1, "sigmoid", "binary_crossentropy", BITS),
    "sigmoid, column of labels": (1, "sigmoid", "binary_crossentropy", BITS[:, None]),
    "sigmoid, soft labels": (1, "sigmoid", "binary_crossentropy", 0.1 + 0.8 * BITS),
    "sigmoid, own loss": (1, "sigmoid", own_binary_crossentropy, BITS),
    "sigmoid, distance": (1, "sigmoid", "mse", BITS),
    "sigmoids, several labels": (4, "sigmoid", "binary_crossentropy", SEVERAL),
    "sigmoids, own focal loss": (4, "sigmoid", focal, SEVERAL),
    "one logit": (1, None, BINARY(from_logits=True), BITS),
    "one logit, own loss": (1, None, own_logits, BITS),
    "two units": (2, "softmax", SPARSE(), BITS),
    "hinge": (1, "tanh", "hinge", 2 * BITS - 1),
    "hinge of classes": (4, None, "categorical_hinge", HOT),
    "line": (1, None, "mse", TENS),
    "flat labels": (1, None, "mse", TENS[:, 0]),
    "absolute": (1, None, "mae", REAL),
    "Huber": (1, None, keras.losses.Huber(), REAL),
    "logcosh": (1, None, "log_cosh", REAL),
    "own quantile": (1, None, quantile, REAL),
    "counts": (1, "softplus", "poisson", np.arange(64) % 5.0),
    "relative": (1, "relu", "mape", TENS),
    "tanh for labels within": (1, "tanh", "mse", 2 * BITS - 1),
    "ReLU for positive targets": (1, "relu", "mse", TENS),
    "vectors": (4, None, "mse", RNG.normal(size=(64, 4))),
    "directions": (4, None, "cosine_similarity", HOT),
    "contrastive": (1, "relu", contrastive, BITS),
    "critic": (1, None, critic, BITS),
    "one minus overlap": (4, "softmax", lambda y, p: 1 - overlap(y, p), HOT),
    "outputs alone": (4, None, lambda y, p: ops.mean(p**2, axis=-1), np.zeros(64)),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_misfit_is_named_first(name, heads):
    units, activation, loss, y, kind = PLANTED[name]
    assert kinds(heads, build(units, activation, loss), X, y)[:1] == [kind]


@pytest.mark.parametrize("name", HEALTHY)
def test_what_fits_is_not_accused(name, heads):
    units, activation, loss, y = HEALTHY[name]
    assert kinds(heads, build(units, activation, loss), X, y) == []


@pytest.mark.parametrize(
    "units, loss, y, expected",
    [
        (4, SPARSE(), CLASSES, "distribution"),
        (4, own_crossentropy, HOT, "distribution"),
        (4, CATEGORICAL(from_logits=True), HOT, "class logits"),
        (4, "binary_crossentropy", HOT, "probability"),
        (1, own_logits, BITS, "logits"),
        (1, "mae", BITS, "target"),
        (4, "cosine_similarity", HOT, None),
        (1, "hinge", BITS, None),
    ],
)
def test_what_a_loss_takes_outputs_for_is_told_from_its_slope(
    units, loss, y, expected, heads
):
    (head,) = heads(build(units, None, loss), X, y)
    assert find_expectation(head) == expected


def test_labels_that_no_loss_reads_are_not_judged():
    model = build(*HEALTHY["outputs alone"][:3])
    assert not examine(model, X, HEALTHY["outputs alone"][3]).findings


def test_maps_of_classes_are_judged_pixel_by_pixel(heads):
    keras.utils.set_random_seed(0)
    x = RNG.normal(size=(8, 6, 6, 1)).astype("float32")
    y = RNG.integers(0, 3, (8, 6, 6, 1))
    for activation, kind in (("softmax", []), ("sigmoid", ["output-activation"])):
        model = keras.Sequential([keras.Input((6, 6, 1))])
        model.add(layers.Conv2D(3, 3, padding="same", activation=activation))
        model.compile("sgd", SPARSE())
        assert kinds(heads, model, x, y) == kind


def test_a_finding_says_what_to_change(heads):
    (found,) = judge_output(heads(build(4, "sigmoid", SPARSE()), X, CLASSES))
    assert "softmax" in found.change
    assert "sigmoid" in found.says
    assert found.layer


def test_classes_beyond_the_output_tell_how_many_units_it_takes(heads):
    (found,) = judge_output(heads(build(4, "softmax", SPARSE()), X, CLASSES + 1))
    assert "5 units" in found.change
