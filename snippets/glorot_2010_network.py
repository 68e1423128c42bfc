"""How large are the singular values of a layer's Jacobian, on average?

Fixed: five tanh layers of width 1000, as in the paper, before training, one
seed, one random input. Varies: the limit of the uniform weights. It prints
three means of the singular values of the Jacobian from the third hidden layer
to the fourth.
"""

# --8<-- [start:network]
import keras
import numpy as np

width = 1000
LIMITS = {  # of the uniform weights, as the paper has them
    "standard": width**-0.5,
    "normalized": (6 / (width + width)) ** 0.5,
}
x = np.random.default_rng(0).normal(size=(1, width))


def build_layer(limit):
    uniform = keras.initializers.RandomUniform(-limit, limit)
    return keras.layers.Dense(width, "tanh", kernel_initializer=uniform)


# --8<-- [end:network]

# --8<-- [start:jacobian]
arithmetic, geometric = {}, {}
square = {}  # root mean squares
for name, limit in LIMITS.items():
    keras.utils.set_random_seed(0)
    layers = [build_layer(limit) for _ in range(5)]
    a = x
    for layer in layers[:4]:
        a = layer(a)
    slopes = 1 - np.asarray(a) ** 2  # of the fourth layer, (1, width)
    jacobian = np.asarray(layers[3].kernel) * slopes  # (in, out)

    singular = np.linalg.svd(jacobian, compute_uv=False)
    arithmetic[name] = singular.mean()
    square[name] = (singular**2).mean() ** 0.5
    geometric[name] = np.exp(np.log(singular).mean())
    print(
        f"{name:10}  mean {arithmetic[name]:.2f}"
        f"  root mean square {square[name]:.2f}"
        f"  geometric {geometric[name]:.2f}"
    )
# --8<-- [end:jacobian]
