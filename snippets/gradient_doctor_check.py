"""Does the gradient vanish, and does batch normalization mend it?

Fixed: digits, ten sigmoid layers of width 32, Adam, one seed. Varies: without
and with batch normalization. The figure shows the RMS of dL/d(output) and of
dL/dW by layer for both, as the gradient doctor measures them.
"""

import keras
import matplotlib.pyplot as plt
from gradient_doctor import examine
from keras import layers
from sklearn.datasets import load_digits

depth = 10
width = 32
x, y = load_digits(return_X_y=True)
x = (x / 16).astype("float32")


# --8<-- [start:network]
def build_network(normalized):
    """Ten sigmoid layers, without or with batch normalization."""
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((64,))])
    for i in range(1, depth + 1):
        dense = layers.Dense(width, use_bias=not normalized, name=f"dense_{i}")
        model.add(dense)
        if normalized:
            model.add(layers.BatchNormalization(name=f"norm_{i}"))
        model.add(layers.Activation("sigmoid", name=f"sigmoid_{i}"))
    model.add(layers.Dense(10, "softmax", name="head"))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


# --8<-- [end:network]

# --8<-- [start:examine]
model = build_network(normalized=False)
report = examine(model, x, y)
print(report)
# --8<-- [end:examine]

# --8<-- [start:again]
mended = examine(build_network(normalized=True), x, y)
print()
print(mended)
# --8<-- [end:again]

findings = len(report.findings)
findings_mended = len(mended.findings)
vanishing = [found for found in report.findings if found.kind == "vanishing"]
ratio = vanishing[0].evidence["ratio"]
samples = report.samples

fig, axes = plt.subplots(1, 2, sharey=True)
titles = ("As it was", "With batch normalization")
for ax, examined, title in zip(axes, (report, mended), titles):
    rows = [row for row in examined.layers if row.kind == "Dense"]
    outputs = [row.output_gradient_rms for row in rows]
    kernels = [row.gradient_rms for row in rows]
    ax.plot(range(1, len(rows) + 1), outputs, "C0o-", label="dL/d(output)")
    ax.plot(range(1, len(rows) + 1), kernels, "C1s--", label="dL/dW")
    ax.set(yscale="log", xlabel="layer", title=title)
axes[0].set(ylabel="RMS")
axes[1].legend()
fig.savefig("gradient_doctor_check.svg")
