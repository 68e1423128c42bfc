"""How large is the gradient that each layer of a deep sigmoid network gets?

Fixed: ten layers, width 64, Glorot weights, before training. Five seeds, each
with weights and a batch of digits of its own. The figure shows the norm of
dL/dW and of dL/dz against the layer, on a linear and a log axis.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from bands import draw_band
from data import digits, draw_batches

SEEDS = range(5)
depth = 10  # layers of weights, the head among them
width = 64
batch_size = 128
x_train, _, y_train, _ = digits()
# A batch for each seed: (seeds, batch, 64) and (seeds, batch).
x, y = draw_batches(x_train, y_train, batch_size, SEEDS)
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def norms(gradients):
    """One for each layer, in float64, where no square is lost."""
    return [np.linalg.norm(g.numpy().astype("float64")) for g in gradients]


# --8<-- [start:measure]
by_weight = []  # norms of dL/dW, a list of layers for each seed
by_z = []  # norms of dL/dz
for seed, x_batch, y_batch in zip(SEEDS, x, y):
    keras.utils.set_random_seed(seed)
    layers = [keras.layers.Dense(width) for _ in range(depth - 1)]
    layers.append(keras.layers.Dense(10))

    # Forward, layer by layer, to keep each z.
    with tf.GradientTape() as tape:
        a = tf.constant(x_batch)
        pre_activations = []
        for layer in layers:
            z = layer(a)
            pre_activations.append(z)
            a = tf.sigmoid(z)
        loss = cross_entropy(y_batch, z)

    # Back: two gradients for each layer.
    kernels = [layer.kernel for layer in layers]
    of_kernels, of_z = tape.gradient(loss, (kernels, pre_activations))
    by_weight.append(norms(of_kernels))
    by_z.append(norms(of_z))
# --8<-- [end:measure]

by_weight = np.array(by_weight)  # (seeds, layers)
by_z = np.array(by_z)
weight_ratio = by_weight[:, 0] / by_weight[:, -1]  # first layer / last
z_ratio = by_z[:, 0] / by_z[:, -1]
middle_share = by_weight[:, 4] / by_weight[:, -1]  # fifth layer / last
# Of dL/dz, from one hidden layer to the one before.
hidden_factor = (by_z[:, 0] / by_z[:, -2]) ** (1 / (depth - 2))

print(f"median norm of dL/dz in the first layer: {np.median(by_z[:, 0]):.1e}")

# The drawing.
fig, axes = plt.subplots(1, 2)
numbers = range(1, depth + 1)
for ax, scale in zip(axes, ("linear", "log")):
    draw_band(ax, numbers, by_weight, "C0o-", "dL/dW")
    draw_band(ax, numbers, by_z, "C1s--", "dL/dz")
    ax.set(yscale=scale, title=f"{scale} axis", xticks=numbers[::3])
    ax.set_xlabel("layer (1 is nearest the input)")
axes[0].set_ylabel("norm of the gradient")
axes[0].legend()
fig.savefig("what_it_is_gradients.svg")
