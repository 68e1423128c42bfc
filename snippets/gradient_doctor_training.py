"""What does the gradient doctor see while a network trains, and what does TensorBoard get of it?

Fixed: digits, five sigmoid layers of width 32, Adam, one seed. The figure shows the loss and, by layer and epoch, the
RMS of dL/d(output), both read back from the file that TensorBoard reads.
"""

import warnings
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from gradient_doctor import GradientDoctor
from stack import digits

epochs, depth, width, rate = 30, 5, 32, 0.003
x, x_test, y, y_test = digits()
hidden = [keras.layers.Dense(width, "sigmoid", name=f"dense_{i}") for i in range(1, depth + 1)]
model = keras.Sequential([keras.Input((64,)), *hidden, keras.layers.Dense(10, "softmax", name="head")])
model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])

# --8<-- [start:fit]
doctor = GradientDoctor(x, y, budget=float("inf"), log_dir="logs")
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    model.fit(x, y, epochs=epochs, batch_size=64, verbose=0, callbacks=[doctor])
print(*{str(warning.message) for warning in caught if "doctor" in str(warning.message)}, sep="\n")
print(f"After {epochs} epochs:", *(doctor.report.findings or ["nothing found"]))
# --8<-- [end:fit]


# --8<-- [start:read]
def read(folder):
    """tag -> {step: value} of all scalars in TensorBoard's files."""
    found = {}
    for path in map(str, Path(folder).glob("*")):
        for record in tf.data.TFRecordDataset(path):
            event = tf.compat.v1.Event.FromString(record.numpy())
            for value in event.summary.value:
                found.setdefault(value.tag, {})[event.step] = float(tf.make_ndarray(value.tensor))
    return found


scalars = read("logs")
# --8<-- [end:read]

names = [layer.name for layer in model.layers]
seen = np.array([list(scalars[f"output_gradient_rms/{name}"].values()) for name in names])  # (layers, looks)
looks, tags = seen.shape[1], len(scalars)
kept = np.array([doctor.history[f"output_gradient_rms/{name}"] for name in names])
difference = float(np.max(np.abs(seen / kept - 1)))  # float32 in the file
start, end = (float(seen[0, i] / seen[-1, i]) for i in (0, -1))  # first layer over head
reached = model.evaluate(x_test, y_test, verbose=0)[1]
findings_start, findings_end = len(doctor.report.history[0][1].findings), len(doctor.report.findings)

fig, axes = plt.subplots(2, 1, figsize=(6.2, 4.6), sharex=True, height_ratios=(2, 3))
axes[0].plot(doctor.history["epoch"], doctor.history["loss"])
axes[0].set(ylabel="loss", title="Five sigmoid layers leave their plateau")
image = axes[1].pcolormesh(np.arange(looks + 1) - 0.5, np.arange(len(names) + 1), np.log10(seen), cmap="cividis")
axes[1].set_yticks(np.arange(len(names)) + 0.5, names)
axes[1].set(xlabel="epoch")
axes[1].grid(False)
fig.colorbar(image, ax=axes[1], label="log10, RMS of dL/d(output)")
fig.savefig("gradient_doctor_training.svg")
