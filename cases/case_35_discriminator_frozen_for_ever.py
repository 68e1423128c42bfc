"""Source: eriklindernoren/Keras-GAN#22 and #73 (also keras-team/keras#4674, keras-team/keras#7965)
Fault: trainable = False is set for the combined model before the discriminator's own first step: in Keras 3 it never trains.
Want: all weights of this model are frozen.
"""

from cases.common import *


def build(fixed=False):
    real = DIGITS
    fake = np.random.default_rng(12).uniform(size=real.shape).astype("float32")
    x, y = np.concatenate([real, fake]), np.repeat([1.0, 0.0], len(real))
    critic = mlp((64,), *dense(1, 32, "relu"), layers.Dense(1, "sigmoid"))
    critic.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    critic.trainable = fixed
    return critic, x, y, dict(epochs=4), accuracy(x, y)
