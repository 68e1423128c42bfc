"""Which misfits of output, loss and labels does the gradient doctor name?

Fixed: digits, or points of two classes, a network with one hidden layer, one
seed, before training. Varies: a misfit, and what fits.
"""

import keras
import numpy as np
from before_after import compare
from gradient_doctor import examine
from keras import layers
from sklearn.datasets import load_digits

digits, labels = load_digits(return_X_y=True)
digits = (digits / 16).astype("float32")
one_hot = keras.utils.to_categorical(labels)  # (samples, 10)
is_large = (labels > 4).astype("float32")[:, None]  # (samples, 1)


def network(units, activation, loss):
    """One hidden layer, and an output as it is told."""
    keras.utils.clear_session()  # names begin anew
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((64,))])
    model.add(layers.Dense(32, "relu"))
    model.add(layers.Dense(units, activation))
    model.compile("adam", loss)
    return model


found = {}  # kind -> findings before and after

# --8<-- [start:output-activation]
model = network(10, "relu", "categorical_crossentropy")
sick = examine(model, digits, one_hot)

model = network(10, "softmax", "categorical_crossentropy")
well = examine(model, digits, one_hot)
# --8<-- [end:output-activation]
found["output_activation"] = compare("output-activation", sick, well)

# --8<-- [start:output-logits]
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
sick = examine(network(10, "softmax", loss), digits, labels)

well = examine(network(10, None, loss), digits, labels)
# --8<-- [end:output-logits]
found["output_logits"] = compare("output-logits", sick, well)

# --8<-- [start:loss-constant]
model = network(1, "sigmoid", "categorical_crossentropy")
sick = examine(model, digits, is_large)

model = network(1, "sigmoid", "binary_crossentropy")
well = examine(model, digits, is_large)
# --8<-- [end:loss-constant]
found["loss_constant"] = compare("loss-constant", sick, well)

# --8<-- [start:labels-range]
model = network(1, "sigmoid", "binary_crossentropy")
sick = examine(model, digits, labels[:, None])  # from 0 to 9

model = network(10, "softmax", "sparse_categorical_crossentropy")
well = examine(model, digits, labels)
# --8<-- [end:labels-range]
found["labels_range"] = compare("labels-range", sick, well)


# --8<-- [start:labels-shape]
class Distance(keras.losses.Loss):
    def call(self, y, output):
        return keras.ops.mean((y - output) ** 2)


model = network(1, None, Distance())
sick = examine(model, digits, is_large[:, 0])  # (n,) against (n, 1)

well = examine(network(1, None, Distance()), digits, is_large)
# --8<-- [end:labels-shape]
found["labels_shape"] = compare("labels-shape", sick, well)

# --8<-- [start:labels-several]
# Is the digit even, is it large? Both may hold.
questions = np.stack([labels % 2 == 0, labels > 4], axis=1).astype("float32")
model = network(2, "softmax", "categorical_crossentropy")
sick = examine(model, digits, questions)

model = network(2, "sigmoid", "binary_crossentropy")
well = examine(model, digits, questions)
# --8<-- [end:labels-several]
found["labels_several"] = compare("labels-several", sick, well)
