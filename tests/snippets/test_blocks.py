"""Transformers of many seeds, against Keras' layers."""

import keras
import numpy as np
import pytest

from snippets.blocks import TransformerStack, divide_by_rms, standardize
from snippets.stack import accuracy, gradient_norms, train

X = np.random.default_rng(0).random((12, 64)).astype("float32")
Y = np.arange(12) % 10
MAKERS = {
    "post": lambda seeds: TransformerStack(2, 8, seeds, "post"),
    "pre": lambda seeds: TransformerStack(2, 8, seeds, "pre", divide_by_rms),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_members_train_as_if_each_were_alone(make):
    losses = {}
    for seeds in ((3, 7), (7,)):
        losses[seeds] = train(make(seeds), X, Y, 3, keras.optimizers.Adam(), 6)
    np.testing.assert_allclose(losses[3, 7][:, 1], losses[7,][:, 0], rtol=1e-4)


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_the_measures_of_a_stack_fit(make):
    stack = make((3, 7))
    found = gradient_norms(stack, X, Y)
    assert found.z.shape[0] == found.kernels.shape[0] == 2 and (found.kernels > 0).all()
    assert accuracy(stack, X, Y).shape == (2,)


def test_attention_is_keras_s():
    rng = np.random.default_rng(2)
    h = rng.normal(size=(1, 2, 8, 8)).astype("float32")  # (members, batch, ...)
    theirs = keras.layers.MultiHeadAttention(2, 4, use_bias=False)
    theirs(h[0], h[0])
    query, key, value, join = (weight.numpy() for weight in theirs.weights)
    # Of each head the columns for queries, keys and values, one after the other.
    mix = np.stack([query, key, value], axis=2).reshape(8, 24)
    stack = TransformerStack(1, 8, (0,), heads=2)
    ours = stack.attend(h @ mix) @ join.reshape(8, 8)
    np.testing.assert_allclose(ours[0], theirs(h[0], h[0]), atol=1e-5)


def test_layers_of_a_transformer_have_spread_one_where_they_are_normalized():
    for place, normalize in (("post", standardize), ("post", divide_by_rms)):
        stack = TransformerStack(2, 16, (0,), place, normalize)
        _, outputs = stack.forward(X)
        square = np.mean(np.square(outputs[-1]), axis=-1)
        np.testing.assert_allclose(square, 1, atol=0.02)
