"""Does the chain rule, worked by hand, give the gradients that TensorFlow finds?

Fixed: one sample, three sigmoid units in a row, a squared error; nothing is random.
The figure shows dL/dz of each unit, and the factor from each to the one before.
"""

import math

import matplotlib.pyplot as plt
import tensorflow as tf

x, target = 1.0, 1.0
w1, w2, w3 = 0.5, 1.0, 2.0

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
slope1, slope2, slope3 = a1 * (1 - a1), a2 * (1 - a2), a3 * (1 - a3)
delta3 = (a3 - target) * slope3  # dL/dz of the last unit
factor2 = w3 * slope2
delta2 = delta3 * factor2
factor1 = w2 * slope1
delta1 = delta2 * factor1
gradient3, gradient2, gradient1 = delta3 * a2, delta2 * a1, delta1 * x  # dL/dw
# --8<-- [end:backward]

# --8<-- [start:tape]
weights = [tf.Variable(w) for w in (w1, w2, w3)]
with tf.GradientTape() as tape:
    a = tf.constant(x)
    for w in weights:
        a = tf.sigmoid(w * a)
    error = (a - target) ** 2 / 2
taped = [float(g) for g in tape.gradient(error, weights)]
worst = max(abs(t / g - 1) for t, g in zip(taped, (gradient1, gradient2, gradient3)))  # relative
# --8<-- [end:tape]

share = delta1 / delta3
print(f"by hand  {gradient1:.6f}  {gradient2:.6f}  {gradient3:.6f}")
print("by tape  " + "  ".join(f"{t:.6f}" for t in taped))

fig, ax = plt.subplots(figsize=(6.2, 3.2))
sizes = [abs(delta1), abs(delta2), abs(delta3)]
bars = ax.bar(["first unit", "second unit", "third unit"], sizes, width=0.5, color="C0")
ax.bar_label(bars, [f"{size:.5f}" for size in sizes])
for i, factor in enumerate((factor1, factor2)):
    ends, arrow = ((i + 0.25, 0.02), (i + 0.7, 0.02)), {"arrowstyle": "->", "color": "C1"}
    ax.annotate(f"× {factor:.2f}", *ends, ha="right", va="center", arrowprops=arrow)
ax.set(ylabel="|dL/dz|", title="Each step back multiplies by weight times slope")
fig.savefig("by_hand.svg")
