"""Source: https://stackoverflow.com/q/48385830 (benchmark of DeepLocalize, DeepDiagnosis, DeepFD)
Fault: no activation anywhere, weights with a spread of one, mse, SGD at 3.0: the loss becomes NaN at once.
Want: the learning rate is far too high, weights are too large, activations are missing.
"""

from cases.common import *


def build(fixed=False):
    wide = keras.initializers.RandomNormal(stddev=1.0)
    kinds = ("sigmoid", "softmax") if fixed else (None, None)
    options = {"kernel_initializer": wide, "bias_initializer": wide}
    model = mlp(
        (64,),
        layers.Dense(30, kinds[0], **options),
        layers.Dense(10, kinds[1], **options),
    )
    model.compile(
        keras.optimizers.SGD(3.0 if not fixed else 0.5),
        "categorical_crossentropy" if fixed else "mse",
    )
    return model, DIGITS, HOT, dict(epochs=5, batch_size=10), accuracy(DIGITS, LABELS)
