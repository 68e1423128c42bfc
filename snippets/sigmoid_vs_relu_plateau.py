"""Which gradient is small in the tutorial's sigmoid network, and when?

Fixed: XOR, 2-8-8-1, Glorot, all four samples in each step, so one step is one
epoch. Varies: the optimizer (Adam at 1e-3, SGD at 0.1) and the hidden
activation. 100 seeds. The figure shows the norm of dL/dW of each layer of the
sigmoid network over epochs (median over seeds).
"""

from typing import NamedTuple

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from stack import Stack, losses

SEEDS = range(100)
epochs = 200  # of the tutorial
epochs_long = 5000
rate_adam = 1e-3
rate_sgd = 0.1
solved_below = 0.1  # a network with this loss has solved XOR

x = tf.constant([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
y = tf.constant([0, 1, 1, 0])


class Run(NamedTuple):
    """What became of one network per seed, epoch by epoch."""

    norms: np.ndarray  # of dL/dW: (epochs, layers, seeds)
    moves: np.ndarray  # ||W - W_0|| / ||W_0||: (epochs, layers, seeds)
    loss: np.ndarray  # (epochs, seeds)


def norm(tensor):
    """Norm per network, in float64: (seeds, n_in, n_out) -> (seeds,)."""
    squares = tf.cast(tensor, "float64") ** 2
    return tf.sqrt(tf.reduce_sum(squares, axis=(1, 2)))


# --8<-- [start:measure]
def run(activation, optimizer, epochs):
    """Train one network per seed, and look at each epoch."""
    stack = Stack((2, 8, 8, 1), SEEDS, activation)
    kernels = stack.kernels  # three, each (seeds, n_in, n_out)
    starts = [tf.identity(kernel) for kernel in kernels]
    variables = stack.trainable_variables
    optimizer.build(variables)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = losses(stack(x), y)  # (seeds,)
            total = tf.reduce_sum(loss)  # which keeps the networks apart
        gradients = tape.gradient(total, [*kernels, *variables])
        optimizer.apply(gradients[3:], variables)
        norms = [norm(gradient) for gradient in gradients[:3]]
        moves = [
            norm(kernel - start) / norm(start)
            for kernel, start in zip(kernels, starts)
        ]
        return tf.stack(norms), tf.stack(moves), loss

    steps = [step() for _ in range(epochs)]
    return Run(*(np.array(record) for record in zip(*steps)))
    # --8<-- [end:measure]


sigmoid_adam = run("sigmoid", keras.optimizers.Adam(rate_adam), epochs_long)
sigmoid_sgd = run("sigmoid", keras.optimizers.SGD(rate_sgd), epochs_long)
relu_adam = run("relu", keras.optimizers.Adam(rate_adam), epochs)
relu_sgd = run("relu", keras.optimizers.SGD(rate_sgd), epochs_long)

# Norm of dL/dW, first layer over last: (seeds,).
last_epoch = epochs - 1  # where the tutorial stops
adam = sigmoid_adam.norms[last_epoch]  # (layers, seeds)
sgd = sigmoid_sgd.norms[last_epoch]
ratio = {
    "start": sigmoid_adam.norms[0, 0] / sigmoid_adam.norms[0, 2],
    "adam": adam[0] / adam[2],
    "sgd": sgd[0] / sgd[2],
}
relu_times = {
    "first": relu_adam.norms[last_epoch, 0] / adam[0],
    "last": relu_adam.norms[last_epoch, 2] / adam[2],
}

# How far the weights have moved by then: (seeds,).
move_first = {
    "adam": sigmoid_adam.moves[last_epoch, 0],
    "sgd": sigmoid_sgd.moves[last_epoch, 0],
}
move_last = {
    "adam": sigmoid_adam.moves[last_epoch, 2],
    "sgd": sigmoid_sgd.moves[last_epoch, 2],
}

# Which networks SGD brings to an end.
solved = {
    "sigmoid": sigmoid_sgd.loss[-1] < solved_below,
    "relu": relu_sgd.loss[-1] < solved_below,
}

# Draw medians, and bands that hold the middle four fifths of the seeds.
fig, axes = plt.subplots(1, 2, sharey=True)
epoch = np.unique(np.geomspace(1, epochs_long, 120).astype(int))
drawn = {"Adam": sigmoid_adam.norms, "SGD": sigmoid_sgd.norms}
for ax, (name, norms) in zip(axes, drawn.items()):
    for layer in range(3):
        found = norms[epoch - 1, layer]  # (drawn epochs, seeds)
        low, median, high = np.percentile(found, [10, 50, 90], axis=1)
        style = f"C{layer}" + ["-", "--", "-."][layer]
        ax.plot(epoch, median, style, label=f"layer {layer + 1}")
        look = {"color": f"C{layer}", "alpha": 0.12, "linewidth": 0}
        ax.fill_between(epoch, low, high, **look)
    ax.axvline(epochs, color="C4", linestyle=":")
    ax.set(title=f"Sigmoid, {name}", xscale="log", yscale="log")
    ax.set(xlabel="epoch", ylabel="norm of dL/dW")
axes[0].legend(loc="lower left")
fig.savefig("sigmoid_vs_relu_plateau.svg")
