"""What does the gradient doctor say of networks in half precision?

Fixed: three layers of width 64, 128 digits, Keras' Adam with its defaults, one
seed, before training. Varies: the format of weights and layers; in the last
network also the activation, and a loss multiplied by a ten-thousandth. It
prints the report of weights in bfloat16, and the findings of each network.
"""

import keras
from gradient_doctor import examine
from sklearn.datasets import load_digits

x, y = load_digits(return_X_y=True)
x, y = x[:128] / 16, y[:128]


# --8<-- [start:network]
def examine_network(policy, activation="relu", loss_weight=1.0):
    """A report on a network whose layers follow `policy`."""
    keras.utils.set_random_seed(0)
    start = "he_normal" if activation == "relu" else "glorot_uniform"
    model = keras.Sequential([keras.Input((64,))])
    for i in range(1, 4):
        hidden = keras.layers.Dense(
            64,
            activation,
            kernel_initializer=start,
            dtype=policy,
            name=f"dense_{i}",
        )
        model.add(hidden)
    model.add(keras.layers.Dense(10, dtype=policy, name="head"))
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", cross_entropy, loss_weight)
    return examine(model, x, y)


# --8<-- [end:network]
# --8<-- [start:examine]
reports = {
    "bfloat16": examine_network("bfloat16"),
    "float16": examine_network("float16"),
    "mixed": examine_network("mixed_float16"),
    "small": examine_network("mixed_float16", "sigmoid", loss_weight=1e-4),
}
print(reports["bfloat16"])
print()
for name, report in reports.items():
    kinds = [found.kind for found in report.findings]
    print(f"{name:8} {', '.join(kinds) or 'nothing found'}")
# --8<-- [end:examine]

findings = {name: len(report.findings) for name, report in reports.items()}
first = {n: r.findings[0].kind for n, r in reports.items() if r.findings}
still = int(first["bfloat16"] == "step-none")
epsilon = int(first["float16"] == "step-epsilon")
zero = int(first["small"] == "zero-gradient")
rows = reports["small"].layers
without = sum(row.gradient_rms == 0 for row in rows)  # layers with dL/dW zero
