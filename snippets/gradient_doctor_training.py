"""What does the gradient doctor see while a network trains?

Fixed: digits, five sigmoid layers of width 32, Adam, one seed. The figure
shows the loss and, by layer and epoch, the RMS of dL/d(output), both read
back from the file that TensorBoard reads.
"""

import textwrap
import warnings
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from data import digits
from gradient_doctor import GradientDoctor

epochs = 30
depth = 5
width = 32
rate = 0.003

# --8<-- [start:network]
x, x_test, y, y_test = digits()
model = keras.Sequential([keras.Input((64,))])
for i in range(1, depth + 1):
    model.add(keras.layers.Dense(width, "sigmoid", name=f"dense_{i}"))
model.add(keras.layers.Dense(10, "softmax", name="head"))
model.compile(
    keras.optimizers.Adam(rate),
    "sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
# --8<-- [end:network]

# --8<-- [start:fit]
doctor = GradientDoctor(x, y, budget=float("inf"), log_dir="logs")
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    fit = model.fit(x, y, 64, epochs, verbose=0, callbacks=[doctor])

# What the doctor warned of, as it came up, and the story of all its looks.
for warning in caught:
    if "doctor" in str(warning.message):
        print(textwrap.fill(str(warning.message), width=78))
        print()
print(*doctor.report.story(), sep="\n")
# --8<-- [end:fit]


# --8<-- [start:read]
def read(folder):
    """tag -> {step: value} of all scalars in TensorBoard's files."""
    scalars = {}
    for path in Path(folder).glob("*"):
        for record in tf.data.TFRecordDataset(str(path)):
            event = tf.compat.v1.Event.FromString(record.numpy())
            for value in event.summary.value:
                number = tf.make_ndarray(value.tensor)
                if number.ndim == 0:  # no histogram
                    known = scalars.setdefault(value.tag, {})
                    known[event.step] = float(number)
    return scalars


scalars = read("logs")
# --8<-- [end:read]

# RMS of dL/d(output), as the file has it and as the history has it.
names = [layer.name for layer in model.layers]
tags_of_layers = [f"output_gradient_rms/{name}" for name in names]
seen = np.array([list(scalars[tag].values()) for tag in tags_of_layers])
kept = np.array([doctor.history[tag] for tag in tags_of_layers])
difference = float(np.max(np.abs(seen / kept - 1)))  # float32 in the file
looks = seen.shape[1]  # seen: (layers, looks)
tags = len(scalars)

# First layer over head, at the first look and at the last.
start = float(seen[0, 0] / seen[-1, 0])
end = float(seen[0, -1] / seen[-1, -1])
reached = model.evaluate(x_test, y_test, verbose=0)[1]
findings_start = len(doctor.report.history[0][1].findings)
findings_end = len(doctor.report.findings)
logged = [name for name in fit.history if name.startswith("doctor_")]
logs = len(logged)

fig, (above, below) = plt.subplots(
    2, 1, figsize=(6.2, 4.6), sharex=True, height_ratios=(2, 3)
)
above.plot(doctor.history["epoch"], doctor.history["loss"])
above.set(ylabel="loss", title="Five sigmoid layers leave their plateau")
columns = np.arange(looks + 1) - 0.5
rows = np.arange(len(names) + 1)
image = below.pcolormesh(columns, rows, np.log10(seen), cmap="cividis")
below.set_yticks(rows[:-1] + 0.5, names)
below.set(xlabel="epoch")
below.grid(False)
fig.colorbar(image, ax=below, label="log10, RMS of dL/d(output)")
fig.savefig("gradient_doctor_training.svg")
