"""What does the gradient doctor say of a transformer?

Fixed: twelve blocks of width 32 with four heads, Keras' own weights, 128 digits
whose rows are eight tokens, one seed, before training. Varies: where layer
normalization stands. It prints what is found first, and of the post-norm
network how much gradient the last block's queries, keys and values get.
"""

import keras
from gradient_doctor import examine
from sklearn.datasets import load_digits

x, y = load_digits(return_X_y=True)
x, y = x[:128].reshape(-1, 8, 8) / 16, y[:128]


# --8<-- [start:block]
def apply_block(h, place, name):
    """A block as above, whose layers have names."""
    attend = keras.layers.MultiHeadAttention(4, 8, name=f"attend_{name}")
    widen = keras.layers.Dense(64, "relu", name=f"widen_{name}")
    narrow = keras.layers.Dense(32, name=f"narrow_{name}")
    for branch in (lambda a: attend(a, a), lambda a: narrow(widen(a))):
        norm = keras.layers.LayerNormalization()
        if place == "pre":
            h = h + branch(norm(h))
        elif place == "post":
            h = norm(h + branch(h))
        else:
            h = h + branch(h)
    return h


# --8<-- [end:block]
# --8<-- [start:network]
def examine_network(place, blocks=12):
    """A report on a transformer with normalization at this place, or none."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((8, 8))
    h = keras.layers.Dense(32, name="tokens")(inputs)
    h = h + keras.random.normal((1, 8, 32))  # positions
    for i in range(1, blocks + 1):
        h = apply_block(h, place, i)
    if place == "pre":
        h = keras.layers.LayerNormalization()(h)
    h = keras.layers.GlobalAveragePooling1D()(h)
    model = keras.Model(inputs, keras.layers.Dense(10, name="head")(h))
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", cross_entropy)
    return examine(model, x, y)


# --8<-- [end:network]
# --8<-- [start:examine]
reports = {place: examine_network(place) for place in ("none", "post", "pre")}
for place, report in reports.items():
    print(f"{place}, findings: {len(report.findings)}")
    for found in report.findings:
        print(f"{found.kind}, {found.where}: {found.says}")

print("\nRMS of dL/dW in the last block, post-norm")
rows = {row.name: row.gradient_rms for row in reports["post"].layers}
for part in ("query", "key", "value"):
    print(f"{part:6}{rows['attend_12/' + part]:.0e}")
# --8<-- [end:examine]

findings = {place: len(report.findings) for place, report in reports.items()}
explodes = int(reports["none"].findings[0].kind == "exploding")
# Of the queries' weights over the values', in the last block.
share = rows["attend_12/query"] / rows["attend_12/value"]
