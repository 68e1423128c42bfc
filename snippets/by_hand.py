"""Does the chain rule, worked by hand, give the gradients of TensorFlow?

Fixed: one sample, three sigmoid units in a row, a squared error; nothing is
random. The figure shows dL/dz of each unit, and the factor from each to the
one before.
"""

import math

import keras
import matplotlib.pyplot as plt
import tensorflow as tf

x = 1.0
target = 1.0
w1 = 0.5
w2 = 1.0
w3 = 2.0

# --8<-- [start:forward]
z1 = w1 * x
a1 = 1 / (1 + math.exp(-z1))

z2 = w2 * a1
a2 = 1 / (1 + math.exp(-z2))

z3 = w3 * a2
a3 = 1 / (1 + math.exp(-z3))

loss = (a3 - target) ** 2 / 2
# --8<-- [end:forward]

# --8<-- [start:backward]
# The slope of each unit's sigmoid.
slope1 = a1 * (1 - a1)
slope2 = a2 * (1 - a2)
slope3 = a3 * (1 - a3)

# dL/dz, from the last unit to the first.
delta3 = (a3 - target) * slope3
factor2 = w3 * slope2
delta2 = delta3 * factor2
factor1 = w2 * slope1
delta1 = delta2 * factor1

# dL/dw: dL/dz times the unit's input.
gradient3 = delta3 * a2
gradient2 = delta2 * a1
gradient1 = delta1 * x
by_hand = [gradient1, gradient2, gradient3]
# --8<-- [end:backward]

# --8<-- [start:tape]
model = keras.Sequential()
for _ in range(3):
    model.add(keras.layers.Dense(1, "sigmoid", use_bias=False))
model.build((None, 1))
for layer, weight in zip(model.layers, (w1, w2, w3)):
    layer.kernel.assign([[weight]])

with tf.GradientTape() as tape:
    a = model(tf.constant([[x]]))
    error = (a - target) ** 2 / 2
by_tape = [float(g[0, 0]) for g in tape.gradient(error, model.weights)]

for i in range(3):
    print(f"w{i + 1}: by hand {by_hand[i]:.6f}, by tape {by_tape[i]:.6f}")
# --8<-- [end:tape]

# The largest relative difference.
worst = max(
    abs(found / by_rule - 1) for found, by_rule in zip(by_tape, by_hand)
)
share = delta1 / delta3

# The drawing.
fig, ax = plt.subplots(figsize=(6.2, 3.2))
sizes = [abs(delta1), abs(delta2), abs(delta3)]
names = ["first unit", "second unit", "third unit"]
bars = ax.bar(names, sizes, width=0.5, color="C0")
ax.bar_label(bars, [f"{size:.5f}" for size in sizes])
for place, factor in enumerate((factor1, factor2)):
    ax.annotate(
        f"× {factor:.2f}",
        (place + 0.25, 0.02),
        (place + 0.7, 0.02),
        ha="right",
        va="center",
        arrowprops={"arrowstyle": "->", "color": "C1"},
    )
ax.set(
    ylabel="|dL/dz|", title="Each step back multiplies by weight times slope"
)
fig.savefig("by_hand.svg")
