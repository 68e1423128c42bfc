"""How does the gradient of a transformer change with depth, before training?

Fixed: blocks of width 32 with four heads, Glorot weights, 64 digits whose rows
are eight tokens. Varies: the depth, and where and how the sum of path and
branch is kept in size. Ten seeds, each with weights and digits of its own. The
figure shows ||dL/dh|| by block at 24 blocks.
"""

import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from blocks import TransformerStack, divide_by_rms
from data import digits, draw_batches
from stack import gradient_norms

SEEDS = range(10)
DEPTHS = (2, 6, 12, 24)
width = 32
batch_size = 64
x_train, _, y_train, _ = digits()
x, y = draw_batches(x_train, y_train, batch_size, SEEDS)

# --8<-- [start:measure]
STRUCTURES = {
    "none": lambda depth: {"place": None},
    "post": lambda depth: {"place": "post"},
    "pre": lambda depth: {"place": "pre"},
    "rms": lambda depth: {"place": "pre", "normalize": divide_by_rms},
    "scaled": lambda depth: {"place": None, "scale": (2 * depth) ** -0.5},
}
curves = {}  # ||dL/dh|| by block, at the largest depth: (seeds, blocks)
growth = {name: {} for name in STRUCTURES}  # first block over last: (seeds,)
last = {name: {} for name in STRUCTURES}  # ||dL/dW|| of the last block
for name, options in STRUCTURES.items():
    for depth in DEPTHS:
        stack = TransformerStack(depth, width, SEEDS, **options(depth))
        found = gradient_norms(stack, x, y)
        curves[name] = found.z
        growth[name][f"of_{depth}"] = found.z[:, 0] / found.z[:, -1]
        of_block = found.kernels[:, -5:-1]  # the head comes after it
        last[name][f"of_{depth}"] = np.linalg.norm(of_block, axis=1)
# --8<-- [end:measure]

# Per block, the geometric mean: (seeds,).
factor = {name: found["of_24"] ** (1 / 23) for name, found in growth.items()}
# How much larger dL/dW of the last block is with post-norm: (seeds,).
excess = {key: last["post"][key] / last["pre"][key] for key in last["post"]}

fig, ax = plt.subplots()
LOOKS = {
    "none": ("C3:", "no normalization"),
    "pre": ("C0-", "pre-norm"),
    "rms": ("C2-.", "pre-norm, RMS"),
    "post": ("C1--", "post-norm"),
    "scaled": ("C4-", "branches / √2L"),
}
blocks = range(1, DEPTHS[-1] + 1)
for name, (style, label) in LOOKS.items():
    relative = curves[name] / curves[name][:, -1:]
    draw_band(ax, blocks, relative, style, label)
ax.set(yscale="log", xlabel="block (1 is nearest the input)")
ax.set(ylabel="||dL/dh||, last = 1", ylim=(0.1, 100))
ax.legend()
fig.savefig("transformers.svg")
