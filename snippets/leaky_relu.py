"""Does a leak of 0.01 prevent dying ReLU?

Fixed: Adam; XOR with 2-8-8-1 and digits with five layers and a high rate. Varies: the slope alpha. Many seeds.
The figure shows failures on XOR, and the share of units on digits that are positive for no training sample.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from stack import Stack, accuracy, train

XOR_SEEDS, SEEDS = range(300), range(10)
xor_steps, depth, width, steps, batch, rate = 3000, 5, 64, 300, 128, 0.03
ALPHAS = [0, 0.01, 0.2]
small, large = ALPHAS[1:]
X, Y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32"), np.array([0, 1, 1, 0])
digits = load_digits()
x_train, x_test, y_train, y_test = train_test_split(
    (digits.data / 16).astype("float32"), digits.target, test_size=360, random_state=0
)

# --8<-- [start:measure]
failed, never_positive, accuracies = [], [], []
for alpha in ALPHAS:
    leaky = keras.layers.LeakyReLU(negative_slope=alpha)
    xor = Stack((2, 8, 8, 1), XOR_SEEDS, leaky)
    losses = train(xor, X, Y, xor_steps, keras.optimizers.Adam(0.001))
    failed.append((losses[-1] > 0.1).mean())  # share of seeds that never solve it
    deep = Stack((64, *[width] * depth, 10), SEEDS, leaky, "he_normal")
    train(deep, x_train, y_train, steps, keras.optimizers.Adam(rate), batch)
    zs = np.array(deep.forward(x_train)[1][:-1])  # (layers, samples, seeds, units)
    never_positive.append((zs <= 0).all(axis=1).mean(axis=(0, 2)))
    accuracies.append(accuracy(deep, x_test, y_test))
# --8<-- [end:measure]

failed_relu, failed_leaky, failed_large = failed
relu, leaky_small, leaky_large = (np.median(n) for n in never_positive)
relu_low, small_low = never_positive[0].min(), never_positive[1].min()
small_high, large_low, large_high = never_positive[1].max(), never_positive[2].min(), never_positive[2].max()
accuracy_relu, accuracy_small, accuracy_large = (np.median(a) for a in accuracies)
activation_slope = float(keras.activations.get("leaky_relu")(-1.0)) * -1
layer_slope = float(keras.layers.LeakyReLU()(np.array([-1.0]))[0]) * -1

fig, axes = plt.subplots(1, 2)
labels = [f"{alpha:g}" for alpha in ALPHAS]
axes[0].bar_label(axes[0].bar(labels, failed, color="C0", width=0.6), [f"{f:.1%}" for f in failed])
axes[0].set(title="XOR: seeds that fail", xlabel="slope alpha", ylabel="share of seeds")
for i, share in enumerate(never_positive):
    axes[1].plot(np.full(len(share), i), share, "C1s", ls="")
axes[1].set(title="Digits: units never positive", xlabel="slope alpha", xticks=range(3), xticklabels=labels)
axes[1].set(ylabel="share of units", ylim=0, xlim=(-0.5, 2.5))
fig.savefig("leaky_relu.svg")
