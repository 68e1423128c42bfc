"""Which gradient is small in the tutorial's sigmoid network, and when?

Fixed: XOR, 2-8-8-1, Glorot, all four samples in each step, so one step is one epoch.
Varies: the optimizer (Adam at 1e-3, SGD at 0.1) and the hidden activation. 100 seeds.
The figure shows the norm of dL/dW of each layer of the sigmoid network over epochs (median over seeds).
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from stack import Stack, losses

SEEDS = range(100)
epochs, epochs_long, rate_adam, rate_sgd, solved_below = 200, 5000, 1e-3, 0.1, 0.1
X, y = tf.constant([[0, 0], [0, 1], [1, 0], [1, 1]], "float32"), tf.constant([0, 1, 1, 0])


# --8<-- [start:measure]
def size(tensor):
    """Euclidean norm per member, in float64: (seeds, n_in, n_out) -> (seeds,)."""
    return tf.sqrt(tf.reduce_sum(tf.cast(tensor, "float64") ** 2, axis=(1, 2)))


def run(activation, optimizer, epochs):
    """Per epoch and seed: norms of dL/dW and relative moves ||W - W_0|| / ||W_0|| of each layer, and the loss."""
    stack = Stack((2, 8, 8, 1), SEEDS, activation)
    kernels, start = stack.kernels, [tf.identity(kernel) for kernel in stack.kernels]
    variables = stack.trainable_variables
    optimizer.build(variables)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            each = losses(stack(X), y)
            total = tf.reduce_sum(each)  # a sum keeps the members independent
        found = tape.gradient(total, variables)
        optimizer.apply(found, variables)
        moves = [size(now - then) / size(then) for now, then in zip(kernels, start)]
        return tf.stack([size(g) for g in found[:3]]), tf.stack(moves), each

    return [np.array(record) for record in zip(*(step() for _ in range(epochs)))]


norms_relu, _, _ = run("relu", keras.optimizers.Adam(rate_adam), epochs)  # (epochs, layers, seeds)
norms_adam, moves_adam, _ = run("sigmoid", keras.optimizers.Adam(rate_adam), epochs_long)
norms_sgd, moves_sgd, loss_sgd = run("sigmoid", keras.optimizers.SGD(rate_sgd), epochs_long)
_, _, loss_relu_sgd = run("relu", keras.optimizers.SGD(rate_sgd), epochs_long)
# --8<-- [end:measure]
at = epochs - 1
ratio = {  # of dL/dW, first layer / last: (seeds,)
    name: found[0] / found[2]
    for name, found in (("start", norms_adam[0]), ("adam", norms_adam[at]), ("sgd", norms_sgd[at]))
}
relu_times = {name: norms_relu[at][layer] / norms_adam[at][layer] for name, layer in (("first", 0), ("last", 2))}
move_first, move_last = ({"adam": moves_adam[at][layer], "sgd": moves_sgd[at][layer]} for layer in (0, 2))
solved = {"sigmoid": loss_sgd[-1] < solved_below, "relu": loss_relu_sgd[-1] < solved_below}  # with SGD

fig, axes = plt.subplots(1, 2, sharey=True)
epoch = np.unique(np.geomspace(1, epochs_long, 120).astype(int))
for ax, name, found in zip(axes, ["Adam", "SGD"], [norms_adam, norms_sgd]):
    for layer in range(3):
        low, median, high = np.percentile(found[epoch - 1, layer], [10, 50, 90], axis=1)
        ax.plot(epoch, median, color=f"C{layer}", linestyle=["-", "--", "-."][layer], label=f"layer {layer + 1}")
        ax.fill_between(epoch, low, high, color=f"C{layer}", alpha=0.12, linewidth=0)
    ax.axvline(epochs, color="C4", linestyle=":")
    ax.set(title=f"Sigmoid, {name}", xlabel="epoch", xscale="log", yscale="log", ylabel="norm of dL/dW")
axes[0].legend(loc="lower left")
fig.savefig("sigmoid_vs_relu_plateau.svg")
