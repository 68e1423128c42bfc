"""Why does SGD give NaN where RMSprop works?

Fixed: three ReLU layers of 64, He weights, digits with pixels from 0 to 255,
100 steps of 64 digits. Varies: the optimizer; for SGD also the scale of the
inputs. Twenty seeds, each with weights and batches of its own. Nothing is
drawn.
"""

import keras
import numpy as np
from data import digits, draw_batches, find_chance
from stack import Stack, accuracy, gradient_norms, trainer

SEEDS = range(20)
depth = 3
batch_size = 64
steps = 100
x_train, x_test, y_train, y_test = digits()
chance = find_chance(y_test)
rate_sgd = 0.1
rate_rmsprop = 0.001

# --8<-- [start:train]
RUNS = {  # the optimizer, and what one pixel is multiplied by
    "sgd": (keras.optimizers.SGD(rate_sgd), 255),
    "sgd_scaled": (keras.optimizers.SGD(rate_sgd), 1),
    "rmsprop": (keras.optimizers.RMSprop(rate_rmsprop), 255),
}
finite = {}  # whether every loss was, each (seeds,)
reached = {}  # test accuracy
first_norm = {}  # of the whole gradient, before training
for name, (optimizer, scale) in RUNS.items():
    stack = Stack((64, *[64] * depth, 10), SEEDS, "relu", "he_normal")
    x, y = draw_batches(x_train, y_train, batch_size, SEEDS)
    by_layer = gradient_norms(stack, scale * x, y).kernels
    first_norm[name] = np.sqrt((by_layer**2).sum(axis=1))
    go = trainer(stack, scale * x_train, y_train, optimizer, batch_size)
    history = go(steps)  # (steps, seeds)
    finite[name] = np.isfinite(history).all(axis=0)
    reached[name] = accuracy(stack, scale * x_test, y_test)
# --8<-- [end:train]
times = first_norm["sgd"] / first_norm["sgd_scaled"]
