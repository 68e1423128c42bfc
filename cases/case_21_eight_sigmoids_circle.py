"""Source: https://github.com/shiningrain/AUTOTRAINER, AutoTrainer/demo_case/Gradient_Vanish_Case (their demonstration)
Fault: eight sigmoid layers of five units, He's uniform weights, on two circles; Adam at 0.001.
Want: vanishing gradient; use ReLU, batch normalization or other weights.
"""

from cases.common import *


def build(fixed=False):
    x, y = circle()
    n, kind = (3, "relu") if fixed else (8, "sigmoid")
    model = mlp(
        (2,),
        *dense(n, 16 if fixed else 5, kind, kernel_initializer="he_uniform"),
        layers.Dense(1, "sigmoid"),
    )
    model.compile(
        keras.optimizers.Adam(0.01 if fixed else 0.001),
        "binary_crossentropy",
        metrics=["accuracy"],
    )
    return model, x, y, dict(epochs=30, batch_size=128), accuracy(x, y)
