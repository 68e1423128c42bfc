"""Which faults of layers and their gradients does the gradient doctor name?

Fixed: digits, dense layers of width 32, one seed, before training. Varies: a
fault, and what mends it.
"""

import keras
import numpy as np
from before_after import compare
from gradient_doctor import examine
from keras import layers, ops
from keras.initializers import HeNormal, RandomNormal, Zeros
from sklearn.datasets import load_digits

x, y = load_digits(return_X_y=True)
x = (x / 16).astype("float32")


def network(*hidden):
    """A compiled classifier with these hidden layers."""
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((64,)), *hidden])
    model.add(layers.Dense(10, "softmax"))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def dense(count, activation, initializer="glorot_uniform"):
    keras.utils.clear_session()  # names begin anew
    return [
        layers.Dense(32, activation, kernel_initializer=initializer)
        for _ in range(count)
    ]


def normalized(count, activation):
    parts = []
    for layer in dense(count, None):
        parts += [layer, layers.BatchNormalization()]
        parts += [layers.Activation(activation)]
    return parts


found = {}  # kind -> findings before and after

# --8<-- [start:vanishing]
small = RandomNormal(stddev=0.05)
sick = examine(network(*dense(12, "tanh", small)), x, y)

well = examine(network(*dense(12, "tanh", "glorot_uniform")), x, y)
# --8<-- [end:vanishing]
found["vanishing"] = compare("vanishing", sick, well)

# --8<-- [start:exploding]
wide = RandomNormal(stddev=1.0)
sick = examine(network(*dense(6, "relu", wide)), x, y)

well = examine(network(*dense(6, "relu", HeNormal())), x, y)
# --8<-- [end:exploding]
found["exploding"] = compare("exploding", sick, well)

# --8<-- [start:collapsed]
sick = examine(network(*dense(6, "sigmoid")), x, y)

well = examine(network(*normalized(6, "sigmoid")), x, y)
# --8<-- [end:collapsed]
found["collapsed"] = compare("collapsed", sick, well)

# --8<-- [start:saturated]
wide = RandomNormal(stddev=2.0)
sick = examine(network(*dense(2, "tanh", wide)), x, y)

well = examine(network(*dense(2, "tanh", "glorot_uniform")), x, y)
# --8<-- [end:saturated]
found["saturated"] = compare("saturated", sick, well)

# --8<-- [start:dead]
model = network(*dense(2, "relu"))
model.layers[1].bias.assign(np.full(32, -9.0))  # as a huge step may leave it
sick = examine(model, x, y)

well = examine(network(*dense(2, "relu")), x, y)
# --8<-- [end:dead]
found["dead"] = compare("dead", sick, well)

# --8<-- [start:weights-alike]
sick = examine(network(*dense(2, "tanh", Zeros())), x, y)

well = examine(network(*dense(2, "tanh", "glorot_uniform")), x, y)
# --8<-- [end:weights-alike]
found["weights_alike"] = compare("weights-alike", sick, well)

# --8<-- [start:zero-gradient]
model = network(*dense(2, "sigmoid"))
model.layers[0].bias.assign(np.full(32, -200.0))  # e to the -200 is no float32
sick = examine(model, x, y)

well = examine(network(*dense(2, "sigmoid")), x, y)
# --8<-- [end:zero-gradient]
found["zero_gradient"] = compare("zero-gradient", sick, well)

# --8<-- [start:disconnected]
first, second = dense(2, "relu")
cut = layers.Lambda(ops.stop_gradient)
sick = examine(network(first, cut, second), x, y)

well = examine(network(*dense(2, "relu")), x, y)
# --8<-- [end:disconnected]
found["disconnected"] = compare("disconnected", sick, well)

# --8<-- [start:frozen]
model = network(*dense(2, "relu"))
model.trainable = False
model.compile("adam", "sparse_categorical_crossentropy")
sick = examine(model, x, y)

model.trainable = True
model.compile("adam", "sparse_categorical_crossentropy")
well = examine(model, x, y)
# --8<-- [end:frozen]
found["frozen"] = compare("frozen", sick, well)

# --8<-- [start:non-finite]
logarithm = layers.Lambda(lambda z: ops.log(ops.relu(z)))
sick = examine(network(*dense(1, None), logarithm), x, y)

logarithm = layers.Lambda(lambda z: ops.log(1 + ops.relu(z)))
well = examine(network(*dense(1, None), logarithm), x, y)
# --8<-- [end:non-finite]
found["non_finite"] = compare("non-finite", sick, well)
