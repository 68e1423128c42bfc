"""How steep are the units of a network before training?

Fixed: ten hidden layers of 64 units, Keras' own weights (Glorot), a batch of
128 digits, one seed. Varies: sigmoid or tanh. Prints the root mean square slope
of the first, fifth and tenth layer.
"""

# --8<-- [start:network]
import keras
import numpy as np
from sklearn.datasets import load_digits

pixels, _ = load_digits(return_X_y=True)
slopes = {}  # of each layer, from its outputs: (128 samples, 64 units)
for activation in ("sigmoid", "tanh"):
    keras.utils.set_random_seed(0)
    slopes[activation] = []
    a = pixels[:128] / 16  # (128, 64)
    for _ in range(10):
        a = keras.layers.Dense(64, activation)(a).numpy()
        slope = a * (1 - a) if activation == "sigmoid" else 1 - a**2
        slopes[activation].append(slope)
    for number in (1, 5, 10):
        typical = np.sqrt(np.mean(slopes[activation][number - 1] ** 2))
        print(f"{activation:7} layer {number:2}: typical slope {typical:.3f}")
# --8<-- [end:network]

# Over all ten layers: the typical slope, and the steepest and flattest unit.
typical = {}
steepest = {}
flattest = {}
for activation, of_layers in slopes.items():
    typical[activation] = np.sqrt(np.mean(np.square(of_layers)))
    steepest[activation] = np.max(of_layers)
    flattest[activation] = np.min(of_layers)
