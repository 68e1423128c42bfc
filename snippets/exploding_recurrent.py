"""How far back in time does the gradient of a recurrent network reach?

Fixed: 64 tanh units, 50 steps in time, small random inputs, no training. Varies: the gain g of the recurrent weights,
g / sqrt(64) being their spread. 20 seeds. The figure shows ||dL/dh|| against the lag, relative to the last step's.
"""

import matplotlib.pyplot as plt
import numpy as np
from stack import band

SEEDS = range(20)
GAINS = {"small": 0.8, "one": 1.0, "large": 1.5}
units, lags, scale = 64, 50, 0.01


# --8<-- [start:measure]
def reach(gain, seed):
    """Norm of dL/dh by lag, (lags + 1,), and the largest absolute eigenvalue of the recurrent weights."""
    rng = np.random.default_rng(seed)
    w = rng.normal(0, gain / units**0.5, (units, units))  # the same at every step
    states = [np.zeros(units)]
    for _ in range(lags):
        states.append(np.tanh(w @ states[-1] + scale * rng.normal(size=units)))
    delta = rng.normal(size=units)  # dL/dh after the last step
    sizes = [np.linalg.norm(delta)]
    for h in reversed(states[1:]):
        delta = w.T @ ((1 - h**2) * delta)
        sizes.append(np.linalg.norm(delta))
    return np.array(sizes) / sizes[0], np.abs(np.linalg.eigvals(w)).max()


found = {name: [reach(gain, seed) for seed in SEEDS] for name, gain in GAINS.items()}
# --8<-- [end:measure]
curves = {name: np.array([curve for curve, _ in pairs]) for name, pairs in found.items()}  # (seeds, lags + 1)
left = {name: curve[:, -1] for name, curve in curves.items()}
radius = {name: np.array([r for _, r in pairs]) for name, pairs in found.items()}
step = {name: curve[:, -1] ** (1 / lags) for name, curve in curves.items()}
power, excess = radius["large"] ** lags, radius["small"] - step["small"]

fig, ax = plt.subplots()
for (name, curve), style in zip(curves.items(), ("C0-", "C1--", "C2-.")):
    band(ax, range(lags + 1), curve, style, f"gain {GAINS[name]}")
ax.set(yscale="log", xlabel="steps back in time", ylabel="||dL/dh||, last step = 1")
ax.legend()
fig.savefig("exploding_recurrent.svg")
