"""Healthy: numbers normalized by a layer, categories embedded, after keras.io/examples/structured_data."""

from cases.common import *


def build():
    rng = np.random.default_rng(3)
    numbers = (
        rng.normal(size=(600, 5)) * [1, 10, 100, 1000, 5] + [0, 50, 300, 2000, 1]
    ).astype("float32")
    kinds = rng.integers(0, 6, (600, 2))
    y = ((numbers[:, 1] > 50) ^ (kinds[:, 0] > 2)).astype("float32")
    norm = layers.Normalization()
    norm.adapt(numbers)
    a, b = keras.Input((5,)), keras.Input((2,), dtype="int32")
    z = layers.concatenate([norm(a), layers.Flatten()(layers.Embedding(6, 4)(b))])
    z = layers.Dropout(0.3)(layers.Dense(32, "relu")(z))
    model = keras.Model([a, b], layers.Dense(1, "sigmoid")(z))
    model.compile(
        keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"]
    )
    x = [numbers, kinds]
    return (
        model,
        x,
        y,
        dict(epochs=12),
        lambda m: float(np.mean((m.predict(x, verbose=0).ravel() > 0.5) == y)),
    )
