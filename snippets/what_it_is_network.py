"""What does the gradient look like inside a network?

Fixed: six layers of sigmoid units, Glorot weights, a batch of random inputs,
one seed, before training. Prints the norm of dL/dW by layer. The figure draws
every weight as a line whose ink follows the log of its own |dL/dW|.
"""

# --8<-- [start:network]
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(0)
sizes = [4, 6, 6, 6, 6, 6, 2]
x = tf.random.normal((64, 4))
y = tf.cast(x[:, 0] * x[:, 1] > 0, "int32")  # do both have one sign?

hidden = [keras.layers.Dense(size, "sigmoid") for size in sizes[1:-1]]
head = keras.layers.Dense(sizes[-1])
model = keras.Sequential([*hidden, head])
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

with tf.GradientTape() as tape:
    loss = cross_entropy(y, model(x))
kernels = [layer.kernel for layer in model.layers]
gradients = [g.numpy() for g in tape.gradient(loss, kernels)]  # of dL/dW

norms = [np.linalg.norm(gradient) for gradient in gradients]
for number, norm in enumerate(norms, start=1):
    print(f"layer {number}: {norm:.0e}")
# --8<-- [end:network]

# What pages show.
batch_size = len(x)
depth = len(norms)
first = norms[0]
last = norms[-1]
ratio = first / last
# Every layer back is smaller where this is above one.
smallest_step = min(after / before for before, after in zip(norms, norms[1:]))

# The drawing.
logs = [np.log10(np.abs(gradient)) for gradient in gradients]
lowest = min(log.min() for log in logs)
highest = max(log.max() for log in logs)
decades = highest - lowest
heights = [np.linspace(-1, 1, size) * (size - 1) / 5 for size in sizes]


def draw_line(layer, i, j):
    """The weight from unit i of a layer to unit j of the next, as a line."""
    ink = (logs[layer][i, j] - lowest) / decades  # from 0 to 1
    ends = [heights[layer][i], heights[layer + 1][j]]
    look = {"alpha": 0.03 + 0.97 * ink, "lw": 0.3 + 2.2 * ink}
    ax.plot([layer, layer + 1], ends, "C0-", **look)


fig, ax = plt.subplots(figsize=(6.2, 3.8))
for layer, norm in enumerate(norms):
    for i, j in np.ndindex(sizes[layer], sizes[layer + 1]):
        draw_line(layer, i, j)
    digit, exponent = f"{norm:.0e}".split("e")
    name = rf"${digit}\cdot 10^{{{int(exponent)}}}$"
    ax.text(layer + 0.5, 1.32, name, ha="center")
for layer, height in enumerate(heights):
    ax.plot(np.full(len(height), layer), height, "o", color="C4", ms=7)
    name = {0: "input", depth: "output"}.get(layer, layer)
    ax.text(layer, -1.32, name, ha="center", va="top")
ax.set_title("Norm of dL/dW by layer; ink of a line: log of its |dL/dW|")
ax.set_ylim(-1.5, 1.55)
ax.axis("off")
fig.savefig("what_it_is_network.svg")
