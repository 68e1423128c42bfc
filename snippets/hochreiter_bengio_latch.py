"""Can one tanh unit keep a bit against noise, and its gradient too?

Fixed: one tanh unit that feeds itself, noise of variance 0.2 at each of 100
steps, a start at 0.8. Varies: its weight. Ten seeds, each with 500 sequences of
its own. The figure shows the share of sequences that keep their sign, and what
a step keeps of the gradient, against the weight.
"""

import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band

SEEDS = range(10)
WEIGHTS = (0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 3, 3.5, 4)
noise_variance = 0.2
steps = 100
sequences = 500


# --8<-- [start:latch]
def keep_bit(weight, seed):
    """Share of sequences that keep their sign, and the factor per step."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, noise_variance**0.5, (steps, sequences))
    state = np.full(sequences, 0.8)
    logs = []
    for each in noise:
        state = np.tanh(weight * state + each)
        logs.append(np.log(weight * (1 - state**2)))
    share = (state > 0).mean()
    return share, np.exp(np.mean(logs))
    # --8<-- [end:latch]


found = [[keep_bit(weight, seed) for weight in WEIGHTS] for seed in SEEDS]
kept, factor = np.moveaxis(np.array(found), 2, 0)  # (seeds, weights) each

# Where nearly all sequences keep their sign: the first such weight, and what
# the gradient has left there after all steps.
nearly_all = 0.95
holds = (kept > nearly_all).all(axis=0)
first = holds.argmax()
keeping_weight = WEIGHTS[first]
kept_there = kept[:, first]
factor_there = factor[:, first]
left_there = factor_there**steps
# Where the gradient does best, and the bit there.
best = factor.max(axis=1)
kept_at_best = kept[np.arange(len(kept)), factor.argmax(axis=1)]

fig, axes = plt.subplots(2, 1, figsize=(4.8, 5.4), sharex=True)
draw_band(axes[0], WEIGHTS, kept, "C0o-", "sequences that keep their sign")
draw_band(axes[1], WEIGHTS, factor, "C1s--", "factor of the gradient a step")
axes[0].set(ylabel="share that keeps its sign", ylim=(0.4, 1.02))
axes[1].set(ylabel="factor of the gradient", xlabel="weight", ylim=(0, 1))
fig.savefig("hochreiter_bengio_latch.svg")
