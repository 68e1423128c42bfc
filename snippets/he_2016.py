"""Do gradients explain why a deeper network with batch normalization is worse?

Fixed: ReLU layers of width 32 with batch normalization, He's weights, 250 steps
of SGD with momentum on 64 digits each. Varies: the depth, and whether a path
leads around every two layers. Five seeds, each with weights and batches of its
own. The figure shows the training loss by step.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from bands import draw_band
from data import digits, draw_batches
from stack import Stack, accuracy, gradient_norms, train

SEEDS = range(5)
DEPTHS = (20, 56)  # layers with weights, the head among them
width = 32
steps = 250
batch_size = 64
rate = 0.01
momentum = 0.9

# Top-1 errors on ImageNet in percent: He et al. 2016, table 2.
PAPER = {
    "plain": {"of_18": 27.94, "of_34": 28.54},
    "residual": {"of_18": 27.88, "of_34": 25.03},
}

# As in the paper the mean of each pixel is taken away.
x_train, x_test, y_train, y_test = digits()
center = x_train.mean(axis=0)
x_train = x_train - center
x_test = x_test - center
x, y = draw_batches(x_train, y_train, 256, SEEDS)  # to measure gradients on


# --8<-- [start:residual]
class ResidualStack(Stack):
    """A stack with a path around every two layers after the first one.

    As in the paper the path is added before the second activation.
    """

    def forward(self, x, training=False):
        x = tf.cast(x, self.compute_dtype)
        a = x[None] if len(x.shape) == 2 else x
        path = 0  # until the first layer gives one
        all_z = []
        for layer in range(self.depth):
            u = a @ self.kernels[layer]
            u = self.gains[layer] * self.standardize(u, layer, training)
            z = u + self.biases[layer]
            ends_block = layer % 2 == 0
            z = z + path if ends_block else z
            a = self.activation(z)
            path = a if ends_block else path
            all_z.append(z)
        all_z.append(a @ self.kernels[-1] + self.biases[-1])
        return all_z[-1], all_z


# --8<-- [end:residual]


# --8<-- [start:train]
STRUCTURES = {"plain": Stack, "residual": ResidualStack}
curves = {}  # training loss: (steps, seeds)
before = {}  # ||dL/dz||, first layer over last: (seeds,)
after = {}
reached = {}  # test accuracy: (seeds,)
for name, structure in STRUCTURES.items():
    for depth in DEPTHS:
        key = f"{name}_{depth}"
        stack = structure(
            (64, *[width] * (depth - 1), 10),
            SEEDS,
            "relu",
            "he_normal",
            normalization="batch",
        )
        by_z = gradient_norms(stack, x, y).z[:, :-1]
        before[key] = by_z[:, 0] / by_z[:, -1]
        sgd = keras.optimizers.SGD(rate, momentum)
        curves[key] = train(stack, x_train, y_train, steps, sgd, batch_size)
        by_z = gradient_norms(stack, x, y).z[:, :-1]
        after[key] = by_z[:, 0] / by_z[:, -1]
        reached[key] = accuracy(stack, x_test, y_test)
# --8<-- [end:train]

# Mean training loss of the last fifty steps: (seeds,).
loss = {key: curve[-50:].mean(axis=0) for key, curve in curves.items()}

# Yang et al. 2019: what batch normalization adds to dL/dz in a ReLU layer.
factor = (np.pi / (np.pi - 1)) ** 0.5
theory = {f"of_{depth}": factor ** (depth - 2) for depth in DEPTHS}

fig, axes = plt.subplots(1, 2, sharey=True)
windows = range(0, steps, 10)
for ax, name in zip(axes, STRUCTURES):
    for depth, style in zip(DEPTHS, ("C0-", "C1--")):
        curve = curves[f"{name}_{depth}"].reshape(len(windows), 10, -1)
        middle = curve.mean(axis=1).T  # (seeds, windows)
        draw_band(ax, windows, middle, style, f"{depth} layers")
    ax.set(title=name, xlabel="step")
axes[0].set(ylabel="training loss", ylim=(0, 3))
axes[1].legend()
fig.savefig("he_2016.svg")
