"""What does the gradient look like inside a network?

Fixed: six layers of sigmoid units, Glorot weights, a batch of random inputs, one seed.
The figure draws every weight as a line whose ink follows the log of its own |dL/dW|.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

seed, batch = 0, 64
sizes = [4, 6, 6, 6, 6, 6, 2]
keras.utils.set_random_seed(seed)
x = tf.random.normal((batch, sizes[0]))
y = tf.cast(x[:, 0] * x[:, 1] > 0, tf.int32)

# --8<-- [start:measure]
layers = [keras.layers.Dense(n, activation="sigmoid") for n in sizes[1:-1]] + [keras.layers.Dense(sizes[-1])]
model = keras.Sequential(layers)
with tf.GradientTape() as tape:
    loss = keras.ops.mean(keras.losses.sparse_categorical_crossentropy(y, model(x), from_logits=True))
gradients = tape.gradient(loss, [layer.kernel for layer in layers])
sizes_of = [np.abs(g.numpy().astype("float64")) for g in gradients]  # one (n_in, n_out) per layer
# --8<-- [end:measure]

norms = [np.sqrt((g**2).sum()) for g in sizes_of]
depth = len(norms)
first, last = norms[0], norms[-1]
ratio = first / last
smallest_step = min(b / a for a, b in zip(norms, norms[1:]))  # every layer back is smaller where this is above 1

low, high = np.log10(min(g.min() for g in sizes_of)), np.log10(max(g.max() for g in sizes_of))
decades = high - low

fig, ax = plt.subplots(figsize=(6.2, 3.8))
heights = [np.linspace(-1, 1, n) * (n - 1) / 5 for n in sizes]
for layer, g in enumerate(sizes_of):
    ink = (np.log10(g) - low) / (high - low)  # 0 for the smallest gradient of all, 1 for the largest
    for i, j in np.ndindex(g.shape):
        ax.plot(
            [layer, layer + 1], [heights[layer][i], heights[layer + 1][j]], "C0-",
            alpha=0.03 + 0.97 * ink[i, j], lw=0.3 + 2.2 * ink[i, j],
        )  # fmt: skip
    exponent = int(np.floor(np.log10(norms[layer])))
    ax.text(layer + 0.5, 1.32, rf"${norms[layer] / 10**exponent:.0f}\cdot 10^{{{exponent}}}$", ha="center")
for layer, h in enumerate(heights):
    ax.plot(np.full(len(h), layer), h, "o", color="C4", ms=7)
    ax.text(layer, -1.32, "input" if not layer else "output" if layer == depth else layer, ha="center", va="top")
ax.set(title="Norm of dL/dW by layer; ink of a line: log of its |dL/dW|", ylim=(-1.5, 1.55))
ax.axis("off")
fig.savefig("what_it_is_network.svg")
