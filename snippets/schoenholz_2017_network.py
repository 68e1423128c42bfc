"""Does what vanishes forward vanish backward, and what explodes explode?

Fixed: 20 tanh layers of width 200, biases of variance 0.05, before training,
one seed. Varies: the variance of the weights. It prints how alike two digits
are in the last layer, and dL/dz of the first layer over that of the last.
"""

# --8<-- [start:network]
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

depth, width = 20, 200
data = load_digits()
two = tf.constant(data.data[:2] / 16, "float32")  # a zero and a one


def build_layers(weight_variance):
    """weight_variance: times the number of inputs, as in the paper."""
    keras.utils.set_random_seed(0)
    weights = keras.initializers.VarianceScaling(weight_variance)
    biases = keras.initializers.RandomNormal(stddev=0.05**0.5)
    config = {"kernel_initializer": weights, "bias_initializer": biases}
    return [keras.layers.Dense(width, **config) for _ in range(depth)]


# --8<-- [end:network]

# --8<-- [start:measure]
VARIANCES = {"ordered": 0.5, "critical": 1.76, "chaotic": 4}
alike, left = {}, {}
for phase, variance in VARIANCES.items():
    a, all_z = two, []
    head = keras.layers.Dense(10)
    with tf.GradientTape() as tape:
        for layer in build_layers(variance):
            z = layer(a)
            tape.watch(z)
            all_z.append(z)
            a = tf.tanh(z)
        each = tf.nn.sparse_softmax_cross_entropy_with_logits([0, 1], head(a))
        loss = tf.reduce_mean(each)
    first, last = tape.gradient(loss, [all_z[0], all_z[-1]])
    left[phase] = np.linalg.norm(first) / np.linalg.norm(last)
    alike[phase] = np.corrcoef(all_z[-1])[0, 1]
    print(f"{phase:8}  alike {alike[phase]:5.2f}  first/last {left[phase]:.0e}")
# --8<-- [end:measure]
