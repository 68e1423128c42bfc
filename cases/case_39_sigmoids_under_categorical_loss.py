"""Source: keras-team/keras#2711 ("Loss not changing when training")
Fault: a skip-gram: sigmoid hidden layer and sigmoid outputs over the vocabulary under categorical crossentropy, SGD at 1.0.
Want: the outputs must be a softmax; the sigmoid hidden layer slows it further.
"""

from cases.common import *


def build(fixed=False):
    rng = np.random.default_rng(14)
    w = rng.integers(0, 100, 3000)
    x, y = (
        np.eye(100, dtype="float32")[w],
        np.eye(100, dtype="float32")[(w * 7 + 3) % 100],
    )
    model = mlp(
        (100,),
        layers.Dense(64, None if fixed else "sigmoid"),
        layers.Dense(100, "softmax" if fixed else "sigmoid"),
    )
    model.compile(
        keras.optimizers.Adam(0.01) if fixed else keras.optimizers.SGD(1.0),
        "categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model, x, y, dict(epochs=6, batch_size=64), accuracy(x, y.argmax(1))
