"""A stack's members are what separate Keras models would be."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from snippets.stack import (
    Stack,
    accuracy,
    gradient_norms,
    gradients,
    losses,
    norms,
    split_activations,
    train,
    trainer,
)

SEEDS = (3, 7, 11)
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
Y = np.array([0, 1, 1, 0])
RNG = np.random.default_rng(0)
WIDE, LABELS = RNG.normal(size=(32, 10)).astype("float32"), RNG.integers(0, 4, 32)
SIZES, DEEP = (10, 16, 16, 16, 4), (10, *[12] * 5, 4)
NORMALIZATIONS = {
    "batch": lambda: keras.layers.BatchNormalization(momentum=0.9),
    "layer": lambda: keras.layers.LayerNormalization(),
}


def twin(
    stack, member, sizes, activation="relu", normalization=None, skip=0, slope=None, **_
):
    """A Keras model that starts from one member's weights, and its dense layers."""
    h = inputs = keras.Input((sizes[0],))
    layers = []
    for i, width in enumerate(sizes[1:-1]):
        layers.append(keras.layers.Dense(width, use_bias=not normalization))
        z = layers[-1](h)
        z = NORMALIZATIONS[normalization]()(z) if normalization else z
        f = (
            keras.layers.Activation(activation)
            if slope is None
            else keras.layers.LeakyReLU(negative_slope=slope)
        )
        h = keras.layers.Add()([h, skip * f(z)]) if skip and i else f(z)
    layers.append(keras.layers.Dense(sizes[-1]))
    model = keras.Model(inputs, layers[-1](h))
    for dense, kernel in zip(layers, stack.kernels):
        dense.kernel.assign(kernel[member])
    return model, layers


def loss_of(logits, y):
    if logits.shape[-1] == 1:
        return tf.reduce_mean(
            keras.losses.binary_crossentropy(
                y[:, None].astype("float32"), logits, from_logits=True
            )
        )
    return tf.reduce_mean(
        keras.losses.sparse_categorical_crossentropy(y, logits, from_logits=True)
    )


@pytest.fixture
def float64():
    def use(dtype):
        keras.config.set_floatx(dtype)
        keras.config.set_dtype_policy(
            dtype
        )  # of layers; it stops following floatx when the first layer is made
        return dtype

    yield use("float64")
    use("float32")


OPTIONS = {
    "sigmoid": {"activation": "sigmoid"},
    "tanh": {"activation": "tanh"},
    "relu, He": {"activation": "relu", "initializer": "he_normal"},
    "relu, orthogonal": {"activation": "relu", "initializer": "orthogonal"},
    "gelu, LeCun": {"activation": "gelu", "initializer": "lecun_normal"},
    "leaky": {"slope": 0.2},
    "batch normalization": {"activation": "sigmoid", "normalization": "batch"},
    "layer normalization": {"activation": "tanh", "normalization": "layer"},
    "skip connections": {"activation": "sigmoid", "skip": 1},
    "scaled skips": {"activation": "relu", "skip": 0.5},
    "normalized skips": {"activation": "relu", "normalization": "batch", "skip": 1},
    "layer-normalized skips": {
        "activation": "relu",
        "normalization": "layer",
        "skip": 1,
    },
}


@pytest.mark.parametrize("option", OPTIONS)
def test_a_member_s_first_gradients_are_those_of_a_separate_model(option):
    stack = Stack(SIZES, SEEDS, **OPTIONS[option])
    by_weight = gradient_norms(stack, WIDE, LABELS).kernels
    for member in range(len(SEEDS)):
        model, layers = twin(stack, member, SIZES, **OPTIONS[option])
        with tf.GradientTape() as tape:
            loss = loss_of(model(WIDE, training=True), LABELS)
        separate = tape.gradient(loss, [dense.kernel for dense in layers])
        np.testing.assert_allclose(
            by_weight[member], norms([g[None] for g in separate])[0], rtol=1e-5
        )


