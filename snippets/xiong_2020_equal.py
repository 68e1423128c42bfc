"""Does post-norm fail without warm-up because some gradients are large?

Fixed: six blocks of width 32 with four heads, Glorot weights, 120 steps on 16
digits each, without warm-up. Varies: plain Adam, or Adam on gradients of which
each kernel's has norm one; and where layer normalization stands. Five seeds,
each with weights and batches of its own. It finds test accuracies.
"""

import keras
import tensorflow as tf
from blocks import TransformerStack
from data import digits
from stack import accuracy, train

SEEDS = range(5)
depth = 6
width = 32
steps = 120
batch_size = 16
rate = 0.004
x_train, x_test, y_train, y_test = digits()


# --8<-- [start:equal]
class EqualAdam(keras.optimizers.Adam):
    """Adam on gradients of one size: each member's, of each kernel."""

    def apply(self, grads, trainable_variables=None):
        equal = []
        for grad in grads:  # (members, ...)
            square = tf.reduce_sum(
                grad**2, list(range(1, len(grad.shape))), keepdims=True
            )
            equal.append(grad * tf.math.rsqrt(square + 1e-20))
        super().apply(equal, trainable_variables)


reached = {}  # test accuracy: (seeds,)
for name, place, optimizer in (
    ("post", "post", keras.optimizers.Adam(rate)),
    ("post_equal", "post", EqualAdam(rate)),
    ("pre_equal", "pre", EqualAdam(rate)),
):
    stack = TransformerStack(depth, width, SEEDS, place)
    train(stack, x_train, y_train, steps, optimizer, batch_size)
    reached[name] = accuracy(stack, x_test, y_test)
# --8<-- [end:equal]
