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
    """Prediction for [1, 0] and share right after `epochs`, losses (epochs_long, seeds), silent inputs at the end."""
    stack = Stack((2, 8, 8, 1), seeds, activation, initializer)
    adam = keras.optimizers.Adam(1e-3)
    first = train(stack, X, y, epochs, adam)
    predictions = tf.sigmoid(stack(X)).numpy()[..., 0].T  # (samples, seeds)
    right = ((predictions > 0.5) == y[:, None]).all(axis=0).mean()
    loss = np.concatenate([first, train(stack, X, y, epochs_long - epochs, adam)])
    silent = [(z.numpy() <= 0).all(axis=2).T for z in stack.forward(X)[1][:2]]  # no unit of a hidden layer is on
    return predictions[2], right, loss, silent[0] | silent[1]


pred_sigmoid, right_sigmoid, loss_sigmoid, _ = run("sigmoid", "glorot_uniform")
pred_relu, right_relu, loss_relu, silent = run("relu", "glorot_uniform")
pred_he, right_he, loss_he, _ = run("relu", "he_normal")
stuck = loss_relu[-1] >= solved_below
loss_leaky = run(lambda z: tf.nn.leaky_relu(z, 0.01), "glorot_uniform", [SEEDS[i] for i in np.flatnonzero(stuck)])[2]
# --8<-- [end:train]
sigmoid_low, sigmoid_median, sigmoid_high = np.percentile(pred_sigmoid, [0, 50, 100])
relu_low, relu_median, relu_high = np.percentile(pred_relu, [0, 50, 100])
he_low, he_median, he_high = np.percentile(pred_he, [0, 50, 100])
closer = (pred_relu > pred_sigmoid).mean()
loss_low_sigmoid, loss_high_relu = loss_sigmoid[epochs - 1].min(), loss_relu[epochs - 1].max()
loss_median_sigmoid, loss_median_relu = np.median(loss_sigmoid[epochs - 1]), np.median(loss_relu[epochs - 1])
runs = {"sigmoid, Glorot": loss_sigmoid, "ReLU, Glorot": loss_relu, "ReLU, He": loss_he}
shares = {name: (loss < solved_below).mean(axis=1) for name, loss in runs.items()}
half_sigmoid, half_relu, half_he = (int(np.argmax(share >= 0.5)) + 1 for share in shares.values())
solved_sigmoid_1000, solved_relu_1000, solved_he_1000 = (share[epochs_1000 - 1] for share in shares.values())
solved_sigmoid, solved_relu, solved_he = (share[-1] for share in shares.values())
stuck_count, stuck_he_count = stuck.sum(), (loss_he[-1] >= solved_below).sum()
leaky_solved_count = (loss_leaky[-1] < solved_below).sum()
mixed = silent[y == 0].any(axis=0) & silent[y == 1].any(axis=0)  # silent inputs of both classes
mixed_in_stuck, mixed_in_solved = mixed[stuck].mean(), mixed[~stuck].mean()
print(f"half of the nets solved XOR by epoch: sigmoid {half_sigmoid}, ReLU Glorot {half_relu}, ReLU He {half_he}")
print(f"solved by epoch {epochs_long}: sigmoid {solved_sigmoid:.1%}, ReLU {solved_relu:.1%}, ReLU He {solved_he:.1%}")

fig, (left, right) = plt.subplots(1, 2)
jitter = np.random.default_rng(0).uniform(-0.25, 0.25, len(SEEDS))
for i, (predictions, marker) in enumerate([(pred_sigmoid, "o"), (pred_relu, "s"), (pred_he, "^")]):
    left.plot(i + jitter, predictions, marker, color=f"C{i}", markersize=3, alpha=0.5, rasterized=True)
    left.hlines(np.median(predictions), i - 0.4, i + 0.4, color=f"C{i}", linewidth=4)
left.axhline(1, color="C4", linestyle=":")
left.text(-0.4, 1.015, "target")
left.set(title=f"After {epochs} epochs", ylabel="prediction for [1, 0]", ylim=(0.3, 1.08))
left.set_xticks(range(3), [name.replace(", ", "\n") for name in runs])
for i, (name, share) in enumerate(shares.items()):
    right.plot(np.arange(1, epochs_long + 1), share, color=f"C{i}", linestyle=["-", "--", "-."][i], label=name)
right.set(title=f"Loss below {solved_below}", xlabel="epoch", ylabel="share of seeds", xscale="log", xlim=(4, None))
right.legend(loc="upper left")
fig.savefig("sigmoid_vs_relu_seeds.svg")
