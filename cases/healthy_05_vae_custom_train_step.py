"""Healthy: a variational autoencoder with its own train_step, after keras.io/examples/generative/vae."""

import tensorflow as tf
from keras import ops

from cases.common import *


class VAE(keras.Model):
    def __init__(self):
        super().__init__()
        self.encoder = mlp((64,), layers.Dense(32, "relu"), layers.Dense(4))
        self.decoder = mlp((2,), layers.Dense(32, "relu"), layers.Dense(64, "sigmoid"))
        self.seed = keras.random.SeedGenerator(1)
        self.total = keras.metrics.Mean(name="loss")

    def call(self, x):
        mean, log_var = ops.split(self.encoder(x), 2, axis=1)
        return self.decoder(
            mean
            + ops.exp(0.5 * log_var)
            * keras.random.normal(ops.shape(mean), seed=self.seed)
        )

    def train_step(self, data):
        x = data[0] if isinstance(data, tuple) else data
        with tf.GradientTape() as tape:
            mean, log_var = ops.split(self.encoder(x), 2, axis=1)
            z = mean + ops.exp(0.5 * log_var) * keras.random.normal(
                ops.shape(mean), seed=self.seed
            )
            rebuilt = ops.mean(
                ops.sum(
                    keras.losses.binary_crossentropy(
                        x[..., None], self.decoder(z)[..., None]
                    ),
                    axis=1,
                )
            )
            loss = rebuilt - 0.5 * ops.mean(
                ops.sum(1 + log_var - mean**2 - ops.exp(log_var), axis=1)
            )
        self.optimizer.apply(
            tape.gradient(loss, self.trainable_weights), self.trainable_weights
        )
        self.total.update_state(loss)
        return {"loss": self.total.result()}


def build():
    model = VAE()
    model.compile(keras.optimizers.Adam(0.003))  # no loss here: it is in train_step
    model(DIGITS[:2])
    return model, DIGITS, None, dict(epochs=10, batch_size=64), r2(DIGITS, DIGITS)
