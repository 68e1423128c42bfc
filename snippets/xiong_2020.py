"""How large is dL/dW in the last block of a transformer, and in all others?

Fixed: blocks of width 32 with four heads, Glorot weights, 32 digits whose rows
are eight tokens, before training. Varies: layer normalization after each sum or
before each branch, and the depth. Twenty seeds, each with weights and digits of
its own. The figure shows dL/dW of the second dense layer, as figure 3 of the
paper: of the last block by depth, and of every block of six.
"""

import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from blocks import TransformerStack
from data import digits, draw_batches
from stack import gradient_norms

SEEDS = range(20)
DEPTHS = (3, 6, 12, 24)
width = 32
batch_size = 32
x_train, _, y_train, _ = digits()
x, y = draw_batches(x_train, y_train, batch_size, SEEDS)

# Section 3.2: BLEU of post-norm with Adam, without warm-up and with it; section
# 3.4: the norm that it keeps at every depth.
PAPER = {"without": 8.45, "with": 34, "kept": 1.6}

# --8<-- [start:measure]
last = {}  # ||dL/dW|| of the last block's second dense layer: (depths, seeds)
by_block = {}  # of that layer in every block of six: (seeds, blocks)
for place in ("post", "pre"):
    found = {}
    for depth in DEPTHS:
        stack = TransformerStack(depth, width, SEEDS, place)
        norms_of_w = gradient_norms(stack, x, y).kernels
        found[depth] = norms_of_w[:, 4:-1:4]  # a block has four kernels
    last[place] = np.array([norm[:, -1] for norm in found.values()])
    by_block[place] = found[6]
# --8<-- [end:measure]

# The power of the depth that fits best: theory says 0 and -1/2. (seeds,)
power = {
    place: np.polyfit(np.log(DEPTHS), np.log(norms), 1)[0]
    for place, norms in last.items()
}
power["between"] = power["post"] - power["pre"]
# The last block over the first, and post-norm over pre-norm: (seeds,).
growth = {name: norms[:, -1] / norms[:, 0] for name, norms in by_block.items()}
excess = {
    f"of_{depth}": last["post"][i] / last["pre"][i]
    for i, depth in enumerate(DEPTHS)
}

fig, (left, right) = plt.subplots(1, 2, sharey=True)
LOOKS = {"post": ("C1--", "post-norm"), "pre": ("C0-", "pre-norm")}
for place, (style, label) in LOOKS.items():
    draw_band(left, DEPTHS, last[place].T, style, label)
    draw_band(right, range(1, 7), by_block[place], style, f"_{label}")
left.set(xlabel="blocks", xticks=DEPTHS, title="Last block")
left.set(ylabel="||dL/dW||")
right.set(xlabel="block (1 is nearest the input)", title="Of six blocks")
handles = left.get_legend_handles_labels()
fig.legend(*handles, loc="outside lower center", ncols=2)
fig.savefig("xiong_2020.svg")
