"""What does one step do to a network whose gradient explodes?

Fixed: ten hidden ReLU layers of 64 units, a batch of 128 digits, plain SGD at
0.1, one seed. Varies: the spread of the weights, He's or twice that. Prints
the norm of dL/dz in the first and last hidden layer, and the loss before and
after one step.
"""

# --8<-- [start:network]
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

pixels, labels = load_digits(return_X_y=True)
x, y = pixels[:128] / 16, labels[:128]  # (128, 64) and (128,)
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def build(scale):
    """Eleven layers; a hidden weight has the variance scale / fan-in."""
    layers = []
    for _ in range(10):
        weights = keras.initializers.VarianceScaling(scale)
        layers.append(keras.layers.Dense(64, kernel_initializer=weights))
    layers.append(keras.layers.Dense(10))
    return layers


# --8<-- [end:network]


# --8<-- [start:step]
def forward(layers):
    """z of every layer; that of the last are the logits."""
    a = tf.constant(x, "float32")
    pre_activations = []
    for layer in layers:
        pre_activations.append(layer(a))
        a = tf.nn.relu(pre_activations[-1])
    return pre_activations


grown = {}  # dL/dz, first hidden layer over last
losses = {}  # before a step and after it
for name, scale in (("he", 2.0), ("twice", 8.0)):
    keras.utils.set_random_seed(0)
    layers = build(scale)
    with tf.GradientTape() as tape:
        pre_activations = forward(layers)
        before = cross_entropy(y, pre_activations[-1])
    kernels = [layer.kernel for layer in layers]
    by_weight, by_z = tape.gradient(before, (kernels, pre_activations))
    keras.optimizers.SGD(0.1).apply(by_weight, kernels)
    after = cross_entropy(y, forward(layers)[-1])
    grown[name] = np.linalg.norm(by_z[0]) / np.linalg.norm(by_z[9])
    losses[name] = {"before": float(before), "after": float(after)}
    print(f"{name:5}  dL/dz grows {grown[name]:.1f} times;", end=" ")
    print(f"a step takes the loss from {before:.1e} to {after:.1e}")
# --8<-- [end:step]
