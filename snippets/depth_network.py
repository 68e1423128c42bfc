"""How much of the error reaches the first layer of a deeper network?

Fixed: sigmoid layers of 64 units, Keras' own weights (Glorot), a batch of 128
digits, one seed, before training. Varies: the number of hidden layers. Prints
the norm of dL/dz in the first hidden layer over that in the last one.
"""

# --8<-- [start:network]
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

pixels, labels = load_digits(return_X_y=True)
x, y = pixels[:128] / 16, labels[:128]  # (128, 64) and (128,)
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

left = {}
for depth in (5, 10, 20):
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(64) for _ in range(depth)]
    layers.append(keras.layers.Dense(10))
    with tf.GradientTape() as tape:
        a = tf.constant(x, "float32")
        pre_activations = []
        for layer in layers:
            z = layer(a)
            pre_activations.append(z)
            a = tf.sigmoid(z)
        loss = cross_entropy(y, z)
    by_z = tape.gradient(loss, pre_activations)  # dL/dz of each layer
    norms = [np.linalg.norm(g.numpy().astype("float64")) for g in by_z]
    left[depth] = norms[0] / norms[-2]  # the head is no hidden layer
    print(f"{depth:2} hidden layers: {left[depth]:.0e} is left")
# --8<-- [end:network]

# The factor of one layer, from either depth.
factor_of_five = left[5] ** (1 / 4)
factor_of_twenty = left[20] ** (1 / 19)
