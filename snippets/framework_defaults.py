"""What do Keras' defaults do to the gradient?

Fixed: width 64, twenty hidden layers, batches of 128 digits; fifty steps in
time; everything else as Keras has it where nothing is said. Varies: the
activation, the kind of recurrent layer. Five seeds where something is drawn.
Nothing is drawn as a figure.
"""

import keras
import numpy as np
import tensorflow as tf
from data import digits, draw_batches

SEEDS = range(5)
width = 64
depth = 20
batch_size = 128
time_steps = 50
x_train, _, y_train, _ = digits()
x, y = draw_batches(x_train, y_train, batch_size, SEEDS)
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def norm(gradient):
    """In float64: the squares of small float32 numbers are lost."""
    return float(np.linalg.norm(np.asarray(gradient, "float64")))


def find_by_z(x, y, activation, depth, **options):
    """dL/dz of all hidden layers, the nearest to the input first."""
    layers = [keras.layers.Dense(width, **options) for _ in range(depth)]
    head = keras.layers.Dense(10)
    with tf.GradientTape() as tape:
        a = tf.constant(x)
        all_z = []
        for layer in layers:
            z = layer(a)
            all_z.append(z)
            a = activation(z)
        loss = cross_entropy(y, head(a))
    return tape.gradient(loss, all_z)


factor = {"sigmoid": [], "tanh": [], "relu": []}  # of dL/dz, a layer
for seed, x_batch, y_batch in zip(SEEDS, x, y):
    for name in factor:
        keras.utils.set_random_seed(seed)
        activation = keras.activations.get(name)
        first, *_, last = find_by_z(x_batch, y_batch, activation, depth)
        ratio = norm(first) / norm(last)
        factor[name].append(ratio ** (1 / (depth - 1)))
factor = {name: np.array(values) for name, values in factor.items()}
left = {name: values ** (depth - 1) for name, values in factor.items()}

# The weights' variance times the number of inputs; the biases' spread.
keras.utils.set_random_seed(0)
dense = keras.layers.Dense(1000)
dense.build((None, 1000))
variance = 1000 * float(np.var(dense.kernel))
bias_spread = 1000**0.5 * float(np.std(dense.bias))

# Hidden layers back from the head until float32's dL/dz is exactly zero.
until_zero = []
for seed, x_batch, y_batch in zip(SEEDS, x, y):
    keras.utils.set_random_seed(seed)
    by_z = find_by_z(
        x_batch, y_batch, tf.sigmoid, 60, kernel_initializer="random_normal"
    )
    is_zero = [norm(g) == 0 for g in reversed(by_z)]
    until_zero.append(1 + is_zero.index(True))
until_zero = np.array(until_zero)
smallest_normal = float(np.finfo("float32").tiny)
product = float(tf.constant(1e-30) * tf.constant(1e-10))

# dL/dx of the first step over that of the last, as a factor for one step.
step_factor = {"simple": [], "lstm": [], "gru": []}
KINDS = (keras.layers.SimpleRNN, keras.layers.LSTM, keras.layers.GRU)
for seed in SEEDS:
    keras.utils.set_random_seed(seed)
    sequence = tf.random.normal((32, time_steps, width))
    for name, kind in zip(step_factor, KINDS):
        with tf.GradientTape() as tape:
            tape.watch(sequence)
            h = kind(width)(sequence)  # of the last step
            loss = tf.reduce_sum(h * tf.random.normal(h.shape))
        by_x = tape.gradient(loss, sequence)
        ratio = norm(by_x[:, 0]) / norm(by_x[:, -1])
        step_factor[name].append(ratio ** (1 / (time_steps - 1)))
step_factor = {name: np.array(each) for name, each in step_factor.items()}
steps_left = {
    name: values ** (time_steps - 1) for name, values in step_factor.items()
}

lstm = keras.layers.LSTM(width)
lstm.build((None, time_steps, width))
forget_bias = float(np.mean(lstm.cell.bias[width : 2 * width]))


def find_update(optimizer, gradient):
    """The first update over the learning rate, of a weight at zero."""
    weight = keras.Variable(np.zeros(1, "float32"))
    optimizer.build([weight])
    optimizer.apply([tf.constant([gradient])], [weight])
    return float(-weight[0] / optimizer.learning_rate)


