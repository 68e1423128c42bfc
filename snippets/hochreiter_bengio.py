"""Which weights let an error flow back through logistic units?

Fixed: fully connected recurrent networks of logistic units, without input, 40
steps back. Varies: the number of units, and the limit of the uniform weights.
Ten seeds. The figure shows the factor of the error per step against the limit,
with biases that center each unit's sum and without.
"""

import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band

SEEDS = range(10)
UNITS = (1, 10, 100)
LIMITS = np.geomspace(0.25, 16, 13)  # of the weights; among them 1 and 4
settling_steps = 100  # until the state no longer depends on its start
back_steps = 40
proven = 4.0  # the largest weight below which a single path must vanish


# --8<-- [start:factor]
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def find_factor(units, limit, seed, centered):
    """What a step back keeps of the error, on average over the steps."""
    rng = np.random.default_rng(seed)
    weights = rng.uniform(-limit, limit, (units, units))
    weights *= limit / np.abs(weights).max()  # so that the largest is there
    # The sum is zero where all units are halfway up.
    bias = -weights.sum(axis=0) / 2 if centered else np.zeros(units)
    state = rng.uniform(size=units)
    slopes = []
    for _ in range(settling_steps):
        state = sigmoid(state @ weights + bias)
        slopes.append(state * (1 - state))

    error = rng.normal(size=units)
    error /= np.linalg.norm(error)
    logs = []
    for slope in slopes[: -back_steps - 1 : -1]:  # backward in time
        error = weights @ (error * slope)
        length = np.linalg.norm(error)
        logs.append(np.log(length))
        error /= length
    return np.exp(np.mean(logs))
    # --8<-- [end:factor]


def find_all(units, centered):
    """Factors, (seeds, limits)."""
    found = []
    for seed in SEEDS:
        found.append([find_factor(units, w, seed, centered) for w in LIMITS])
    return np.array(found)


centered = {units: find_all(units, True) for units in UNITS}
plain = {units: find_all(units, False) for units in UNITS}

# What was found. At the limit four, and the largest factor at any limit.
four = np.abs(LIMITS - 4).argmin()
one = np.abs(LIMITS - 1).argmin()
NAMES = {1: "unit", 10: "ten", 100: "hundred"}
at_four = {NAMES[units]: f[:, four] for units, f in centered.items()}
at_one = {NAMES[units]: f[:, one] for units, f in centered.items()}
plain_at_four = {NAMES[units]: f[:, four] for units, f in plain.items()}
at_largest = centered[100][:, -1]
unit_at_largest = centered[1][:, -1]
unit_peak = centered[1].max(axis=1)

# The limit at which the factor of a hundred units becomes one.
border = np.array([np.interp(1, f[:7], LIMITS[:7]) for f in centered[100]])
plain_border = np.array([np.interp(1, f[:10], LIMITS[:10]) for f in plain[100]])
proven_border = proven / 100

# Draw what was found.
STYLES = {1: "C0o-", 10: "C1s--", 100: "C2^-."}
fig, axes = plt.subplots(2, 1, figsize=(4.8, 6.2), sharex=True, sharey=True)
for ax, found in zip(axes, (centered, plain)):
    for units, style in STYLES.items():
        label = f"{units} unit" + "s" * (units > 1)
        draw_band(ax, LIMITS, found[units], style, label)
    ax.axvline(4, color="C4", ls=":", label="weight of four")
    ax.axhline(1, color="C3", lw=1, label="nothing lost")
    ax.set(xscale="log", yscale="log", ylim=(0.03, 5))
    ax.set(xticks=[0.25, 1, 4, 16], xticklabels=["¼", "1", "4", "16"])
    ax.minorticks_off()
    ax.set_ylabel("factor of the error a step")
axes[0].set_title("sums centered by biases")
axes[1].set(title="no biases", xlabel="largest weight")
handles, labels = axes[0].get_legend_handles_labels()
fig.legend(handles, labels, loc="outside lower center", ncols=2)
fig.savefig("hochreiter_bengio.svg")
