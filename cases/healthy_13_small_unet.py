"""Healthy: a U-shaped network that marks strokes, after keras.io/examples/vision/oxford_pets_image_segmentation."""

from cases.common import *


def build():
    y = (IMAGES > 0.5).astype("int32")
    x = (IMAGES + np.random.default_rng(0).normal(0, 0.15, IMAGES.shape)).astype(
        "float32"
    )
    inputs = keras.Input((8, 8, 1))
    block = lambda z, n: layers.ReLU()(
        layers.BatchNormalization()(layers.SeparableConv2D(n, 3, padding="same")(z))
    )
    a = block(layers.Conv2D(16, 3, padding="same")(inputs), 16)
    b = block(layers.MaxPooling2D()(a), 32)
    c = layers.UpSampling2D()(block(b, 32))
    model = keras.Model(
        inputs,
        layers.Conv2D(2, 3, padding="same", activation="softmax")(
            layers.concatenate([a, c])
        ),
    )
    model.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy")
    return (
        model,
        x,
        y,
        dict(epochs=6),
        lambda m: float(np.mean(m.predict(x, verbose=0).argmax(-1)[..., None] == y)),
    )