sizes = {"of_4": 1e-4, "of_6": 1e-6, "of_8": 1e-8, "of_10": 1e-10}
adam = {n: find_update(keras.optimizers.Adam(), g) for n, g in sizes.items()}
rmsprop = {
    n: find_update(keras.optimizers.RMSprop(), g) for n, g in sizes.items()
}
# Of a first step that epsilon does not touch: of the correction alone.
adam_error = abs(find_update(keras.optimizers.Adam(), 1e4) - 1)
adam_epsilon = keras.optimizers.Adam().epsilon
correction = 1 / (1 - keras.optimizers.Adam().beta_2) ** 0.5
rmsprop_epsilon = keras.optimizers.RMSprop().epsilon
rmsprop_rho = keras.optimizers.RMSprop().rho

# A step with momentum after the rate was divided by ten, over one before.
weight = keras.Variable([0.0])
optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
optimizer.build([weight])
places = []
for rate in [0.1] * 50 + [0.01]:
    optimizer.learning_rate = rate
    optimizer.apply([tf.constant([1.0])], [weight])
    places.append(float(weight[0]))
before, after = np.diff(places)[-2:]
after_drop = after / before


def clip(**options):
    """Norm of an update of two tensors whose gradients have norms 3 and 4."""
    weights = [keras.Variable([0.0]), keras.Variable([0.0])]
    optimizer = keras.optimizers.SGD(1.0, **options)
    optimizer.build(weights)
    optimizer.apply([tf.constant([3.0]), tf.constant([4.0])], weights)
    return norm([float(weight[0]) for weight in weights])


clipped = {"each": clip(clipnorm=1), "all": clip(global_clipnorm=1)}

normalize = keras.layers.BatchNormalization()
norm_epsilon = normalize.epsilon
norm_keeps = normalize.momentum  # share of the old average that a step keeps
layer_norm_epsilon = keras.layers.LayerNormalization().epsilon
small_spread = 0.01  # of z, before it is normalized
z = tf.random.normal((batch_size, width), stddev=small_spread)
with tf.GradientTape(persistent=True) as tape:
    tape.watch(z)
    weights = tf.random.normal(z.shape)
    loss = tf.reduce_sum(weights * normalize(z, training=True))
    exact = keras.layers.BatchNormalization(epsilon=1e-12)
    exact_loss = tf.reduce_sum(weights * exact(z, training=True))
# dL/dz over what it is where epsilon is next to nothing.
norm_share = norm(tape.gradient(loss, z)) / norm(tape.gradient(exact_loss, z))

minus_one, one = tf.constant([-1.0]), tf.constant([1.0])
leaky_layer = -float(keras.layers.LeakyReLU()(minus_one)[0])
leaky_slope = -float(keras.activations.leaky_relu(minus_one)[0])
exact_gelu = 0.8413447460685429  # of one: the normal distribution's share
gelu_error = abs(float(keras.activations.gelu(one)[0]) - exact_gelu)


def find_saturated(z, label, loss):
    """|dL/dz|, which is one but for a tiny share, on the wrong side."""
    z = tf.constant([[z]])
    with tf.GradientTape() as tape:
        tape.watch(z)
        value = loss(tf.constant([[label]]), z)
    return abs(float(tape.gradient(value, z)[0, 0]))


def of_probability(label, z):
    return keras.losses.BinaryCrossentropy()(label, tf.sigmoid(z))


of_logit = keras.losses.BinaryCrossentropy(from_logits=True)
saturated = {
    "over_20": find_saturated(20.0, 0.0, of_probability),
    "under_20": find_saturated(-20.0, 1.0, of_probability),
    "under_40": find_saturated(-40.0, 1.0, of_probability),
    "logit": find_saturated(-40.0, 1.0, of_logit),
    # In a compiled step, where the loss can see what made its input.
    "compiled": find_saturated(-40.0, 1.0, tf.function(of_probability)),
}

print(f"dL/dz a layer: {[f'{f.mean():.3f}' for f in factor.values()]}")
print(f"zero after {until_zero} layers; 1e-30 * 1e-10 = {product}")
print(f"dL/dx a step: {[f'{f.mean():.3f}' for f in step_factor.values()]}")
print(f"Adam's first updates: {[f'{u:.2g}' for u in adam.values()]}")
print(f"error of its correction: {adam_error:.0e}")
print(f"RMSprop's: {[f'{u:.2g}' for u in rmsprop.values()]}")
print(f"after the rate's drop: {after_drop:.2f}; clipped: {clipped}")
print(f"batch normalization lets through {norm_share:.2f}")
print(f"saturated: {saturated}")
