"""What does ReLU change for the gradient, and what does its initialization?

Fixed: 20 hidden layers of width 64, one batch of digits. Varies: activation and initializer. Five seeds.
The figure shows ||dL/dz|| by layer before training.
"""

import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, digits, gradient_norms

SEEDS = range(5)
depth, width, batch = 20, 64, 128
x, _, y, _ = (part[:batch] for part in digits())

# --8<-- [start:measure]
NETS = {
    "sigmoid, Glorot": ("sigmoid", "glorot_uniform"),
    "ReLU, Glorot": ("relu", "glorot_uniform"),
    "ReLU, He": ("relu", "he_normal"),
}
measured = {}
for name, (activation, initializer) in NETS.items():
    stack = Stack((64, *[width] * depth, 10), SEEDS, activation, initializer)
    measured[name] = gradient_norms(stack, x, y)[1][:, :depth]  # dL/dz of the hidden layers: (seeds, layers)
# --8<-- [end:measure]

factors = {name: (m[:, 0] / m[:, -1]) ** (1 / (depth - 1)) for name, m in measured.items()}  # per layer: (seeds,)
sigmoid_factor, glorot_factor, he_factor = (np.median(f) for f in factors.values())
sigmoid_high = factors["sigmoid, Glorot"].max()
glorot_low, glorot_high = factors["ReLU, Glorot"].min(), factors["ReLU, Glorot"].max()
he_low, he_high = factors["ReLU, He"].min(), factors["ReLU, He"].max()
glorot_left, he_left = (np.median(m[:, 0] / m[:, -1]) for m in list(measured.values())[1:])
root_half = np.sqrt(0.5)

fig, ax = plt.subplots()
for (name, m), color, style in zip(measured.items(), ("C0", "C1", "C2"), ("o-", "s--", "^-.")):
    ax.plot(range(1, depth + 1), np.median(m, axis=0), style, color=color, label=name)
    ax.fill_between(range(1, depth + 1), m.min(axis=0), m.max(axis=0), color=color, alpha=0.3)
ax.set(yscale="log", xlabel="layer (1 is nearest the input)", ylabel="||dL/dz||", xticks=range(1, depth + 1, 3))
ax.set_title("ReLU needs the weights that match it")
ax.legend()
fig.savefig("relu.svg")
