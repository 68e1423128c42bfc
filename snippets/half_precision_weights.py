"""Can Adam train weights that are themselves in half precision?

Fixed: three ReLU layers of width 64, He weights, 150 steps of Adam on 64 digits
each. Varies: the format of weights, gradients and Adam's averages; Adam's
epsilon; its beta_2. Five seeds, each with weights and batches of its own. It
finds the test accuracy, and how many networks stay finite.
"""

import keras
import numpy as np
import tensorflow as tf
from data import digits, find_chance
from stack import Stack, accuracy, train

SEEDS = range(5)
rate = 0.001
steps = 150
batch_size = 64
x_train, x_test, y_train, y_test = digits()
chance = find_chance(y_test)

# --8<-- [start:measure]
ADAMS = {  # epsilon and beta_2; the first are Keras' own
    "default": (1e-7, 0.999),
    "epsilon": (1e-3, 0.999),
    "beta": (1e-7, 0.99),
}
reached = {}  # test accuracy, (seeds,) each
finite = {}  # whether all weights are finite numbers, (seeds,) each
for dtype in ("float32", "float16", "bfloat16"):
    reached[dtype] = {}
    finite[dtype] = {}
    for name, (epsilon, beta_2) in ADAMS.items():
        stack = Stack(
            (64, 64, 64, 64, 10), SEEDS, "relu", "he_normal", dtype=dtype
        )
        adam = keras.optimizers.Adam(rate, beta_2=beta_2, epsilon=epsilon)
        train(stack, x_train, y_train, steps, adam, batch_size)
        reached[dtype][name] = accuracy(stack, x_test, y_test)
        logits = tf.cast(stack(x_test), "float32").numpy()
        finite[dtype][name] = np.isfinite(logits).all(axis=(1, 2))
# --8<-- [end:measure]

# What becomes of the two constants in each format.
constants = {
    dtype: {
        "epsilon": float(tf.cast(1e-7, dtype)),
        "beta": float(tf.cast(0.999, dtype)),
    }
    for dtype in ("float16", "bfloat16")
}
