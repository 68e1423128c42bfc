"""How steep are sigmoid and tanh?

Nothing is random: derivatives come from GradientTape and are compared with
difference quotients and the formulas. The figure shows both functions and
their derivatives.
"""

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from gaussian import gaussian_mean

# --8<-- [start:measure]
z = tf.constant(np.linspace(-6, 6, 1201))  # float64, holds 0 exactly
with tf.GradientTape(persistent=True) as tape:
    tape.watch(z)
    sigmoid = tf.sigmoid(z)
    tanh = tf.tanh(z)
sigmoid_slope = tape.gradient(sigmoid, z).numpy()
tanh_slope = tape.gradient(tanh, z).numpy()

# Difference quotients know no formula.
h = 1e-5
sigmoid_quotient = ((tf.sigmoid(z + h) - tf.sigmoid(z - h)) / (2 * h)).numpy()
tanh_quotient = ((tf.tanh(z + h) - tf.tanh(z - h)) / (2 * h)).numpy()
# --8<-- [end:measure]

# The largest disagreement with the quotients and with the formulas.
z = z.numpy()
sigmoid = sigmoid.numpy()
tanh = tanh.numpy()
quotient_error = max(
    np.abs(sigmoid_slope - sigmoid_quotient).max(),
    np.abs(tanh_slope - tanh_quotient).max(),
)
sigmoid_error = np.abs(sigmoid_slope - sigmoid * (1 - sigmoid)).max()
tanh_error = np.abs(tanh_slope - (1 - tanh**2)).max()

# Where the slopes are largest, and how small they are at z = 5.
sigmoid_max = sigmoid_slope.max()
sigmoid_at = abs(z[sigmoid_slope.argmax()])
tanh_max = tanh_slope.max()
tanh_at = abs(z[tanh_slope.argmax()])
tanh_full = int((tanh_slope > 1 - 1e-9).sum())  # points where the slope is 1
sigmoid_tail = np.interp(5, z, sigmoid_slope)
tanh_tail = np.interp(5, z, tanh_slope)


# --8<-- [start:typical]
def slope_of_sigmoid(z):
    a = 1 / (1 + np.exp(-z))
    return a * (1 - a)


def slope_of_tanh(z):
    return 1 - np.tanh(z) ** 2


# Root mean square slopes over z ~ N(0, 1).
sigmoid_typical = np.sqrt(gaussian_mean(lambda z: slope_of_sigmoid(z) ** 2))
tanh_typical = np.sqrt(gaussian_mean(lambda z: slope_of_tanh(z) ** 2))
# --8<-- [end:typical]

print(f"largest slope of sigmoid: {sigmoid_max:.4f} at {sigmoid_at:.1f}")
print(f"largest slope of tanh: {tanh_max:.4f} at {tanh_at:.1f}")
print(f"typical slope for z ~ N(0, 1): sigmoid {sigmoid_typical:.4f}, ", end="")
print(f"tanh {tanh_typical:.4f}")

# The drawing.
fig, axes = plt.subplots(1, 2, sharex=True)
axes[0].plot(z, sigmoid, "C0-", label="sigmoid")
axes[0].plot(z, tanh, "C1--", label="tanh")
axes[0].set(title="function", ylabel="a")
axes[0].legend()
axes[1].plot(z, sigmoid_slope, "C0-", label="sigmoid")
axes[1].plot(z, tanh_slope, "C1--", label="tanh")
axes[1].set(title="derivative", ylabel="da/dz")
axes[1].axhline(0.25, color="C4", lw=1, ls=":")
axes[1].text(-6, 0.27, "1/4")
for ax in axes:
    ax.set(xlabel="z", xticks=range(-6, 7, 3))
fig.savefig("activations.svg")
