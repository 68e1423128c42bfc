"""What does a change of activation do to a ten-layer network?

Fixed: digits, depth, width, batches, Adam at 1e-3, 300 steps. Varies: activation and initializer of the hidden layers.
Ten seeds; every network sees the same batches. The figure shows the training loss and the test accuracy of each seed.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, accuracy, band, digits, gradient_norms, train

SEEDS = range(10)
depth, depth_few, width, batch, steps, rate = 10, 3, 64, 128, 300, 1e-3
x_train, x_test, y_train, y_test = digits()
chance = np.bincount(y_test).max() / len(y_test)  # always guess the most frequent digit


# --8<-- [start:train]
def run(activation, initializer, depth=depth):
    """Losses (steps, seeds), test accuracies (seeds,), norms of dL/dW and dL/dz before training (seeds, layers)."""
    stack = Stack((64, *[width] * depth, 10), SEEDS, activation, initializer)
    by_weight, by_preactivation = gradient_norms(stack, x_train[:batch], y_train[:batch])
    loss = train(stack, x_train, y_train, steps, keras.optimizers.Adam(rate), batch)
    return loss, accuracy(stack, x_test, y_test), by_weight, by_preactivation


runs = {
    "sigmoid": run("sigmoid", "glorot_uniform"),
    "relu": run("relu", "glorot_uniform"),
    "he": run("relu", "he_normal"),
}
accuracy_few = run("sigmoid", "glorot_uniform", depth_few)[1]
# --8<-- [end:train]
accuracies = {name: found for name, (_, found, _, _) in runs.items()}
loss_end, loss_uniform = {name: loss[-1] for name, (loss, _, _, _) in runs.items()}, np.log(10)  # all digits alike
weight_ratio = {name: by_weight[:, 0] / by_weight[:, depth - 1] for name, (_, _, by_weight, _) in runs.items()}
z_ratio = {name: by_z[:, 0] / by_z[:, depth - 1] for name, (_, _, _, by_z) in runs.items()}
labels = ["sigmoid, Glorot", "ReLU, Glorot", "ReLU, He"]
for label, found in zip(labels, accuracies.values()):
    print(f"{label:16} test accuracy {np.median(found):.3f}, from {found.min():.3f} to {found.max():.3f}")

fig, (left, right) = plt.subplots(1, 2)
for i, (loss, found, _, _) in enumerate(runs.values()):
    band(left, np.arange(1, steps + 1), loss.T, ["C0-", "C1--", "C2-."][i], labels[i])
    right.plot(i + np.linspace(-0.2, 0.2, len(SEEDS)), found, "os^"[i], color=f"C{i}", linestyle="")
left.set(title="Training loss", xlabel="step", ylabel="cross-entropy", ylim=(0, 2.6))
left.legend(loc="center right", bbox_to_anchor=(1, 0.6))
right.axhline(chance, color="C4", linestyle=":")
right.text(2.2, chance + 0.02, "chance", ha="right")
right.set(title=f"After {steps} steps", ylabel="test accuracy", ylim=(0, 1.04))
right.set_xticks(range(3), [label.replace(", ", "\n") for label in labels])
fig.savefig("sigmoid_vs_relu_deeper.svg")
