"""Which faults of the step does the gradient doctor name, before training?

Fixed: digits, one hidden layer of 32 units, one seed. Varies: an optimizer,
loss or penalty whose step is at fault, and one whose step is not.
"""

import keras
from before_after import compare
from gradient_doctor import examine
from keras import layers
from keras.optimizers import SGD, Adam
from sklearn.datasets import load_digits

x, y = load_digits(return_X_y=True)
x = (x / 16).astype("float32")
cross_entropy = "sparse_categorical_crossentropy"


def network(optimizer, loss=cross_entropy, penalty=None, dtype="float32"):
    keras.utils.clear_session()  # names begin anew
    keras.utils.set_random_seed(1)
    options = {"kernel_regularizer": penalty, "dtype": dtype}
    model = keras.Sequential([keras.Input((64,))])
    model.add(layers.Dense(32, "relu", **options))
    model.add(layers.Dense(10, "softmax", **options))
    model.compile(optimizer, loss)
    return model


found = {}  # kind -> findings before and after

# --8<-- [start:step-large]
sick = examine(network(SGD(100.0)), x, y)

well = examine(network(SGD(0.1)), x, y)
# --8<-- [end:step-large]
found["step_large"] = compare("step-large", sick, well)

# --8<-- [start:step-small]
sick = examine(network(Adam(1e-8)), x, y)

well = examine(network(Adam(1e-3)), x, y)
# --8<-- [end:step-small]
found["step_small"] = compare("step-small", sick, well)

# --8<-- [start:step-none]
sick = examine(network(SGD(0.0)), x, y)

well = examine(network(SGD(0.1)), x, y)
# --8<-- [end:step-none]
found["step_none"] = compare("step-none", sick, well)

# --8<-- [start:step-clipped]
sick = examine(network(SGD(0.1, clipnorm=0.0001)), x, y)

well = examine(network(SGD(0.1, clipnorm=1.0)), x, y)
# --8<-- [end:step-clipped]
found["step_clipped"] = compare("step-clipped", sick, well)

# --8<-- [start:step-epsilon]
half = network(Adam(1e-3, epsilon=1e-8), dtype="float16")
sick = examine(half, x, y)

mixed = network(Adam(1e-3, epsilon=1e-8), dtype="mixed_float16")
well = examine(mixed, x, y)
# --8<-- [end:step-epsilon]
found["step_epsilon"] = compare("step-epsilon", sick, well)

# --8<-- [start:loss-summed]
summed = keras.losses.SparseCategoricalCrossentropy(reduction="sum")
sick = examine(network(SGD(0.1), summed), x, y)

well = examine(network(SGD(0.1), cross_entropy), x, y)
# --8<-- [end:loss-summed]
found["loss_summed"] = compare("loss-summed", sick, well)

# --8<-- [start:penalty]
strong = keras.regularizers.L2(1.0)
sick = examine(network(Adam(1e-3), penalty=strong), x, y)

weak = keras.regularizers.L2(1e-4)
well = examine(network(Adam(1e-3), penalty=weak), x, y)
# --8<-- [end:penalty]
found["penalty"] = compare("penalty", sick, well)
