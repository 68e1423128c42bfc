"""What the doctor measures and leaves behind on the backend that Keras runs on.

`python -m tests.gradient_doctor.on_backend` prints it as JSON, for another process to
compare.
"""

import json
from dataclasses import asdict

import keras
import numpy as np
from keras import layers, ops

from gradient_doctor import GradientDoctor, examine

CHANCE = np.random.default_rng(0)
IMAGES = CHANCE.normal(size=(32, 8, 8, 1)).astype("float32")
ROWS = CHANCE.normal(size=(32, 6, 4)).astype("float32")
CLASSES = CHANCE.integers(0, 10, 32)


def convolutional():
    parts = [
        layers.Conv2D(8, 3, activation="relu"),
        layers.BatchNormalization(),
        layers.Flatten(),
        layers.Dense(16, "tanh", kernel_regularizer="l2"),
        layers.Dense(10, "softmax"),
    ]
    model = keras.Sequential([keras.Input((8, 8, 1)), *parts])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model, IMAGES, CLASSES


def recurrent():
    model = keras.Sequential([keras.Input((6, 4)), layers.LSTM(4), layers.Dense(1)])
    model.compile("sgd", "mse")
    return model, ROWS, ROWS.sum(axis=(1, 2))[:, None]


def cut():
    inputs = keras.Input((6, 4))
    inner = layers.Dense(4, name="cut")(layers.Flatten()(inputs))
    inner = layers.Lambda(ops.stop_gradient, output_shape=(4,))(inner)
    outputs = layers.Dense(1, "sigmoid")(layers.Dense(4, "relu")(inner))
    model = keras.Model(inputs, outputs)
    model.compile("sgd", "binary_crossentropy")
    return model, ROWS, (CLASSES % 2)[:, None]


def built(make):
    """A model with weights that are the same on each backend."""
    model, x, y = make()
    drawn = np.random.default_rng(1)
    weights = [
        0.3 * drawn.normal(size=w.shape) if w.ndim > 1 else w
        for w in model.get_weights()
    ]
    model.set_weights(weights)
    return model, x, y


def dropping():
    """Dropout and normalization: a state, and random numbers."""
    parts = layers.Dense(8, "relu"), layers.Dropout(0.5), layers.BatchNormalization()
    model = keras.Sequential(
        [keras.Input((6, 4)), layers.Flatten(), *parts, layers.Dense(1)]
    )
    model.compile("adam", "mse", metrics=["mae"])
    return model, ROWS, ROWS.sum(axis=(1, 2))[:, None]


def state(model):
    held = [*model.variables, *model.metrics_variables, *model.optimizer.variables]
    return [ops.convert_to_numpy(v).tobytes() for v in held]


def train(doctors):
    """Weights after a training, and its looks."""
    keras.utils.set_random_seed(3)
    model, x, y = dropping()
    model.fit(x, y, epochs=2, batch_size=8, verbose=0, callbacks=doctors)
    return [w.tobytes() for w in model.get_weights()]


def main():
    found = {}
    for make in (convolutional, recurrent, cut):
        report = examine(*built(make))
        found[make.__name__] = {
            "loss": report.loss,
            "layers": [asdict(row) for row in report.layers],
            "findings": [[f.kind, f.layer] for f in report.findings],
        }
    model, x, y = dropping()
    model.train_on_batch(x, y)
    before = state(model)
    examine(model, x, y)
    found["state is kept"] = before == state(model)
    doctor = GradientDoctor(ROWS, ROWS.sum(axis=(1, 2))[:, None], steps=3, budget=1e9)
    found["training goes the same way"] = train([]) == train([doctor])
    found["looks"], found["problems"] = doctor.history["step"], doctor.problems
    return found


if __name__ == "__main__":
    print(json.dumps(main()))
