"""Do smoother relatives of ReLU pass the gradient, and do they learn?

Fixed: 20 layers of width 32, Adam, 200 steps on digits, batch 64. Varies: the activation, with He weights (SELU with
the LeCun weights it is made for); three learning rates. Five seeds; the rate of a seed is the one that did best on the
other seeds. The figure shows the factor of dL/dz per layer before training, and the test accuracy.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from stack import Stack, accuracy, digits, gradient_norms, train

SEEDS = range(5)
RATES = (0.0003, 0.001, 0.003)
depth, width, steps, batch = 20, 32, 200, 64
x_train, x_test, y_train, y_test = digits()

# --8<-- [start:measure]
NAMES = ("relu", "leaky_relu", "elu", "selu", "gelu", "silu")  # leaky_relu: Keras' slope of 0.2
FUNCTIONS = [keras.activations.get(name) for name in NAMES]


def activate(z):
    """Each sixth of the members has its own activation."""
    return tf.concat([f(part) for f, part in zip(FUNCTIONS, tf.split(z, len(NAMES)))], axis=0)


members = [(name, rate, seed) for name in NAMES for rate in RATES for seed in SEEDS]
initializers = ["lecun_normal" if name == "selu" else "he_normal" for name, *_ in members]
rates = np.array([rate for _, rate, _ in members], "float32")[:, None, None]
stack = Stack((64, *[width] * depth, 10), [seed for *_, seed in members], activate, initializers)
g = gradient_norms(stack, x_train[:batch], y_train[:batch])[1][:, :depth]
factors = ((g[:, 0] / g[:, -1]) ** (1 / (depth - 1))).reshape(len(NAMES), len(RATES), -1)[
    :, 0
]  # rates do not matter yet
train(stack, x_train, y_train, steps, keras.optimizers.Adam(lambda: rates), batch, xla=True)
runs = accuracy(stack, x_test, y_test).reshape(len(NAMES), len(RATES), -1)
others = runs.sum(axis=2, keepdims=True) - runs
chosen = np.take_along_axis(runs, others.argmax(axis=1, keepdims=True), axis=1)[:, 0]
factor, reached = dict(zip(NAMES, factors)), dict(zip(NAMES, chosen))
# --8<-- [end:measure]

fig, axes = plt.subplots(1, 2, sharey=True)
for ax, values, title, style in zip(axes, (factors, chosen), ("dL/dz per layer", "test accuracy"), ("C0o", "C1s")):
    middle = np.median(values, axis=1)
    bars = middle - values.min(axis=1), values.max(axis=1) - middle
    ax.errorbar(middle, range(len(NAMES)), xerr=bars, fmt=style, capsize=3)
    ax.set(title=title, ylim=(5.5, -0.5), yticks=range(6), yticklabels=("ReLU", "leaky", "ELU", "SELU", "GELU", "SiLU"))
axes[0].axvline(1, color="C4", ls=":")
fig.savefig("leaky_relu_relatives.svg")
