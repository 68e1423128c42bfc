"""Where does the gradient go in a transformer before training?

Fixed: twelve blocks of width 32 with four heads, Keras' own weights, 128 digits
whose rows are eight tokens, one seed. Varies: where layer normalization stands.
Prints the norm of dL/dh at the output of the first block over the last one's.
"""

# --8<-- [start:data]
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

pixels, labels = load_digits(return_X_y=True)
tokens = tf.constant(pixels[:128].reshape(-1, 8, 8) / 16, "float32")
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
# --8<-- [end:data]


# --8<-- [start:block]
def make_block(place):
    """A function of the tokens' vectors h: (batch, tokens, 32)."""
    attend = keras.layers.MultiHeadAttention(num_heads=4, key_dim=8)
    widen = keras.layers.Dense(64, "relu")
    narrow = keras.layers.Dense(32)
    norms = [keras.layers.LayerNormalization() for _ in range(2)]

    def block(h):
        branches = (lambda a: attend(a, a), lambda a: narrow(widen(a)))
        for branch, norm in zip(branches, norms):
            if place == "pre":
                h = h + branch(norm(h))
            elif place == "post":
                h = norm(h + branch(h))
            else:
                h = h + branch(h)
        return h

    return block


# --8<-- [end:block]

# --8<-- [start:measure]
left = {}
for place in ("post", "pre", "none"):
    keras.utils.set_random_seed(0)
    positions = keras.random.normal((1, 8, 32))
    h = keras.layers.Dense(32)(tokens) + positions
    with tf.GradientTape() as tape:
        tape.watch(h)
        outputs = []
        for _ in range(12):
            h = make_block(place)(h)
            outputs.append(h)
        if place == "pre":
            h = keras.layers.LayerNormalization()(h)
        logits = keras.layers.Dense(10)(tf.reduce_mean(h, axis=1))
        loss = cross_entropy(labels[:128], logits)
    first, *_, last = tape.gradient(loss, outputs)
    left[place] = np.linalg.norm(first) / np.linalg.norm(last)
    print(f"{place:4} first block / last block: {left[place]:.2g}")
# --8<-- [end:measure]
