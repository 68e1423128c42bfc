"""Networks that stand for many: those that ship with Keras, and recurrent ones by length."""

from functools import partial

from cases.common import *

# name -> pixels a side. The last ones take bytes, and scale them by themselves.
APPLICATIONS = {
    "VGG16": 64,
    "ResNet50": 64,
    "ResNet50V2": 64,
    "DenseNet121": 64,
    "Xception": 96,
    "InceptionV3": 96,
    "InceptionResNetV2": 96,
    "NASNetMobile": 96,
    "MobileNet": 64,
    "MobileNetV2": 64,
    "MobileNetV3Small": 96,
    "EfficientNetB0": 64,
    "EfficientNetV2B0": 64,
    "ConvNeXtTiny": 64,
}
BYTES = "MobileNetV3Small", "EfficientNetB0", "EfficientNetV2B0", "ConvNeXtTiny"
LENGTHS = 8, 16, 32, 50, 100, 200, 400


def list_crowd():
    """name -> function that builds, of all."""
    kinds = (layers.LSTM, layers.GRU, layers.SimpleRNN)
    return [
        *(
            (f"application {name}", partial(build_application, name))
            for name in APPLICATIONS
        ),
        *(
            (
                f"{kind.__name__} over {steps} steps",
                partial(build_recurrent, kind, steps),
            )
            for kind in kinds
            for steps in LENGTHS
        ),
    ]


def build_application(name):
    """A network of keras.applications with fresh weights; it is not trained."""
    size = APPLICATIONS[name]
    options = {"weights": None, "classes": 10, "input_shape": (size, size, 3)}
    model = getattr(keras.applications, name)(**options)
    model.compile("adam", "sparse_categorical_crossentropy")
    rng = np.random.default_rng(0)
    hue = rng.normal(size=(16, 1, 1, 3)) * 40 + 120
    x = (hue + rng.normal(size=(16, size, size, 3)) * 40).clip(0, 255)
    x = x if name in BYTES else x / 127.5 - 1
    return model, x.astype("float32"), np.arange(16) % 10, None, None


def build_recurrent(kind, steps):
    """A layer with Keras' defaults that tells two frequencies apart."""
    rng = np.random.default_rng(steps)
    y = rng.integers(0, 2, 256)
    t = np.arange(steps) * (0.4 + 0.4 * y[:, None])
    x = np.sin(t + rng.uniform(0, 6, 256)[:, None])
    x = (x + 0.1 * rng.normal(size=x.shape))[..., None].astype("float32")
    model = mlp((steps, 1), kind(32), layers.Dense(1, "sigmoid"))
    model.compile(keras.optimizers.Adam(0.003), "binary_crossentropy")
    return model, x, y, dict(epochs=20, batch_size=16), accuracy(x, y)
