"""How much of the error reaches each input of a sequence?

Fixed: one recurrent layer of 32 units with Keras' own weights, 64 sequences of
101 random steps, labels at random, one seed, before training. Varies: the
layer. Prints the norm of dL/dx by steps back in time, the last step's being
one.
"""

# --8<-- [start:network]
import keras
import numpy as np
import tensorflow as tf

rng = np.random.default_rng(0)
x = tf.constant(rng.normal(size=(64, 101, 8)), "float32")  # 101 steps in time
y = rng.integers(0, 4, 64)
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
LAYERS = {
    "SimpleRNN": keras.layers.SimpleRNN,
    "GRU": keras.layers.GRU,
    "LSTM": keras.layers.LSTM,
}

left = {}  # at the first of all inputs
for name, layer in LAYERS.items():
    keras.utils.set_random_seed(0)
    model = keras.Sequential([layer(32), keras.layers.Dense(4)])
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = cross_entropy(y, model(x))
    by_input = tape.gradient(loss, x).numpy().astype("float64")
    norms = np.linalg.norm(by_input, axis=(0, 2))  # of each step in time
    by_lag = norms[::-1] / norms[-1]  # the last step first
    print(f"{name:9}", *[f"{by_lag[lag]:.0e}" for lag in (1, 10, 50, 100)])
    left[name] = by_lag[-1]
# --8<-- [end:network]
