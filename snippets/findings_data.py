"""Which faults of the data does the gradient doctor name, before training?

Fixed: a table of four columns, one small network, one seed. Varies: a fault
of the data, and the same data without it.
"""

import keras
import numpy as np
import tensorflow as tf
from before_after import compare
from gradient_doctor import examine
from keras import layers

# A point belongs to one of two classes, by the signs of its first columns.
rng = np.random.default_rng(0)
x = rng.normal(size=(512, 4)).astype("float32")
y = (x[:, :1] * x[:, 1:2] > 0).astype("float32")  # (512, 1)


def classifier():
    keras.utils.clear_session()  # names begin anew
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((4,))])
    model.add(layers.Dense(32, "relu"))
    model.add(layers.Dense(1, "sigmoid"))
    model.compile("adam", "binary_crossentropy")
    return model


def regression():
    keras.utils.clear_session()
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((4,))])
    model.add(layers.Dense(32, "relu"))
    model.add(layers.Dense(1))
    model.compile("adam", "mse")
    return model


found = {}  # kind -> findings before and after

# --8<-- [start:data-not-finite]
holed = x.copy()
holed[::50, 2] = np.nan
sick = examine(classifier(), holed, y)

whole = ~np.isnan(holed).any(axis=1)
well = examine(classifier(), holed[whole], y[whole])
# --8<-- [end:data-not-finite]
found["data_not_finite"] = compare("data-not-finite", sick, well)

# --8<-- [start:data-scale]
mixed = x * [1, 1, 10_000, 1] + [0, 0, 0, 500]
sick = examine(classifier(), mixed, y)

scaled = (mixed - mixed.mean(axis=0)) / mixed.std(axis=0)
well = examine(classifier(), scaled, y)
# --8<-- [end:data-scale]
found["data_scale"] = compare("data-scale", sick, well)

# --8<-- [start:data-constant]
marked = (x > 50).astype("float32")  # a threshold of another unit
sick = examine(classifier(), marked, y)

marked = (x > 0).astype("float32")
well = examine(classifier(), marked, y)
# --8<-- [end:data-constant]
found["data_constant"] = compare("data-constant", sick, well)

# --8<-- [start:labels-constant]
sick = examine(classifier(), x, np.ones_like(y))

well = examine(classifier(), x, y)
# --8<-- [end:labels-constant]
found["labels_constant"] = compare("labels-constant", sick, well)

# --8<-- [start:labels-scale]
prices = 300_000 + 50_000 * x[:, :1] * x[:, 1:2]
sick = examine(regression(), x, prices)

scaled = (prices - prices.mean()) / prices.std()
well = examine(regression(), x, scaled)
# --8<-- [end:labels-scale]
found["labels_scale"] = compare("labels-scale", sick, well)

# --8<-- [start:labels-unrelated]
shuffled = rng.permutation(x)  # and y is not
sick = examine(classifier(), shuffled, y)

order = rng.permutation(len(x))
well = examine(classifier(), x[order], y[order])
# --8<-- [end:labels-unrelated]
found["labels_unrelated"] = compare("labels-unrelated", sick, well)

# --8<-- [start:data-order]
by_class = np.argsort(y[:, 0], kind="stable")
pairs = tf.data.Dataset.from_tensor_slices((x[by_class], y[by_class]))
sick = examine(classifier(), pairs.batch(32))

well = examine(classifier(), pairs.shuffle(512, seed=0).batch(32))
# --8<-- [end:data-order]
found["data_order"] = compare("data-order", sick, well)
