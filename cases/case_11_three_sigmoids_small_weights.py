"""Source: https://stackoverflow.com/q/39217567 (benchmark of DeepLocalize, DeepDiagnosis, DeepFD)
Fault: eight bits through three sigmoid layers of eight units with weights of 0.05, mse, SGD: it predicts one half.
Want: sigmoids with tiny weights lose the gradient (and the signal); use ReLU or other weights, and a faster optimizer.
"""

from cases.common import *


def build(fixed=False):
    x = ((np.arange(256)[:, None] >> np.arange(8)) & 1).astype("float32")
    y = x[:, np.random.default_rng(0).permutation(8)]
    start = "glorot_uniform" if fixed else "random_normal"
    kinds = ("relu", 32) if fixed else ("sigmoid", 8)
    model = mlp(
        (8,),
        *dense(2, kinds[1], kinds[0], kernel_initializer=start),
        layers.Dense(8, "sigmoid", kernel_initializer=start),
    )
    model.compile(keras.optimizers.Adam(0.01) if fixed else "sgd", "mse")
    return (
        model,
        x,
        y,
        dict(epochs=60, batch_size=50),
        lambda m: float(np.mean((m.predict(x, verbose=0) > 0.5) == y)),
    )
