"""The recurrent layers that programs share: Keras' own, many at once."""

from functools import partial

import keras
import numpy as np
import pytest

from snippets.recurrent import (
    CELLS,
    Recurrent,
    draw_apart,
    draw_recall,
    gradient_by_step,
    train,
)

SEEDS = (3, 7)
SIZES = (8, 5, 4)
KERAS = {
    "tanh": keras.layers.SimpleRNN,
    "relu": partial(keras.layers.SimpleRNN, activation="relu"),
    "gru": keras.layers.GRU,
    "lstm": keras.layers.LSTM,
}
draw = partial(draw_recall, lag=6)


def keras_twin(cell, stack, member):
    """Keras' layer with the weights of one member."""
    layer = KERAS[cell](stack.units)
    layer.build((None, None, 8))
    weights = [stack.kernel, stack.recurrent, stack.bias]
    kernel, recurrent, bias = [weight[member].numpy() for weight in weights]
    bias = np.stack([bias[0], 0 * bias[0]]) if cell == "gru" else bias[0]
    layer.set_weights([kernel, recurrent, bias])
    return layer


@pytest.mark.parametrize("cell", CELLS)
def test_a_member_gives_what_keras_layer_gives(cell):
    x, _ = draw_apart(draw, SEEDS)
    stack = Recurrent(cell, SIZES, SEEDS)
    for member in range(2):
        states = keras_twin(cell, stack, member)(x[:, member].swapaxes(0, 1))
        logits = states @ stack.head[member]
        np.testing.assert_allclose(logits, stack(x)[member], atol=1e-5)


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_the_bias_of_the_gate_that_keeps_is_keras_own_unless_given(cell):
    layer = KERAS[cell](5)
    layer.build((None, None, 8))
    own = np.atleast_2d(layer.get_weights()[2])[0]
    np.testing.assert_array_equal(Recurrent(cell, SIZES, SEEDS).bias[1, 0], own)
    gate = CELLS[cell].keeper
    parts = Recurrent(cell, SIZES, SEEDS, keep=[2, 5]).bias.numpy().reshape(2, -1, 5)
    assert (parts[:, gate] == [[2] * 5, [5] * 5]).all()
    assert not np.delete(parts, gate, axis=1).any()


def test_a_member_does_not_depend_on_the_others():
    alone, many = Recurrent("lstm", SIZES, SEEDS[1:]), Recurrent("lstm", SIZES, SEEDS)
    for stack in (alone, many):
        train(stack, draw, 3, keras.optimizers.SGD(0.1))
    for one, all_of_them in zip(alone.weights, many.weights):
        np.testing.assert_allclose(one[0], all_of_them[1], atol=1e-6)


def test_a_cue_is_one_of_four_and_stands_lag_steps_before_the_end():
    x, y = draw_recall(np.random.default_rng(0), lag=6, before=3, batch_size=50)
    assert x.shape == (10, 50, 8) and set(y) == {0, 1, 2, 3}
    assert (x[3].argmax(1) == y).all()
    assert (np.delete(x, 3, axis=0).argmax(2) >= 4).all()


def test_training_and_testing_draw_apart():
    drawn = []

    def note(rng):
        drawn.append(draw(rng))
        return drawn[-1]

    train(Recurrent("tanh", SIZES, [3]), note, 1, keras.optimizers.SGD(0.1))
    x, _ = draw_apart(draw, [3])
    assert not np.array_equal(x[:, 0], drawn[0][0])


def test_no_gradient_passes_a_cut():
    x, y = draw_apart(draw, SEEDS)
    norms = gradient_by_step(Recurrent("lstm", SIZES, SEEDS), x, y, cut=2)
    assert not norms[:, :-2].any() and norms[:, -2:].all()


def test_paths_are_what_the_gradient_may_take_besides_the_cell():
    x, y = draw_apart(draw, SEEDS)
    stack = Recurrent("lstm", SIZES, SEEDS)
    stack.kernel.assign(0 * stack.kernel)  # the states stay zero, the gate open by bias
    shut = gradient_by_step(stack, x, y, paths=[])
    gate = 1 / (1 + np.exp(-1))
    np.testing.assert_allclose(shut[:, 0] / shut[:, -1], gate**6, rtol=1e-4)
    full = gradient_by_step(stack, x, y)
    assert not np.allclose(full[:, 0], shut[:, 0], rtol=0.01)
    np.testing.assert_allclose(
        gradient_by_step(stack, x, y, paths=[0, 1, 2, 3]), full, rtol=1e-6
    )


def test_limits_clip_each_member_as_keras_clips_one():
    ours = Recurrent("tanh", SIZES, [3, 3])
    history = train(
        ours, draw, 4, keras.optimizers.SGD(0.5), limits=np.float32([0.1, np.inf])
    )
    for member, clip in enumerate([{"global_clipnorm": 0.1}, {}]):
        twin = Recurrent("tanh", SIZES, [3])
        train(twin, draw, 4, keras.optimizers.SGD(0.5, **clip))
        for mine, alone in zip(ours.weights, twin.weights):
            np.testing.assert_allclose(mine[member], alone[0], atol=1e-6)
    assert history.norms.shape == (4, 2) and (history.norms > 0.1).all()
    assert (history.losses > 0).all()
