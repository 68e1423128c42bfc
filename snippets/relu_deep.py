"""Why do fifty ReLU layers not learn, though their gradient is level?

Fixed: ReLU, He weights, width 64, Adam, 300 steps on digits. Varies: depth, three learning rates. Five seeds;
the rate of a seed is the one that did best on the other seeds. The figure shows how alike two samples are in each layer
of the deepest network before training, as the mean cosine between their activations, and test accuracy by depth.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, accuracy, band, digits, gradient_norms, train

SEEDS = range(5)
RATES = [0.0003, 0.001, 0.003]
DEPTHS = [5, 10, 20, 50]
width, steps, batch = 64, 300, 128
x_train, x_test, y_train, y_test = digits()
chance = np.bincount(y_test).max() / len(y_test)  # always naming the most frequent class
members = [(rate, seed) for rate in RATES for seed in SEEDS]
rates = np.array([rate for rate, _ in members], "float32")[:, None, None]


# --8<-- [start:measure]
def likeness(stack):
    """Mean cosine between the activations of two samples, by layer: (members, layers)."""
    activations = np.maximum(np.array(stack.forward(x_train[:batch])[1][:-1], "float64"), 0)
    unit = activations / np.maximum(np.linalg.norm(activations, axis=3, keepdims=True), 1e-300)
    return (np.linalg.norm(unit.mean(axis=2), axis=2) ** 2).T


left, reached, best = {}, {}, {}
for depth in DEPTHS:
    stack = Stack((64, *[width] * depth, 10), [seed for _, seed in members], "relu", "he_normal")
    seeds = slice(len(SEEDS))  # before training the rates do not matter
    g = gradient_norms(stack, x_train[:batch], y_train[:batch])[1][seeds, :depth]
    alike, left[f"at_{depth}"] = likeness(stack)[seeds], g[:, 0] / g[:, -1]  # alike: in the end, of the deepest
    train(stack, x_train, y_train, steps, keras.optimizers.Adam(lambda: rates), batch)
    runs = accuracy(stack, x_test, y_test).reshape(len(RATES), -1)
    others = runs.sum(axis=1, keepdims=True) - runs
    reached[f"at_{depth}"] = np.take_along_axis(runs, others.argmax(axis=0)[None], axis=0)[0]
    best[f"at_{depth}"] = runs.max(axis=0)
# --8<-- [end:measure]
cosine = {f"of_{layer}": alike[:, layer - 1] for layer in (1, *DEPTHS)}

fig, axes = plt.subplots(1, 2)
band(axes[0], range(1, DEPTHS[-1] + 1), alike, "C2-")
axes[0].set(xlabel="layer (1 is nearest the input)", title="cosine of two samples", ylim=(0, 1.02))
band(axes[1], range(len(DEPTHS)), np.transpose(list(reached.values())), "C1s--")
axes[1].axhline(chance, color="C4", ls=":")
axes[1].text(0, chance + 0.02, "chance")
axes[1].set(xlabel="hidden layers", title="test accuracy", xticks=range(4), xticklabels=DEPTHS, ylim=(0, 1.02))
fig.savefig("relu_deep.svg")
