"""A training step of a model's own is measured, and nothing of it is applied."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from cases.healthy_05_vae_custom_train_step import VAE
from gradient_doctor import GradientDoctor, examine
from snippets.gradient_doctor_patients import DIGITS, LABELS, dense


class Plain(keras.Sequential):
    """Trains as Keras does, in lines of its own."""

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x, y, self(x, training=True))
        weights = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return {"loss": loss}


class GAN(keras.Model):
    """Two networks, two optimizers, no call."""

    def __init__(self):
        super().__init__()
        self.maker = keras.Sequential(
            [keras.Input((8,)), *dense(1, "relu"), layers.Dense(64, "sigmoid")]
        )
        self.critic = keras.Sequential(
            [keras.Input((64,)), *dense(1, "relu"), layers.Dense(1)]
        )

    def compile(self):
        super().compile()
        self.optimizers = keras.optimizers.Adam(), keras.optimizers.Adam()

    def train_step(self, x):
        entropy = keras.losses.BinaryCrossentropy(from_logits=True)
        count = keras.ops.shape(x)[0]
        z = keras.random.normal((count, 8))
        both = keras.ops.concatenate([x, self.maker(z)])
        with tf.GradientTape() as tape:
            labels = keras.ops.repeat([[1.0], [0.0]], count, axis=0)
            loss = entropy(labels, self.critic(both))
        weights = self.critic.trainable_weights
        self.optimizers[0].apply(tape.gradient(loss, weights), weights)
        with tf.GradientTape() as tape:
            fooled = entropy(keras.ops.ones((count, 1)), self.critic(self.maker(z)))
        weights = self.maker.trainable_weights
        self.optimizers[1].apply(tape.gradient(fooled, weights), weights)
        return {"loss": loss, "fooled": fooled}


def plain():
    keras.utils.set_random_seed(7)
    model = Plain([keras.Input((64,)), *dense(2, "relu"), layers.Dense(10, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model, DIGITS[:128], LABELS[:128]


def vae():
    keras.utils.set_random_seed(7)
    model = VAE()
    model.compile("adam")
    model(DIGITS[:2])
    return model, DIGITS[:128], None


def gan():
    keras.utils.set_random_seed(7)
    model = GAN()
    model.compile()
    return model, DIGITS[:128], None


MODELS = {"plain": plain, "VAE": vae, "GAN": gan}


@pytest.mark.parametrize("name", MODELS)
def test_every_layer_with_weights_is_measured_and_none_is_accused(name):
    report = examine(*MODELS[name]())
    rows = [row for row in report.layers if row.parameters]
    assert not report.findings and len(rows) > 2
    assert all(row.gradient_norm and row.output_gradient_norm for row in rows)


@pytest.mark.parametrize("name", MODELS)
def test_nothing_is_applied_and_nothing_changes(name):
    model, x, y = MODELS[name]()
    before = [np.array(v) for v in [*model.variables, *model.metrics_variables]]
    original = keras.optimizers.Optimizer.apply, tf.GradientTape.gradient
    examine(model, x, y)
    after = [np.array(v) for v in [*model.variables, *model.metrics_variables]]
    assert all(map(np.array_equal, before, after))
    assert original == (keras.optimizers.Optimizer.apply, tf.GradientTape.gradient)


@pytest.mark.parametrize("name", MODELS)
def test_a_training_with_the_callback_goes_on(name):
    model, x, y = MODELS[name]()
    doctor = GradientDoctor(x, y, budget=np.inf)
    history = model.fit(x, y, epochs=2, verbose=0, callbacks=[doctor])
    assert len(history.history["loss"]) == 2 and not doctor.problems
    assert len(doctor.history["step"]) == 3


def test_it_measures_what_keras_own_step_does():
    own, x, y = plain()
    usual = keras.Sequential([keras.Input((64,)), *own.layers])
    usual.compile("adam", "sparse_categorical_crossentropy")
    for ours, theirs in zip(examine(own, x, y).layers, examine(usual, x, y).layers):
        assert ours.gradient_norm == pytest.approx(theirs.gradient_norm, rel=1e-5)


def test_what_cannot_be_judged_is_said():
    report = examine(*vae())
    assert any("loss is the model's own" in text for text in report.not_looked)


def test_data_that_the_step_does_not_take_end_with_a_message():
    model, x, y = plain()
    with pytest.raises(ValueError, match="own train_step does not take x of shape"):
        examine(model, x[:, :3], y)
