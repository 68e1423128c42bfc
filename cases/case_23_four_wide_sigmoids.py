"""Source: https://ai.stackexchange.com/questions/16557
Fault: four sigmoid layers of 500 units map binary vectors to unscaled real targets and stay at the mean.
Want (the accepted answer): four sigmoids leave the first layers hardly any gradient; use ReLU; scale the targets.
"""

from cases.common import *


def build(fixed=False):
    rng = np.random.default_rng(4)
    x = rng.integers(0, 2, (1000, 32)).astype("float32")
    y = (x @ rng.normal(size=(32, 1)) * 20 + 100 + 20 * x[:, :1] * x[:, 1:2]).astype(
        "float32"
    )
    y = standard(y) if fixed else y
    model = mlp(
        (32,),
        *dense(4, 100 if fixed else 500, "relu" if fixed else "sigmoid"),
        layers.Dense(1),
    )
    model.compile("adam", "mse")
    return model, x, y, dict(epochs=10, batch_size=50), r2(x, y)
