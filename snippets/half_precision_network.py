"""What becomes of a small loss in half precision?

Fixed: three sigmoid layers of width 64, Glorot weights, Adam, 30 epochs of
digits, the loss multiplied by a ten-thousandth; one network of each kind.
Varies: the format in which layers compute, and loss scaling. It prints the test
accuracy, and the share of exact zeros in the first layer's gradient before
training.
"""

# --8<-- [start:data]
import keras
import tensorflow as tf
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

x, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(
    x / 16, y, test_size=360, random_state=0
)
# --8<-- [end:data]


# --8<-- [start:network]
def build_network(policy):
    """Layers that compute as `policy` says; the weights are float32."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((64,))])
    for _ in range(3):
        model.add(keras.layers.Dense(64, "sigmoid", dtype=policy))
    model.add(keras.layers.Dense(10, dtype="float32"))  # logits
    return model


def share_of_zeros(model, scale):
    """Of the first layer's dL/dW, for the loss times `scale`."""
    with tf.GradientTape() as tape:
        logits = model(x_train[:128])
        loss = scale * cross_entropy(y_train[:128], logits)
    gradient = tape.gradient(loss, model.layers[0].kernel)
    return float(tf.reduce_mean(tf.cast(gradient == 0, "float32")))


# --8<-- [end:network]
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
loss_weight = 1e-4
zeros = {}
accuracy = {}

# --8<-- [start:train]
for name, policy, scale in (
    ("float32", "float32", 1),
    ("float16", "mixed_float16", 1),
    ("scaled", "mixed_float16", 2**15),
    ("bfloat16", "mixed_bfloat16", 1),
):
    model = build_network(policy)
    zeros[name] = share_of_zeros(model, scale * loss_weight)
    adam = keras.optimizers.Adam(0.003)
    if scale > 1:  # the scale to begin with, here Keras' own
        adam = keras.optimizers.LossScaleOptimizer(adam, initial_scale=scale)
    model.compile(adam, cross_entropy, loss_weight, ["accuracy"])
    model.fit(x_train, y_train, batch_size=128, epochs=30, verbose=0)
    _, accuracy[name] = model.evaluate(x_test, y_test, verbose=0)
    print(f"{name:8} zeros {zeros[name]:4.0%}, accuracy {accuracy[name]:.2f}")
# --8<-- [end:train]
