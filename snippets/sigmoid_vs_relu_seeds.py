"""What does the tutorial's comparison show over many seeds?

Fixed: XOR, 2-8-8-1, Adam at 1e-3, all four samples in each step, so one step is one epoch.
Varies: activation and initializer of the hidden layers. 200 seeds; the two Glorot nets of a seed start equal.
The figure shows the predictions for [1, 0] after 200 epochs, and the share of networks that have solved XOR.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from stack import Stack, train

SEEDS = range(200)
epochs, epochs_1000, epochs_long, solved_below = 200, 1000, 5000, 0.1
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
y = np.array([0, 1, 1, 0])


# --8<-- [start:train]
def run(activation, initializer, seeds=SEEDS):
    """Prediction for [1, 0] and all right after `epochs`, losses (epochs_long, seeds), silent inputs at the end."""
    stack = Stack((2, 8, 8, 1), seeds, activation, initializer)
    adam = keras.optimizers.Adam(1e-3)
    first = train(stack, X, y, epochs, adam)
    predictions = tf.sigmoid(stack(X)).numpy()[..., 0].T  # (samples, seeds)
    right = ((predictions > 0.5) == y[:, None]).all(axis=0)
    loss = np.concatenate([first, train(stack, X, y, epochs_long - epochs, adam)])
    silent = [(z.numpy() <= 0).all(axis=2).T for z in stack.forward(X)[1][:2]]  # no unit of a hidden layer is on
    return predictions[2], right, loss, silent[0] | silent[1]


runs = {
    "sigmoid": run("sigmoid", "glorot_uniform"),
    "relu": run("relu", "glorot_uniform"),
    "he": run("relu", "he_normal"),
}
prediction, right, loss, silent = ({name: found[i] for name, found in runs.items()} for i in range(4))
stuck = {name: found[-1] >= solved_below for name, found in loss.items()}
again = [SEEDS[i] for i in np.flatnonzero(stuck["relu"])]
loss_leaky = run(lambda z: tf.nn.leaky_relu(z, 0.01), "glorot_uniform", again)[2]
# --8<-- [end:train]
closer = prediction["relu"] > prediction["sigmoid"]
loss_tutorial = {name: found[epochs - 1] for name, found in loss.items()}
time = {
    name: np.where(stuck[name], epochs_long, (found < solved_below).argmax(axis=0) + 1) for name, found in loss.items()
}
solved_1000 = {name: found[epochs_1000 - 1] < solved_below for name, found in loss.items()}
solved = {name: ~found for name, found in stuck.items()}
stuck_count, stuck_he_count = stuck["relu"].sum(), stuck["he"].sum()
leaky_solved_count = (loss_leaky[-1] < solved_below).sum()
mixed = silent["relu"][y == 0].any(axis=0) & silent["relu"][y == 1].any(axis=0)  # silent inputs of both classes
mixed_in_stuck, mixed_in_solved = mixed[stuck["relu"]].mean(), mixed[solved["relu"]].mean()
labels = ["sigmoid, Glorot", "ReLU, Glorot", "ReLU, He"]

fig, (left, axis) = plt.subplots(1, 2)
jitter = np.random.default_rng(0).uniform(-0.25, 0.25, len(SEEDS))
for i, name in enumerate(runs):
    left.plot(i + jitter, prediction[name], "os^"[i], color=f"C{i}", markersize=3, alpha=0.5)
    left.hlines(np.median(prediction[name]), i - 0.4, i + 0.4, color=f"C{i}", linewidth=4, label="_median")
    reached = (loss[name] < solved_below).mean(axis=1)
    axis.plot(np.arange(1, epochs_long + 1), reached, color=f"C{i}", linestyle=["-", "--", "-."][i], label=labels[i])
left.axhline(1, color="C4", linestyle=":")
left.text(-0.4, 1.015, "target")
left.set(title=f"After {epochs} epochs", ylabel="prediction for [1, 0]", ylim=(0.3, 1.08))
left.set_xticks(range(3), [label.replace(", ", "\n") for label in labels])
axis.set(title=f"Loss below {solved_below}", xlabel="epoch", ylabel="share of seeds", xscale="log", xlim=(4, None))
axis.legend(loc="upper left")
fig.savefig("sigmoid_vs_relu_seeds.svg")
