"""How far does rounding alone move the gradients and losses of a network?

Fixed: fourteen settings, those of the programs that three frameworks share.
Five seeds, each with weights and batches of its own, drawn by NumPy. Varies:
float32 or float64, and the last digit of the first weights. The figure shows
how far float32's dL/dz is from float64's, relative, by layer.
"""

import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from keras_start import keras_gradients, train_copies
from same_start import SETTINGS, STEPS, draw_start, find_differences

SEEDS = range(5)
moves = 4  # copies of each network, each with its own last digits
steps = STEPS
unit = float(np.finfo("float32").eps)  # from one to the next float32

by_layer = {}  # float32 against float64, dL/dW and then dL/dz: (seeds, ...)
rounding = {}  # the largest of them: (seeds,)
loss = {}  # after training: (seeds,)
spread = {}  # relative, of copies whose first weights differ in the last place
for name, setting in SETTINGS.items():
    starts = [draw_start(setting, seed) for seed in SEEDS]
    single = keras_gradients(setting, starts, "float32")
    double = keras_gradients(setting, starts, "float64")
    by_layer[name] = find_differences(single, double)
    rounding[name] = by_layer[name].max(axis=1)
    if setting.rate:
        loss[name], of_copies = train_copies(setting, starts, moves)
        spread[name] = of_copies / loss[name]
for name, values in rounding.items():
    print(f"{name}: {np.median(values):.1e}", end=" ")
    print(f"{np.median(spread[name]):.1e}" if name in spread else "")
num_settings = len(SETTINGS)
largest = np.max(list(rounding.values()), axis=0)  # (seeds,)

# The drawing.
fig, ax = plt.subplots()
LINES = {
    "gradient_by_layer": ("C0o-", "20 tanh layers, small weights"),
    "depth": ("C1s--", "20 sigmoid layers"),
    "initialization": ("C2^-.", "20 tanh layers, Glorot"),
    "relu": ("C3v:", "10 ReLU layers, He"),
}
first = {}  # of dL/dz in the first layer: (seeds,)
for name, (style, label) in LINES.items():
    layers = len(SETTINGS[name].sizes) - 1
    of_z = by_layer[name][:, layers:]  # (seeds, layers)
    draw_band(ax, range(1, layers + 1), of_z, style, label)
    first[name] = of_z[:, 0]
ax.axhline(unit, color="C4", ls=":", label="one unit in the last place")
ax.set(yscale="log", ylim=(2e-9, 2e-6), xticks=range(1, 22, 4))
ax.set_xlabel("layer (1 is nearest the input)")
ax.set_ylabel("float32 against float64, dL/dz, relative")
ax.legend(loc="lower left")
fig.savefig("frameworks.svg")
