"""How steep are sigmoid and tanh?

Nothing is random: derivatives come from GradientTape and are compared with difference quotients and the formulas.
The figure shows both functions and their derivatives.
"""

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# --8<-- [start:measure]
z = tf.constant(np.linspace(-6, 6, 1201))  # float64, holds 0 exactly
with tf.GradientTape(persistent=True) as tape:
    tape.watch(z)
    sigmoid, tanh = tf.sigmoid(z), tf.tanh(z)
sigmoid_slope, tanh_slope = tape.gradient(sigmoid, z).numpy(), tape.gradient(tanh, z).numpy()
h = 1e-5  # difference quotients know no formula
sigmoid_quotient = ((tf.sigmoid(z + h) - tf.sigmoid(z - h)) / (2 * h)).numpy()
tanh_quotient = ((tf.tanh(z + h) - tf.tanh(z - h)) / (2 * h)).numpy()
# --8<-- [end:measure]

s, t = sigmoid.numpy(), tanh.numpy()
quotient_error = max(np.abs(sigmoid_slope - sigmoid_quotient).max(), np.abs(tanh_slope - tanh_quotient).max())
sigmoid_error = np.abs(sigmoid_slope - s * (1 - s)).max()  # against the formulas
tanh_error = np.abs(tanh_slope - (1 - t**2)).max()
sigmoid_max, sigmoid_at = sigmoid_slope.max(), abs(z.numpy()[sigmoid_slope.argmax()])
tanh_max, tanh_at = tanh_slope.max(), abs(z.numpy()[tanh_slope.argmax()])
tanh_full = int((tanh_slope > 1 - 1e-9).sum())  # grid points where tanh's slope is 1
sigmoid_tail, tanh_tail = (np.interp(5, z, slope) for slope in (sigmoid_slope, tanh_slope))

# --8<-- [start:typical]
points, weights = np.polynomial.hermite_e.hermegauss(101)  # means over z ~ N(0, 1)
weights /= weights.sum()
logistic = 1 / (1 + np.exp(-points))
sigmoid_typical = np.sqrt(weights @ (logistic * (1 - logistic)) ** 2)  # root mean square slope
tanh_typical = np.sqrt(weights @ (1 - np.tanh(points) ** 2) ** 2)
# --8<-- [end:typical]

print(f"largest slope: sigmoid {sigmoid_max:.4f} at {sigmoid_at:.1f}, tanh {tanh_max:.4f} at {tanh_at:.1f}")
print(f"typical slope for z ~ N(0, 1): sigmoid {sigmoid_typical:.4f}, tanh {tanh_typical:.4f}")

fig, axes = plt.subplots(1, 2, sharex=True)
for ax, curves, name in zip(axes, ((s, t), (sigmoid_slope, tanh_slope)), ("function", "derivative")):
    ax.plot(z, curves[0], "C0-", label="sigmoid")
    ax.plot(z, curves[1], "C1--", label="tanh")
    ax.set(xlabel="z", ylabel="a" if name == "function" else "da/dz", title=name, xticks=range(-6, 7, 3))
axes[1].axhline(0.25, color="C4", lw=1, ls=":")
axes[1].text(-6, 0.27, "1/4")
axes[0].legend()
fig.savefig("activations.svg")
