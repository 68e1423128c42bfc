"""Which weights let a ReLU network of 14, 22 and 30 layers start to learn?

Fixed: layers of width 64, SGD with momentum, 800 steps of 32 digits each.
Varies: the depth, and Glorot's or He's weights; at 30 layers Glorot's also with
Adam. Five seeds, each with weights and batches of its own. The figure shows the
training loss by step.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import digits, draw_batches, find_chance
from stack import Stack, accuracy, gradient_norms, train

SEEDS = range(5)
DEPTHS = (14, 22, 30)  # layers with weights, the head among them
width = 64
steps = 800
batch_size = 32
rate = 0.005
momentum = 0.9
adam_rate = 0.001
learned = 1.5  # loss; that of a guess is log 10 = 2.3

# Top-1 errors on ImageNet in percent: He et al. 2015, table 2 and section 2.2.
PAPER = {"glorot_14": 33.90, "he_14": 33.82, "he_30": 38.56}

# As in the paper the mean of each pixel is taken away; the spread is near one.
x_train, x_test, y_train, y_test = digits()
center = x_train.mean(axis=0)
x_train = 4 * (x_train - center)
x_test = 4 * (x_test - center)
chance = find_chance(y_test)
x, y = draw_batches(x_train, y_train, 256, SEEDS)  # to measure gradients on

# --8<-- [start:train]
INITIALIZERS = {"glorot": "glorot_normal", "he": "he_normal"}
loss = {}  # mean over the last 20 steps: (seeds, steps - 19)
reached = {}  # test accuracy: (seeds,)
weight_norms = {}  # ||dL/dW|| of each layer before training: (seeds, layers)


def build(initializer, depth):
    sizes = (64, *[width] * (depth - 1), 10)
    return Stack(sizes, SEEDS, "relu", initializer)


def train_all(name, stack, optimizer):
    found = train(stack, x_train, y_train, steps, optimizer, batch_size)
    windows = np.lib.stride_tricks.sliding_window_view(found, 20, axis=0)
    loss[name] = windows.mean(axis=-1).T
    reached[name] = accuracy(stack, x_test, y_test)


for depth in DEPTHS:
    for rule, initializer in INITIALIZERS.items():
        stack = build(initializer, depth)
        weight_norms[f"{rule}_{depth}"] = gradient_norms(stack, x, y).kernels
        sgd = keras.optimizers.SGD(rate, momentum)
        train_all(f"{rule}_{depth}", stack, sgd)
# --8<-- [end:train]
# --8<-- [start:adam]
# Adam divides a gradient by its own size: is that all that Glorot's lack?
stack = build("glorot_normal", DEPTHS[-1])
train_all("adam", stack, keras.optimizers.Adam(adam_rate))
# --8<-- [end:adam]

# The step at which a network has left the plateau; `steps` if it never has.
step = {}  # (seeds,)
for name, curve in loss.items():
    below = curve < learned
    step[name] = np.where(below.any(axis=1), below.argmax(axis=1) + 20, steps)

# How much smaller Glorot's gradient is: in the first layer and in the last
# hidden one, (seeds,); theory says a root of two for each hidden layer.
first = {}
last = {}
theory = {}
for depth in DEPTHS:
    ratio = weight_norms[f"glorot_{depth}"] / weight_norms[f"he_{depth}"]
    first[f"of_{depth}"] = ratio[:, 0]
    last[f"of_{depth}"] = ratio[:, -2]
    theory[f"of_{depth}"] = 2 ** (-(depth - 1) / 2)

fig, axes = plt.subplots(1, 2, sharey=True)
LOOKS = {"he": ("C0-", "He"), "glorot": ("C1--", "Glorot")}
places = np.arange(0, steps - 19, 20)
for ax, depth in zip(axes, DEPTHS[1:]):
    for rule, (style, label) in LOOKS.items():
        curve = loss[f"{rule}_{depth}"][:, places]
        draw_band(ax, places + 20, curve, style, label)
    ax.set(title=f"{depth} layers", xlabel="step")
draw_band(axes[1], places + 20, loss["adam"][:, places], "C2:", "Glorot, Adam")
axes[0].set(ylabel="training loss", ylim=(0, 2.6))
handles = axes[1].get_legend_handles_labels()
fig.legend(*handles, loc="outside lower center", ncols=3)
fig.savefig("he_2015.svg")
