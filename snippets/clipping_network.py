"""What does each of Keras' three ways to clip do to a gradient?

Fixed: ten hidden ReLU layers of 64 units with twice He's spread, a batch of
128 digits, one seed, a limit of one. Varies: the way. Prints the length of the
step and its direction, then what becomes of a gradient with one entry that is
infinite or no number.
"""

# --8<-- [start:network]
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

pixels, labels = load_digits(return_X_y=True)
x, y = pixels[:128] / 16, labels[:128]  # (128, 64) and (128,)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

keras.utils.set_random_seed(0)
model = keras.Sequential()
for _ in range(10):
    weights = keras.initializers.VarianceScaling(8.0)  # He's have two
    model.add(keras.layers.Dense(64, "relu", kernel_initializer=weights))
model.add(keras.layers.Dense(10))
with tf.GradientTape() as tape:
    error = loss(y, model(x))
gradient = tape.gradient(error, model.trainable_variables)
# --8<-- [end:network]


# --8<-- [start:clip]
def take_step(gradient, **clipping):
    """What SGD at a rate of one moves each weight by, in float64."""
    weights = [keras.Variable(tf.zeros_like(part)) for part in gradient]
    keras.optimizers.SGD(1.0, **clipping).apply(gradient, weights)
    return [-weight.numpy().astype("float64") for weight in weights]


def join(parts):
    return np.concatenate([part.ravel() for part in parts])


raw = join(take_step(gradient))
print(f"unclipped: length {np.linalg.norm(raw):.0f}")
cosine = {}  # with the gradient
for way in ("global_clipnorm", "clipnorm", "clipvalue"):
    step = join(take_step(gradient, **{way: 1.0}))
    length = np.linalg.norm(step)
    cosine[way] = raw @ step / np.linalg.norm(raw) / length
    print(f"{way}: length {length:.1f}, cosine {cosine[way]:.2f}")
# --8<-- [end:clip]

# --8<-- [start:broken]
broken = {}  # entries of the step that are no number
for name, value in {"infinite": np.inf, "nan": np.nan}.items():
    first = gradient[0].numpy()
    first[0, 0] = value
    spoiled = [tf.constant(first), *gradient[1:]]
    for way in ("global_clipnorm", "clipnorm", "clipvalue"):
        step = join(take_step(spoiled, **{way: 1.0}))
        count = int(np.isnan(step).sum())
        broken[f"{way}_{name}"] = count
        print(f"one entry {name}, {way}: {count} of {len(step)} are NaN")
# --8<-- [end:broken]
num_weights = len(raw)
