"""Random models of all kinds are examined, or refused with a message."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from gradient_doctor import GradientDoctor, examine

ACTIVATIONS = [None, "relu", "tanh", "sigmoid", "gelu", "softplus"]
CLASSES = "sparse_categorical_crossentropy"
POLICIES = ["float32", "mixed_float16", "mixed_bfloat16"]


class Halved(layers.Layer):
    """A layer without weights, that may add to the loss."""

    def call(self, x):
        self.add_loss(1e-3 * ops.mean(ops.square(x)))
        return x / 2


class Functions(keras.Model):
    """Operations for layers, a layer that never runs and one that runs twice."""

    def __init__(self, width):
        super().__init__()
        self.first, self.twice = layers.Dense(width), layers.Dense(width)
        self.idle, self.last = layers.Dense(3), layers.Dense(2)
        self.idle.build((None, width))

    def call(self, x):
        x = ops.relu(self.first(ops.reshape(x, (ops.shape(x)[0], -1))))
        return self.last(self.twice(ops.tanh(self.twice(x))))


def draw_vector(chance, x):
    for _ in range(chance.integers(1, 4)):
        width = int(chance.integers(1, 9))
        part = chance.choice(["dense", "norm", "drop", "own", "nested", "skip"])
        if part == "norm":
            kinds = [layers.BatchNormalization, layers.LayerNormalization]
            x = kinds[chance.integers(2)]()(x)
        elif part == "drop":
            x = layers.Dropout(0.3)(x)
        elif part == "own":
            x = Halved()(x)
        elif part == "nested":
            inner = [keras.Input((x.shape[-1],)), layers.Dense(width, "relu")]
            x = keras.Sequential(inner)(x)
        elif part == "skip":
            x = layers.Add()([x, layers.Dense(x.shape[-1])(x)])
        else:
            x = layers.Dense(width, chance.choice(ACTIVATIONS))(x)
    return x


def draw_sequence(chance):
    inputs = keras.Input((None,), dtype="int32")
    x = layers.Embedding(10, 4, mask_zero=bool(chance.integers(2)))(inputs)
    kind = [layers.LSTM, layers.GRU, layers.SimpleRNN][chance.integers(3)]
    layer = kind(int(chance.integers(1, 5)))
    x = layers.Bidirectional(layer)(x) if chance.integers(2) else layer(x)
    tokens = chance.integers(1, 10, (16, 7))
    tokens[:8, 4:] = 0
    return inputs, x, tokens


def draw_image(chance):
    inputs = keras.Input((6, 6, 2))
    x = layers.Conv2D(3, 3, activation=chance.choice(ACTIVATIONS))(inputs)
    kinds = [layers.MaxPooling2D(2), layers.SeparableConv2D(4, 2), layers.ReLU()]
    x = layers.Flatten()(kinds[chance.integers(3)](x))
    return inputs, x, chance.normal(size=(16, 6, 6, 2)).astype("float32")


def draw_table(chance):
    inputs = keras.Input((5,))
    return inputs, inputs, chance.normal(size=(16, 5))


def draw_model(seed):
    """A compiled model with x and y, all of them drawn."""
    chance = np.random.default_rng(seed)
    keras.utils.set_random_seed(seed)
    if seed % 5 == 4:
        model, x = Functions(4), chance.normal(size=(16, 5)).astype("float32")
        model(x)
        model.compile("adam", "mse")
        return model, x, chance.normal(size=(16, 2))
    draw = [draw_sequence, draw_image, draw_table][seed % 3]
    inputs, x, data = draw(chance)
    x = draw_vector(chance, x)
    heads = [
        (layers.Dense(1), "mse", chance.normal(size=(16, 1))),
        (layers.Dense(1, "sigmoid"), "binary_crossentropy", chance.integers(0, 2, 16)),
        (layers.Dense(3, "softmax"), CLASSES, chance.integers(0, 3, 16)),
    ]
    taken = [heads[k] for k in chance.choice(3, chance.integers(1, 3), replace=False)]
    outputs = [layer(x) for layer, _, _ in taken]
    model = keras.Model(inputs, outputs if len(outputs) > 1 else outputs[0])
    losses, labels = [list(part) for part in list(zip(*taken))[1:]]
    alone = len(taken) == 1
    optimizer = ["sgd", "adam", "rmsprop"][chance.integers(3)]
    model.compile(optimizer, losses[0] if alone else losses)
    return model, data, labels[0] if alone else labels


@pytest.mark.parametrize("seed", range(15))
def test_a_random_model_is_examined_and_stays_as_it_was(seed):
    model, x, y = draw_model(seed)
    before = [np.array(v) for v in model.variables]
    report = examine(model, x, y)
    assert str(report) and report.dict() and np.isfinite(report.loss)
    assert all(map(np.array_equal, before, [np.array(v) for v in model.variables]))


@pytest.mark.parametrize("policy", POLICIES)
def test_every_precision_is_examined(policy):
    keras.utils.set_random_seed(1)
    parts = layers.Dense(8, "relu", dtype=policy), layers.Dense(1, dtype=policy)
    model = keras.Sequential([keras.Input((5,)), *parts])
    model.compile("adam", "mse")
    x = np.random.default_rng(0).normal(size=(32, 5))
    report = examine(model, x, x[:, :1])
    assert all(row.gradient_norm for row in report.layers)


@pytest.mark.parametrize("seed", range(3))
def test_a_training_of_a_random_model_goes_on(seed):
    model, x, y = draw_model(seed)
    doctor = GradientDoctor(x, y, budget=np.inf)
    model.fit(x, y, epochs=1, verbose=0, callbacks=[doctor])
    assert not doctor.problems and len(doctor.history["step"]) == 2
