"""A stack's members are what separate Keras models would be."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from snippets.stack import Stack, accuracy, gradient_norms, losses, norms, train

SEEDS = (3, 7, 11)
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
Y = np.array([0, 1, 1, 0])
RNG = np.random.default_rng(0)
WIDE, LABELS = RNG.normal(size=(32, 10)).astype("float32"), RNG.integers(0, 4, 32)


def twin(stack, member, sizes, activation, batch_norm=False, skip=False):
    """A separate functional Keras model that starts from one member's weights."""
    h = inputs = keras.Input((sizes[0],))
    layers = []
    for i, width in enumerate(sizes[1:-1]):
        dense = keras.layers.Dense(width, use_bias=not batch_norm)
        z = dense(h)
        if batch_norm:
            z = keras.layers.BatchNormalization(momentum=0.9)(z)
        a = keras.layers.Activation(activation)(z)
        h = keras.layers.Add()([h, a]) if skip and i else a
        layers.append(dense)
    head = keras.layers.Dense(sizes[-1])
    model = keras.Model(inputs, head(h))
    for dense, kernel in zip([*layers, head], stack.kernels):
        dense.kernel.assign(kernel[member])
    return model, [*layers, head]


def loss_of(logits, y):
    if logits.shape[-1] == 1:
        return tf.reduce_mean(keras.losses.binary_crossentropy(y[:, None].astype("float32"), logits, from_logits=True))
    return tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, logits, from_logits=True))


OPTIONS = {
    "sigmoid": {"activation": "sigmoid"},
    "tanh": {"activation": "tanh"},
    "relu, He": {"activation": "relu", "initializer": "he_normal"},
    "batch normalization": {"activation": "sigmoid", "batch_norm": True},
    "skip connections": {"activation": "sigmoid", "skip": True},
    "normalized skips": {"activation": "relu", "batch_norm": True, "skip": True},
}


@pytest.mark.parametrize("option", OPTIONS)
def test_a_member_s_first_gradients_are_those_of_a_separate_model(option):
    settings, sizes = OPTIONS[option], (10, 16, 16, 16, 4)
    stack = Stack(sizes, SEEDS, **settings)
    by_weight, _ = gradient_norms(stack, WIDE, LABELS)
    kept = {key: value for key, value in settings.items() if key != "initializer"}
    for member in range(len(SEEDS)):
        model, layers = twin(stack, member, sizes, **kept)
        with tf.GradientTape() as tape:
            loss = loss_of(model(WIDE, training=True), LABELS)
        separate = [
            np.linalg.norm(g.numpy().astype("float64")) for g in tape.gradient(loss, [d.kernel for d in layers])
        ]
        np.testing.assert_allclose(by_weight[member], separate, rtol=1e-5)


def test_a_member_trains_as_a_separate_model_does():
    sizes = (2, 8, 8, 1)
    stack = Stack(sizes, SEEDS, "sigmoid")
    models = [twin(stack, member, sizes, "sigmoid") for member in range(len(SEEDS))]
    train(stack, X, Y, 100, keras.optimizers.Adam())
    for member, (model, layers) in enumerate(models):
        optimizer = keras.optimizers.Adam()
        for _ in range(100):
            with tf.GradientTape() as tape:
                loss = loss_of(model(X), Y)
            optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
        for layer, kernel in zip(layers, stack.kernels):
            np.testing.assert_allclose(kernel[member], layer.kernel, atol=1e-6)


def test_preactivation_gradients_are_the_derivatives_of_the_loss():
    """Against a finite difference: a bias shifts its pre-activation for every sample of the batch."""
    stack = Stack((10, 6, 6, 4), SEEDS, "tanh")
    with tf.GradientTape() as tape:
        logits, zs = stack.forward(tf.constant(WIDE))
        loss = tf.reduce_sum(losses(logits, LABELS))
    delta = tape.gradient(loss, zs)[0].numpy().sum(axis=0)  # (members, width)
    bias, step = stack.hidden[0].bias, 1e-2
    start = bias.numpy()
    shifted = []
    for sign in (1, -1):
        bias.assign(start + sign * step * np.eye(6)[2][None])
        shifted.append(losses(stack(WIDE), LABELS).numpy())
    bias.assign(start)
    np.testing.assert_allclose(delta[:, 2], (shifted[0] - shifted[1]) / (2 * step), atol=2e-4)


def test_members_are_independent():
    def trained(seeds):
        stack = Stack((2, 8, 8, 1), seeds, batch_norm=True)
        train(stack, X, Y, 20, keras.optimizers.Adam())
        return [kernel.numpy()[0] for kernel in stack.kernels]

    for one, other in zip(trained([1, 2]), trained([1, 9])):
        np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize("name, deviation", [("glorot_normal", (2 / 96) ** 0.5), ("he_normal", (2 / 64) ** 0.5)])
def test_each_member_s_kernel_has_the_initializer_s_own_spread(name, deviation):
    kernel = Stack((64, 32, 2), range(20), initializer=name).kernels[0].numpy()
    assert kernel.shape == (20, 64, 32)
    np.testing.assert_allclose(kernel.std(axis=(1, 2)), deviation, rtol=0.08)  # 2048 draws: 1.6 % a sigma, 5 sigma
    assert len({k.tobytes() for k in kernel}) == 20


def test_an_initializer_may_be_a_function_of_the_seed():
    stack = Stack((4, 4, 2), [5], initializer=lambda seed: keras.initializers.Constant(seed))
    assert set(stack.kernels[0].numpy().ravel()) == {5000.0}


def test_norms_do_not_underflow():
    tiny = tf.fill((2, 3, 4), 1e-30)
    np.testing.assert_allclose(norms([tiny], 0), 1e-30 * np.sqrt(12) * np.ones((2, 1)), rtol=1e-6)


def test_accuracy_counts_each_member_alone():
    stack = Stack((2, 4, 1), SEEDS)
    right = (stack(X).numpy()[..., 0] > 0) == Y[:, None]
    np.testing.assert_array_equal(accuracy(stack, X, Y), right.mean(axis=0))


BAD = {
    "no hidden layer": ((2, 1), [0], {}),
    "no seed": ((2, 4, 1), [], {}),
    "widths": ((2, 4, 5, 1), [0], {"skip": True}),
}


@pytest.mark.parametrize("sizes, seeds, options", BAD.values(), ids=BAD)
def test_bad_arguments_are_refused(sizes, seeds, options):
    with pytest.raises(ValueError, match="a stack needs|of one width"):
        Stack(sizes, seeds, **options)
