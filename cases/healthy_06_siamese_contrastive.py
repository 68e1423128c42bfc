"""Healthy: a siamese network with contrastive loss and an epsilon in the root, after keras.io/examples/vision/siamese_contrastive."""

from keras import ops

from cases.common import *


def build():
    rng = np.random.default_rng(0)
    i, j = rng.integers(0, 1000, (2, 1500))
    same = rng.uniform(size=1500) < 0.5
    j = np.where(same, [rng.choice(np.flatnonzero(LABELS == LABELS[k])) for k in i], j)
    base = mlp(
        (8, 8, 1),
        layers.BatchNormalization(),
        layers.Conv2D(8, 3, activation="tanh"),
        layers.AveragePooling2D(2),
        layers.Conv2D(16, 2, activation="tanh"),
        layers.Flatten(),
        layers.BatchNormalization(),
        layers.Dense(10, "tanh"),
    )
    a, b = keras.Input((8, 8, 1)), keras.Input((8, 8, 1))
    d = layers.Lambda(
        lambda t: ops.sqrt(
            ops.maximum(ops.sum((t[0] - t[1]) ** 2, axis=1, keepdims=True), 1e-7)
        ),
        output_shape=(1,),
    )
    model = keras.Model([a, b], d([base(a), base(b)]))
    y = (LABELS[i] != LABELS[j]).astype("float32")[:, None]
    model.compile(
        "rmsprop",
        lambda t, p: ops.mean((1 - t) * p**2 + t * ops.maximum(1 - p, 0) ** 2),
    )
    x = [IMAGES[i], IMAGES[j]]
    return (
        model,
        x,
        y,
        dict(epochs=8, batch_size=32),
        lambda m: float(np.mean((m.predict(x, verbose=0) > 0.5) == y)),
    )
