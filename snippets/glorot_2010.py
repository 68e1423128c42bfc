"""What do two initializers do to activations and gradients, layer by layer?

Fixed: five tanh layers of width 200, before training, 300 digits. Varies: the
limit of the uniform weights. Ten seeds, each with weights and digits of its
own. The figure shows the spread of activations, of dL/dz and of dL/dW by layer.
It finds three means of the singular values of the layers' Jacobians too.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import digits, draw_batches
from measures import factor_per_layer
from stack import Stack, gradients

SEEDS = range(10)
width = 200  # 1000 in the paper
depth = 5
batch_size = 300

x_train, _, y_train, _ = digits()


def draw_standard(seed):
    """Uniform between -1/√n and 1/√n, with n units in the layer before."""
    return keras.initializers.VarianceScaling(
        1 / 3, "fan_in", "uniform", seed=seed
    )


INITIALIZERS = {"standard": draw_standard, "normalized": "glorot_uniform"}


def find_spreads(tensors):
    """Standard deviation of each layer's entries: (seeds, layers)."""
    flat = [np.reshape(np.float64(t), (len(SEEDS), -1)) for t in tensors]
    return np.stack([values.std(axis=1) for values in flat], axis=1)


def find_singular(kernels, activations):
    """Singular values of the Jacobians between hidden layers, of one digit.

    (seeds, layers - 1, width).
    """
    singular = []
    for kernel, a in zip(kernels[1:], activations[1:]):
        slopes = 1 - a[:, :1] ** 2  # (seeds, 1, width)
        singular.append(np.linalg.svd(kernel * slopes, compute_uv=False))
    return np.stack(singular, axis=1)


# --8<-- [start:measure]
x, y = draw_batches(x_train, y_train, batch_size, SEEDS)
sizes = (x.shape[-1], *[width] * depth, 10)
# Spreads, (seeds, layers), and what is found of the Jacobians.
forward, back = {}, {}
weights = {}
singular, factor = {}, {}
for name, initializer in INITIALIZERS.items():
    stack = Stack(sizes, SEEDS, "tanh", initializer)
    _, all_z = stack.forward(x)
    activations = [np.tanh(z) for z in all_z[:depth]]
    found = gradients(stack, x, y)
    kernels = [kernel.numpy() for kernel in stack.kernels[:depth]]
    forward[name] = find_spreads(activations)
    back[name] = find_spreads(found.z[:depth])
    weights[name] = find_spreads(found.kernels[:depth])
    singular[name] = find_singular(kernels, activations)
    factor[name] = factor_per_layer(back[name])
    # --8<-- [end:measure]

# Three means over a layer's singular values, then over layers: (seeds,) each.
mean = {name: s.mean(axis=(1, 2)) for name, s in singular.items()}
root = {
    name: ((s**2).mean(axis=2) ** 0.5).mean(axis=1)
    for name, s in singular.items()
}
volume = {
    name: np.exp(np.log(s).mean(axis=(1, 2))) for name, s in singular.items()
}

# What is left: of activations at the last layer, of gradients at the second.
# The first layer has another fan-in, so its weights have another spread.
left_forward = {name: s[:, -1] / s[:, 1] for name, s in forward.items()}
left_back = {name: s[:, 1] / s[:, -1] for name, s in back.items()}
left_weights = {name: s[:, 1] / s[:, -1] for name, s in weights.items()}

# The paper, section 4.2.2: average singular value, "around".
paper = {"standard": 0.5, "normalized": 0.8}
# Of a random matrix with the paper's weights: 8 / (3 pi) of their spread.
quarter_circle = {
    "standard": 8 / (3 * np.pi) * (1 / 3) ** 0.5,
    "normalized": 8 / (3 * np.pi),
}

# Draw what was found.
layers = range(1, depth + 1)
LOOKS = {"standard": "C0o-", "normalized": "C1s--"}
PANELS = {"activations": forward, "dL/dz": back, "dL/dW": weights}
fig, axes = plt.subplots(3, 1, figsize=(4.8, 6.4), sharex=True)
for ax, (title, spreads) in zip(axes, PANELS.items()):
    for name, style in LOOKS.items():
        draw_band(ax, layers, spreads[name], style, name)
    ax.set(yscale="log", ylabel=f"spread of {title}")
axes[0].legend()
axes[-1].set(xlabel="layer (1 is nearest the input)", xticks=layers)
fig.savefig("glorot_2010.svg")
