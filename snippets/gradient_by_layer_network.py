"""Is the gradient of this network the same in all layers?

Fixed: twenty tanh layers of 64 units, small weights, a batch of 128 digits,
one seed, before training. Prints the norms of dL/dW and of dL/dz of some
layers.
"""

# --8<-- [start:network]
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

keras.utils.set_random_seed(0)
pixels, labels = load_digits(return_X_y=True)
x, y = pixels[:128] / 16, labels[:128]  # (128, 64) and (128,)

layers = []
for _ in range(20):
    layers.append(keras.layers.Dense(64, kernel_initializer="random_normal"))
layers.append(keras.layers.Dense(10))
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def norm(gradient):
    """In float64: the squares of small float32 numbers are lost."""
    return np.linalg.norm(gradient.numpy().astype("float64"))


# --8<-- [end:network]
# --8<-- [start:gradients]
with tf.GradientTape() as tape:
    a = tf.constant(x, "float32")
    pre_activations = []
    for layer in layers:
        z = layer(a)
        pre_activations.append(z)
        a = tf.tanh(z)
    loss = cross_entropy(y, z)
kernels = [layer.kernel for layer in layers]
by_weight, by_z = tape.gradient(loss, (kernels, pre_activations))

print("layer    dL/dW    dL/dz")
weight_norms = {}
z_norms = {}
for number in (1, 5, 10, 15, 20):
    weight_norms[number] = norm(by_weight[number - 1])
    z_norms[number] = norm(by_z[number - 1])
    print(f"{number:5}  {weight_norms[number]:.1e}  {z_norms[number]:.1e}")
# --8<-- [end:gradients]

# First hidden layer over the last one.
weight_ratio = weight_norms[1] / weight_norms[20]
z_ratio = z_norms[1] / z_norms[20]
