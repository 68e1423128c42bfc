"""Which faults of the loss's course does the gradient doctor name?

Fixed: digits, one hidden layer of 32 units, one seed, training with the
doctor as a callback. Varies: what the loss does, and what mends it.
"""

import warnings

import keras
import numpy as np
from before_after import compare
from gradient_doctor import GradientDoctor
from keras import layers
from keras.optimizers import SGD
from sklearn.datasets import load_digits

x, y = load_digits(return_X_y=True)
x = (x / 16).astype("float32")
is_large = (y > 4).astype("float32")[:, None]  # (samples, 1)
warnings.simplefilter("ignore")  # the doctor's, which are printed below


def network(*hidden, units=10, activation="softmax"):
    keras.utils.set_random_seed(1)
    head = layers.Dense(units, activation)
    return keras.Sequential([keras.Input((64,)), *hidden, head])


def watch(model, x, y, epochs=5):
    """The doctor's last report of a training."""
    doctor = GradientDoctor(x, y)
    model.fit(x, y, 64, epochs, verbose=0, callbacks=[doctor])
    return doctor.report


found = {}  # kind -> findings before and after

# --8<-- [start:loss-impossible]
model = network(layers.Dense(32, "relu"), units=1, activation="sigmoid")
model.compile("adam", "binary_crossentropy")
sick = watch(model, x, 5 * is_large)  # labels of 0 and 5

model = network(layers.Dense(32, "relu"), units=1, activation="sigmoid")
model.compile("adam", "binary_crossentropy")
well = watch(model, x, is_large)
# --8<-- [end:loss-impossible]
found["loss_impossible"] = compare("loss-impossible", sick, well)

# --8<-- [start:loss-rising]
model = network(layers.Dense(32, "relu"))
model.compile(SGD(-0.01), "sparse_categorical_crossentropy")
sick = watch(model, x, y)

model = network(layers.Dense(32, "relu"))
model.compile(SGD(0.01), "sparse_categorical_crossentropy")
well = watch(model, x, y)
# --8<-- [end:loss-rising]
found["loss_rising"] = compare("loss-rising", sick, well)

# --8<-- [start:loss-jumps]
wild = x.copy()
wild[100] *= 10_000  # one sample, far from all others
model = network(layers.Dense(32, "relu"))
model.compile(SGD(0.1), "sparse_categorical_crossentropy")
sick = watch(model, wild, y)

model = network(layers.Dense(32, "relu"))
model.compile(SGD(0.1), "sparse_categorical_crossentropy")
well = watch(model, np.clip(wild, 0, 1), y)
# --8<-- [end:loss-jumps]
found["loss_jumps"] = compare("loss-jumps", sick, well)

# --8<-- [start:loss-flat]
model = network(layers.Dense(32, "relu"))
model.compile(SGD(1e-6), "sparse_categorical_crossentropy")
sick = watch(model, x, y)

model = network(layers.Dense(32, "relu"))
model.compile(SGD(0.1), "sparse_categorical_crossentropy")
well = watch(model, x, y)
# --8<-- [end:loss-flat]
found["loss_flat"] = compare("loss-flat", sick, well)

# --8<-- [start:train-predict-gap]
far = 16 * x + 100  # from 100 to 116
slow = layers.BatchNormalization(momentum=0.9999)
model = network(slow, layers.Dense(32, "relu"))
model.compile("adam", "sparse_categorical_crossentropy")
sick = watch(model, far, y)

quick = layers.BatchNormalization(momentum=0.9)
model = network(quick, layers.Dense(32, "relu"))
model.compile("adam", "sparse_categorical_crossentropy")
well = watch(model, far, y)
# --8<-- [end:train-predict-gap]
found["train_predict_gap"] = compare("train-predict-gap", sick, well)
