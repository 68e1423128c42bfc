"""Does the gradient doctor tell a harmful small gradient from a harmless one?

Fixed: one LSTM of 32 units with Keras' own weights, 128 sequences of 100 random
steps, one seed, before training. Varies: which step tells the label, the first
or the last but two. It prints what is found.
"""

# --8<-- [start:examine]
from textwrap import fill

import keras
import numpy as np
from gradient_doctor import examine

x = np.random.default_rng(0).normal(size=(128, 100, 2))
cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
findings = {}
for name, step in (("first", 0), ("last but two", -3)):
    y = (x[:, step, :1] > 0).astype("float32")  # the sign of one number
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((100, 2)), keras.layers.LSTM(32)])
    model.add(keras.layers.Dense(1))
    model.compile("adam", cross_entropy)
    found = examine(model, x, y).findings
    print(f"The label is in the {name} step. Findings: {len(found)}")
    for finding in found:
        print(fill(f"{finding.kind}: {finding.says}", 76))
    findings[f"at_{step % 100}"] = len(found)
# --8<-- [end:examine]
