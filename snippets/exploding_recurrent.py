"""How far back in time does the gradient of a recurrent network reach?

Fixed: 64 tanh units, 50 steps in time, small random inputs, no training.
Varies: the gain g of the recurrent weights, g / sqrt(64) being their spread; on
the way back, the slopes as they are or all of them one; one matrix for all
steps, or a fresh one for each. 20 seeds. The figure shows ||dL/dh|| against the
steps back, relative to the last step's.
"""

import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band

SEEDS = range(20)
GAINS = {"small": 0.8, "one": 1.0, "large": 1.5}
units = 64
lags = 50  # steps in time
scale = 0.01  # spread of the inputs


# --8<-- [start:measure]
def run_forward(matrices, rng):
    """The slope of tanh at each step, from a state of zero: (lags, units)."""
    h = np.zeros(units)
    slopes = []
    for w in matrices:
        inputs = scale * rng.normal(size=units)
        h = np.tanh(w @ h + inputs)
        slopes.append(1 - h**2)
    return np.array(slopes)


def run_back(matrices, slopes, delta):
    """Norm of dL/dh by steps back, over the last step's: (lags + 1,)."""
    sizes = [np.linalg.norm(delta)]
    for step in reversed(range(lags)):
        delta = matrices[step].T @ (slopes[step] * delta)
        sizes.append(np.linalg.norm(delta))
    return np.array(sizes) / sizes[0]


# --8<-- [end:measure]
# --8<-- [start:seeds]
curves = {name: [] for name in GAINS}  # of each seed: (lags + 1,)
unbent = {name: [] for name in GAINS}  # the same with all slopes one
fresh = {name: [] for name in GAINS}  # with a matrix for each step
slopes_of = {name: [] for name in GAINS}  # (lags, units)
radius = {name: [] for name in GAINS}  # largest absolute eigenvalue
for name, gain in GAINS.items():
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        w = rng.normal(0, gain / units**0.5, (units, units))
        same = [w] * lags
        slopes = run_forward(same, rng)
        delta = rng.normal(size=units)  # dL/dh after the last step
        curves[name].append(run_back(same, slopes, delta))
        unbent[name].append(run_back(same, np.ones_like(slopes), delta))
        slopes_of[name].append(slopes)
        radius[name].append(np.abs(np.linalg.eigvals(w)).max())

        drawn = rng.normal(0, gain / units**0.5, (lags, units, units))
        slopes = run_forward(drawn, rng)
        fresh[name].append(run_back(drawn, slopes, delta))
# --8<-- [end:seeds]


def per_step(sizes):
    """The factor of one step, from the first to the last: (seeds,)."""
    return sizes[:, -1] ** (1 / lags)


def decades_off(sizes):
    """How many powers of ten each is away from the median: (seeds,)."""
    return np.abs(np.log10(sizes / np.median(sizes)))


curves = {name: np.array(found) for name, found in curves.items()}
radius = {name: np.array(found) for name, found in radius.items()}
left = {name: found[:, -1] for name, found in curves.items()}
step = {name: per_step(found) for name, found in curves.items()}
power = radius["large"] ** lags
excess = radius["small"] - step["small"]

# With the large gain: all slopes one, and the slopes of the last ten steps.
unbent_step = per_step(np.array(unbent["large"]))
late_slopes = np.array(slopes_of["large"])[:, -10:]  # (seeds, 10, units)
late_slope = np.sqrt((late_slopes**2).mean(axis=(1, 2)))
flat = (late_slopes < 0.1).mean(axis=(1, 2))  # share below a tenth

# With gain one, a fresh matrix for each step.
fresh_left = np.array(fresh["one"])[:, -1]
decades_one = decades_off(left["one"])
decades_fresh = decades_off(fresh_left)

# The drawing.
fig, ax = plt.subplots()
for (name, found), style in zip(curves.items(), ("C0-", "C1--", "C2-.")):
    draw_band(ax, range(lags + 1), found, style, f"gain {GAINS[name]}")
ax.set(yscale="log", xlabel="steps back in time")
ax.set_ylabel("||dL/dh||, last step = 1")
ax.legend()
fig.savefig("exploding_recurrent.svg")
