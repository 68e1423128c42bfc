"""Source: keras-team/keras#3752 ("is there a bug with relu?": with tanh it trains)
Fault: deep convolutions under ReLU on images with large negative values, dense weights of 0.05: loss and accuracy stand still.
Want: look at the inputs (scale, sign), the weights and dying ReLUs.
"""

from cases.common import *


def build(fixed=False):
    x = np.repeat(np.repeat(RAW.reshape(-1, 8, 8, 1), 2, axis=1), 2, axis=2)[:600]
    x = x / 255 if fixed else x - 255
    kind, body = "tanh" if fixed else "relu", []
    for width in (16, 32, 64):
        body += [
            layers.Conv2D(width, 3, activation=kind, padding="same") for _ in range(2)
        ] + [layers.MaxPooling2D()]
    body += [
        layers.Flatten(),
        *dense(2, 256, kind, kernel_initializer="random_normal"),
        layers.Dropout(0.5),
    ]
    model = mlp(
        (16, 16, 1),
        *body,
        layers.Dense(10, "softmax", kernel_initializer="random_normal"),
    )
    model.compile(
        keras.optimizers.SGD(0.01 if fixed else 0.05, momentum=0.9),
        "categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model, x, HOT[:600], dict(epochs=6), accuracy(x, LABELS[:600])
