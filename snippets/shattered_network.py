"""What does a network's gradient do on the way from one digit to another?

Fixed: ReLU layers of 64 units, He weights, one seed, before training, 200
points on the straight line between two digits. Varies: two layers or thirty,
and skip connections. All are batch-normalized with the statistics of 128
digits. The figure shows the slope of one logit along the way. It prints how
much the slopes of neighboring points have in common.
"""

# --8<-- [start:network]
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

digits = load_digits().data / 16  # (samples, 64)


def build_network(depth, scale):
    """With a scale other than zero, layers add `scale` times their branch."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((64,))
    hidden = keras.layers.Dense(64, "relu")(inputs)
    for _ in range(depth - 1):
        branch = keras.layers.Dense(64, kernel_initializer="he_normal")(hidden)
        branch = keras.layers.BatchNormalization(momentum=0)(branch)
        branch = keras.layers.ReLU()(branch)
        hidden = hidden + scale * branch if scale else branch
    model = keras.Model(inputs, keras.layers.Dense(10)(hidden))
    model(digits[:128], training=True)  # these statistics are kept
    return model


# --8<-- [end:network]

# --8<-- [start:walk]
NETWORKS = {
    "shallow": build_network(2, 0),
    "deep": build_network(30, 0),
    "skips": build_network(30, 30**-0.5),
}
start, end = digits[0], digits[1]
share = np.linspace(0, 1, 200)[:, None]  # of the way
path = tf.constant((1 - share) * start + share * end, "float32")

slopes = {}  # of the first logit along the path, (200,) each
alike = {}  # correlation of a slope with that of the next point
for name, model in NETWORKS.items():
    with tf.GradientTape() as tape:
        tape.watch(path)
        logit = tf.reduce_sum(model(path)[:, 0])
    gradients = tape.gradient(logit, path).numpy()  # (200, 64)
    slope = gradients @ (end - start)
    alike[name] = np.corrcoef(slope[:-1], slope[1:])[0, 1]
    slopes[name] = slope / slope.std()
    print(f"{name:8} neighbors correlate {alike[name]:.2f}")
# --8<-- [end:walk]

fig, axes = plt.subplots(1, 3, sharey=True, figsize=(6.2, 2.6))
TITLES = {"shallow": "2 layers", "deep": "30 layers", "skips": "30, skips"}
for ax, (name, slope) in zip(axes, slopes.items()):
    ax.plot(share, slope, "C0-", lw=1, label=TITLES[name])
    ax.set(title=TITLES[name], xlabel="share of the way")
axes[0].set_ylabel("slope of a logit")
fig.savefig("shattered_network.svg")
