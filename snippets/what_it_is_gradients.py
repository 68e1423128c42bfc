"""How large is the gradient that each layer of a deep sigmoid network gets?

Fixed: ten layers, width 64, Glorot weights, one batch of digits. Five seeds.
The figure shows the norm of dL/dW and of dL/dz against the layer, linear and log.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

SEEDS = range(5)
depth, width, batch = 10, 64, 128
digits = load_digits()
x = tf.constant(digits.data[:batch] / 16, "float32")
y = digits.target[:batch]


# --8<-- [start:measure]
def norms(seed):
    """Norm of dL/dW and dL/dz by layer, in float64: two lists of `depth` numbers."""
    keras.utils.set_random_seed(seed)
    layers = [keras.layers.Dense(width, activation=None) for _ in range(depth - 1)] + [keras.layers.Dense(10)]
    with tf.GradientTape() as tape:
        a, zs = x, []
        for layer in layers:
            zs.append(layer(a))
            a = tf.sigmoid(zs[-1])
        loss = keras.ops.mean(keras.losses.sparse_categorical_crossentropy(y, zs[-1], from_logits=True))
    by_weight, by_z = tape.gradient(loss, ([layer.kernel for layer in layers], zs))
    return [[np.linalg.norm(g.numpy().astype("float64")) for g in gradients] for gradients in (by_weight, by_z)]


measured = np.array([norms(seed) for seed in SEEDS])  # (seeds, 2, layers)
# --8<-- [end:measure]

weight_ratio, z_ratio = (measured[:, kind, 0] / measured[:, kind, -1] for kind in (0, 1))  # first layer / last
middle_share = measured[:, 0, 4] / measured[:, 0, -1]  # fifth layer / last
hidden_factor = (measured[:, 1, 0] / measured[:, 1, -2]) ** (1 / (depth - 2))  # of dL/dz, per layer

print(f"median norm of dL/dz in the first layer: {np.median(measured[:, 1, 0]):.1e}")

fig, axes = plt.subplots(1, 2)
for ax, scale in zip(axes, ("linear", "log")):
    for kind, (name, color, style) in enumerate([("dL/dW", "C0", "o-"), ("dL/dz", "C1", "s--")]):
        median, low, high = (f(measured[:, kind], axis=0) for f in (np.median, np.min, np.max))
        ax.plot(range(1, depth + 1), median, style, color=color, label=name)
        ax.fill_between(range(1, depth + 1), low, high, color=color, alpha=0.3)
    ax.set(yscale=scale, xlabel="layer (1 is nearest the input)", title=f"{scale} axis", xticks=range(1, depth + 1, 3))
axes[0].set_ylabel("norm of the gradient")
axes[0].legend()
fig.savefig("what_it_is_gradients.svg")
