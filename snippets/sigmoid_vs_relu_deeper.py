"""What does a change of activation do to a ten-layer network?

Fixed: digits, depth, width, batches, Adam at 1e-3, 300 steps. Varies: activation and initializer of the hidden layers.
Ten seeds; every network sees the same batches. The figure shows the training loss and the test accuracy of each seed.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, accuracy, digits, gradient_norms, train

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


loss_sigmoid, accuracy_sigmoid, weight_sigmoid, z_sigmoid = run("sigmoid", "glorot_uniform")
loss_relu, accuracy_relu, weight_relu, z_relu = run("relu", "glorot_uniform")
loss_he, accuracy_he, weight_he, z_he = run("relu", "he_normal")
_, accuracy_few, _, _ = run("sigmoid", "glorot_uniform", depth_few)
# --8<-- [end:train]
few_low, few_median, few_high = np.percentile(accuracy_few, [0, 50, 100])
sigmoid_low, sigmoid_median, sigmoid_high = np.percentile(accuracy_sigmoid, [0, 50, 100])
relu_low, relu_median, relu_high = np.percentile(accuracy_relu, [0, 50, 100])
he_low, he_median, he_high = np.percentile(accuracy_he, [0, 50, 100])
end_sigmoid, end_relu, end_he = (np.median(loss[-1]) for loss in (loss_sigmoid, loss_relu, loss_he))
loss_least_sigmoid, loss_uniform = loss_sigmoid.min(), np.log(10)  # all ten digits equally likely
weights = [weight_sigmoid, weight_relu, weight_he]
weight_ratio_sigmoid, weight_ratio_relu, weight_ratio_he = (np.median(w[:, 0] / w[:, depth - 1]) for w in weights)
z_ratio_sigmoid, z_ratio_relu, z_ratio_he = (np.median(z[:, 0] / z[:, depth - 1]) for z in (z_sigmoid, z_relu, z_he))
names = ["sigmoid, Glorot", "ReLU, Glorot", "ReLU, He"]
for name, found in zip(names, [accuracy_sigmoid, accuracy_relu, accuracy_he]):
    print(f"{name:16} test accuracy {np.median(found):.3f}, from {found.min():.3f} to {found.max():.3f}")

fig, (left, right) = plt.subplots(1, 2)
step = np.arange(1, steps + 1)
for i, (loss, found) in enumerate(
    [(loss_sigmoid, accuracy_sigmoid), (loss_relu, accuracy_relu), (loss_he, accuracy_he)]
):
    low, median, high = np.percentile(loss, [0, 50, 100], axis=1)
    left.plot(step, median, color=f"C{i}", linestyle=["-", "--", "-."][i], label=names[i])
    left.fill_between(step, low, high, color=f"C{i}", alpha=0.15, linewidth=0)
    right.plot(i + np.linspace(-0.2, 0.2, len(SEEDS)), found, "os^"[i], color=f"C{i}", linestyle="")
left.set(title="Training loss", xlabel="step", ylabel="cross-entropy", ylim=(0, 2.6))
left.legend(loc="center right", bbox_to_anchor=(1, 0.6))
right.axhline(chance, color="C4", linestyle=":")
right.text(2.2, chance + 0.02, "chance", ha="right")
right.set(title=f"After {steps} steps", ylabel="test accuracy", ylim=(0, 1.04))
right.set_xticks(range(3), [name.replace(", ", "\n") for name in names])
fig.savefig("sigmoid_vs_relu_deeper.svg")
