"""Does the gradient of this network vanish, and does batch normalization mend it?

Fixed: digits, ten sigmoid layers of width 32, Adam, one seed. Varied: without and with batch normalization. The figure
shows the RMS of dL/d(output) and of dL/dW by layer for both, as the gradient doctor measures them.
"""

import keras
import matplotlib.pyplot as plt
from gradient_doctor import examine
from sklearn.datasets import load_digits

depth, width = 10, 32
x, y = load_digits(return_X_y=True)
x = (x / 16).astype("float32")


def network(normalized):
    keras.utils.set_random_seed(1)
    parts = []
    for i in range(1, depth + 1):
        parts.append(keras.layers.Dense(width, use_bias=not normalized, name=f"dense_{i}"))
        if normalized:
            parts.append(keras.layers.BatchNormalization(name=f"norm_{i}"))
        parts.append(keras.layers.Activation("sigmoid", name=f"sigmoid_{i}"))
    model = keras.Sequential([keras.Input((64,)), *parts, keras.layers.Dense(10, "softmax", name="head")])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


# --8<-- [start:examine]
model = network(normalized=False)
report = examine(model, x, y)
print(report)
# --8<-- [end:examine]

# --8<-- [start:again]
mended = examine(network(normalized=True), x, y)
print()
print(mended)
# --8<-- [end:again]

findings, findings_mended = len(report.findings), len(mended.findings)
vanishing = [f for f in report.findings if f.kind == "vanishing"]
ratio, samples = vanishing[0].evidence["ratio"], report.samples

fig, axes = plt.subplots(1, 2, sharey=True)
for ax, found, title in zip(axes, (report, mended), ("As it was", "With batch normalization")):
    rows = [row for row in found.layers if row.kind == "Dense"]
    layers = range(1, len(rows) + 1)
    ax.plot(layers, [row.output_gradient_rms for row in rows], "C0o-", label="dL/d(output)")
    ax.plot(layers, [row.gradient_rms for row in rows], "C1s--", label="dL/dW")
    ax.set(yscale="log", xlabel="layer", title=title)
axes[0].set(ylabel="RMS")
axes[1].legend()
fig.savefig("gradient_doctor_check.svg")