def train_alone(model, x, y, steps, optimizer):
    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = loss_of(model(x, training=True), y)
        optimizer.apply(
            tape.gradient(loss, model.trainable_variables), model.trainable_variables
        )

    for _ in range(steps):
        step()


def test_a_member_trains_as_a_separate_model_does():
    sizes = (2, 8, 8, 1)
    stack = Stack(sizes, SEEDS, "sigmoid")
    twins = [twin(stack, member, sizes, "sigmoid") for member in range(len(SEEDS))]
    train(stack, X, Y, 100, keras.optimizers.Adam())
    for member, (model, layers) in enumerate(twins):
        train_alone(model, X, Y, 100, keras.optimizers.Adam())
        for dense, kernel in zip(layers, stack.kernels):
            np.testing.assert_allclose(kernel[member], dense.kernel, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("option", OPTIONS)
def test_a_deep_member_trains_and_predicts_as_a_separate_model_does(option, float64):
    """In float64, where rounding cannot grow to hide a difference over the steps."""
    stack = Stack(DEEP, SEEDS, dtype=float64, **OPTIONS[option])
    model, layers = twin(stack, -1, DEEP, **OPTIONS[option])
    train(stack, WIDE, LABELS, 100, keras.optimizers.Adam())
    x = WIDE.astype("float64")
    train_alone(model, x, LABELS, 100, keras.optimizers.Adam())
    for dense, kernel in zip(layers, stack.kernels):
        np.testing.assert_allclose(kernel[-1], dense.kernel, atol=1e-6)
    np.testing.assert_allclose(stack(WIDE)[-1], model(x), atol=1e-5)


OPTIMIZERS = {
    "SGD": keras.optimizers.SGD,
    "momentum": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
    "RMSprop": keras.optimizers.RMSprop,
    "Adam": keras.optimizers.Adam,
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_learning_rate_per_member_is_that_member_s_alone(name, float64):
    rates, sizes = np.array([0.01, 0.1, 0.001]), (2, 8, 8, 1)
    together = Stack(sizes, SEEDS, "tanh", dtype=float64)
    train(together, X, Y, 20, OPTIMIZERS[name](lambda: rates[:, None, None]))
    for member, rate in enumerate(rates):
        alone = Stack(sizes, SEEDS[member : member + 1], "tanh", dtype=float64)
        train(alone, X, Y, 20, OPTIMIZERS[name](float(rate)))
        for one, other in zip(together.kernels, alone.kernels):
            np.testing.assert_allclose(one[member], other[0], atol=1e-6)


@pytest.mark.parametrize(
    "option",
    ["sigmoid", "batch normalization", "layer normalization", "skip connections"],
)
def test_members_are_independent(option):
    def trained(seeds):
        stack = Stack((2, 8, 8, 1), seeds, **OPTIONS[option])
        train(stack, X, Y, 20, keras.optimizers.Adam())
        return [kernel.numpy()[0] for kernel in stack.kernels]

    for one, other in zip(trained([1, 2]), trained([1, 9])):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_a_slope_and_an_initializer_may_differ_by_member():
    stack = Stack(
        (4, 4, 2), [5, 5], initializer=["he_normal", "glorot_normal"], slope=[0, 0.2]
    )
    he, glorot = stack.kernels[0].numpy()
    np.testing.assert_allclose(he, glorot * 2**0.5, rtol=1e-5)
    _, (z, _) = stack.forward(np.ones((1, 4)))
    a = stack.activation(z).numpy()
    np.testing.assert_allclose(
        a, np.where(z > 0, z, np.array([0, 0.2])[:, None, None] * z), rtol=1e-6
    )


def test_preactivation_gradients_are_the_derivatives_of_the_loss():
    """Against a finite difference: a bias shifts its z for every sample of a batch."""
    stack, step = Stack((10, 6, 6, 4), SEEDS, "tanh", dtype="float64"), 1e-5
    delta = gradients(stack, WIDE, LABELS).z[0].numpy().sum(axis=1)  # (members, width)
    bias = stack.biases[0]
    start, shifted = bias.numpy(), []
    for sign in (1, -1):
        bias.assign(start + sign * step * np.eye(6)[2])
        shifted.append(losses(stack(WIDE), LABELS).numpy())
    np.testing.assert_allclose(
        delta[:, 2], (shifted[0] - shifted[1]) / (2 * step), rtol=1e-6
    )


def test_epsilon_is_what_normalization_adds_to_a_variance():
    z = tf.constant([[[1.0], [3.0]]])  # of variance 1
    stack = Stack(SIZES, SEEDS, normalization="batch", epsilon=3.0)
    normalized = stack.standardize(tf.repeat(tf.repeat(z, 3, 0), 16, 2), 0, True)
    np.testing.assert_allclose(normalized[0, :, 0], [-0.5, 0.5], rtol=1e-6)


def test_batch_normalization_uses_averages_when_it_does_not_train():
    stack = Stack(SIZES, SEEDS, normalization="batch")
    one = stack(WIDE[:1])[:, 0]
    np.testing.assert_allclose(one, stack(WIDE)[:, 0], atol=1e-5)
    assert not np.allclose(stack(WIDE, training=True)[:, 0], one, atol=1e-2)


DEVIATIONS = {
    "random_normal": 0.05,
    "glorot_normal": (2 / 96) ** 0.5,
    "glorot_uniform": (2 / 96) ** 0.5,
    "he_normal": (2 / 64) ** 0.5,
    "he_uniform": (2 / 64) ** 0.5,
    "lecun_normal": (1 / 64) ** 0.5,
}


@pytest.mark.parametrize("name", DEVIATIONS)
def test_each_member_s_kernel_has_the_initializer_s_own_spread(name):
    kernel = Stack((64, 32, 2), range(20), initializer=name).kernels[0].numpy()
    assert kernel.shape == (20, 64, 32)
    # 2048 draws: one sigma of the deviation is 1.6 %, and these are five
    np.testing.assert_allclose(kernel.std(axis=(1, 2)), DEVIATIONS[name], rtol=0.08)
    np.testing.assert_allclose(
        kernel.mean(axis=(1, 2)), 0, atol=5 * DEVIATIONS[name] / 2048**0.5
    )
    assert len({k.tobytes() for k in kernel}) == 20


def test_orthogonal_kernels_are_orthogonal_in_each_member():
    kernel = Stack((16, 16, 2), SEEDS, initializer="orthogonal").kernels[0].numpy()
    np.testing.assert_allclose(
        kernel @ kernel.swapaxes(1, 2),
        np.broadcast_to(np.eye(16), (3, 16, 16)),
        atol=1e-5,
    )


def test_an_initializer_may_be_a_function_of_the_seed():
    stack = Stack(
        (4, 4, 2), [5], initializer=lambda seed: keras.initializers.Constant(seed)
    )
    assert set(stack.kernels[0].numpy().ravel()) == {5000.0}


def test_norms_do_not_underflow():
    tiny = tf.fill((2, 3, 4), 1e-30)
    np.testing.assert_allclose(
        norms([tiny]), 1e-30 * np.sqrt(12) * np.ones((2, 1)), rtol=1e-6
    )


def test_a_batch_of_its_own_for_each_member_is_that_member_s_alone():
    x, y = WIDE.reshape(4, 8, 10)[:3], LABELS.reshape(4, 8)[:3]
    stack = Stack(SIZES, SEEDS)
    found = gradient_norms(stack, x, y)
    right = accuracy(stack, x, y)
    for member in range(3):
        alone = gradient_norms(stack, x[member], y[member])
        np.testing.assert_allclose(found.kernels[member], alone.kernels[member])
        np.testing.assert_allclose(found.z[member], alone.z[member])
        assert right[member] == accuracy(stack, x[member], y[member])[member]


def test_norms_have_a_column_for_each_layer_and_the_head_last():
    found = gradient_norms(Stack(SIZES, SEEDS), WIDE, LABELS)
    assert found.kernels.shape == found.z.shape == (3, 4)
    tiny = gradients(Stack(SIZES, SEEDS), WIDE, LABELS)
    np.testing.assert_allclose(found.z[:, -1], norms(tiny.z[-1:])[:, 0])


def test_members_of_equal_seeds_train_on_equal_batches_and_others_on_their_own():
    stack = Stack((10, 8, 4), [5, 5, 6])
    for kernel in stack.kernels:
        kernel.assign(np.repeat(kernel[:1], 3, axis=0))
    history = train(stack, WIDE, LABELS, 3, keras.optimizers.SGD(0.1), batch_size=8)
    np.testing.assert_allclose(history[:, 0], history[:, 1], rtol=1e-6)
    assert not np.isclose(history[:, 0], history[:, 2], rtol=1e-3).any()


def test_a_member_s_batches_do_not_depend_on_who_else_is_there():
    def trained(seeds):
        stack = Stack((10, 8, 4), seeds)
        return train(stack, WIDE, LABELS, 5, keras.optimizers.Adam(), batch_size=8)

    np.testing.assert_allclose(trained([1, 2])[:, 1], trained([2])[:, 0], rtol=1e-5)


def test_equal_parts_of_a_stack_may_have_activations_of_their_own():
    activate = split_activations("sigmoid", tf.nn.relu)
    z = tf.constant(RNG.normal(size=(4, 3, 2)).astype("float32"))
    np.testing.assert_allclose(activate(z)[:2], tf.sigmoid(z[:2]))
    np.testing.assert_allclose(activate(z)[2:], tf.nn.relu(z[2:]))


def test_training_goes_on_where_it_stood():
    def losses_of(parts):
        adam = keras.optimizers.Adam()
        go = trainer(Stack((10, 8, 4), SEEDS), WIDE, LABELS, adam, batch_size=8)
        return np.concatenate([go(part) for part in parts])

    np.testing.assert_allclose(losses_of([3, 5]), losses_of([8]), rtol=1e-6)


def test_xla_trains_the_same_networks():
    def trained(xla):
        stack = Stack((2, 8, 8, 1), SEEDS)
        train(stack, X, Y, 50, keras.optimizers.Adam(), xla=xla)
        return stack.kernels[0].numpy()

    np.testing.assert_allclose(trained(True), trained(False), atol=1e-6)


def test_accuracy_counts_each_member_alone():
    stack = Stack((2, 4, 1), SEEDS)
    right = (stack(X).numpy()[..., 0] > 0) == Y
    np.testing.assert_array_equal(accuracy(stack, X, Y), right.mean(axis=1))


BAD = {
    "no hidden layer": (((2, 1), [0], {}), "needs a seed and a hidden layer"),
    "no seed": (((2, 4, 1), [], {}), "needs a seed and a hidden layer"),
    "unequal widths with skips": (
        ((2, 4, 5, 1), [0], {"skip": 1}),
        "of one width, got .4, 5",
    ),
    "unknown normalization": (
        ((2, 4, 1), [0], {"normalization": "group"}),
        "got 'group'",
    ),
    "too few initializers": (
        ((2, 4, 1), [0, 1], {"initializer": ["he_normal"]}),
        "initializer: .* got 1 for 2",
    ),
    "too many slopes": (((2, 4, 1), [0], {"slope": [0, 1]}), "slope: .* got 2 for 1"),
    "unknown activation": (((2, 4, 1), [0], {"activation": "sigmod"}), "sigmod"),
    "unknown initializer": (((2, 4, 1), [0], {"initializer": "hee"}), "hee"),
}


@pytest.mark.parametrize("arguments, message", BAD.values(), ids=BAD)
def test_bad_arguments_are_refused(arguments, message):
    sizes, seeds, options = arguments
    with pytest.raises(ValueError, match=message):
        Stack(sizes, seeds, **options)
