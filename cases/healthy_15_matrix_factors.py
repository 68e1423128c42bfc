"""Healthy: users times films by dot product of embeddings, subclassed, after keras.io/examples/structured_data/collaborative_filtering_movielens."""

from keras import ops

from cases.common import *


class Recommender(keras.Model):
    def __init__(self):
        super().__init__()
        e = lambda n, k: layers.Embedding(
            n,
            k,
            embeddings_initializer="he_normal",
            embeddings_regularizer=keras.regularizers.L2(1e-6),
        )
        self.u, self.ub, self.f, self.fb = e(100, 8), e(100, 1), e(60, 8), e(60, 1)

    def call(self, x):
        u, f = x[:, 0], x[:, 1]
        return ops.sigmoid(
            ops.sum(self.u(u) * self.f(f), axis=1, keepdims=True)
            + self.ub(u)
            + self.fb(f)
        )


def build():
    rng = np.random.default_rng(4)
    a, b = rng.normal(size=(100, 3)), rng.normal(size=(60, 3))
    x = np.stack([rng.integers(0, 100, 4000), rng.integers(0, 60, 4000)], axis=1)
    y = 1 / (1 + np.exp(-(a[x[:, 0]] * b[x[:, 1]]).sum(axis=1)))
    model = Recommender()
    model(x[:2])
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
    return model, x, y.astype("float32"), dict(epochs=10, batch_size=64), r2(x, y)
