"""How many steps back does gradient descent learn to keep a bit?

Fixed: one tanh unit that feeds itself, noise of variance 0.2, targets of 0.8
and -0.8 at the end, SGD for 400 steps on 20 sequences each. Learned: its weight
and the first input of each of two classes. Varies: the number of steps in
between. Ten seeds of 20 networks each. The figure shows the share of networks
that succeed, beside guessing their three numbers at random.
"""

import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band

SEEDS = range(10)
LAGS = (2, 5, 10, 20, 40)
networks = 20  # of a seed
guesses = 200  # of a seed
descent_steps = 400
learning_rate = 0.1
noise_variance = 0.2
target = 0.8
right_share = 0.9  # of new sequences: a network that has it succeeds
class_of = np.arange(20) % 2  # of each sequence in a batch
y = np.where(class_of == 0, target, -target)


# --8<-- [start:forward]
def run(weight, inputs, lag, rng):
    """States of every step, each (networks, sequences).

    weight: (networks, 1). inputs: of the two classes, (networks, 2).
    """
    states = [np.tanh(inputs[:, class_of])]
    for _ in range(lag):
        noise = rng.normal(0, noise_variance**0.5, states[0].shape)
        states.append(np.tanh(weight * states[-1] + noise))
    return states


def succeeds(weight, inputs, lag, rng):
    """Whether a network puts new sequences on the right side of zero."""
    trials = [run(weight, inputs, lag, rng)[-1] * y > 0 for _ in range(10)]
    return np.mean(trials, axis=(0, 2)) > right_share


# --8<-- [end:forward]


# --8<-- [start:learn]
def learn(lag, seed):
    """Share of networks that succeed after gradient descent."""
    rng = np.random.default_rng(seed)
    weight = rng.uniform(0, 3, (networks, 1))
    inputs = rng.normal(0, 0.1, (networks, 2))
    for _ in range(descent_steps):
        states = run(weight, inputs, lag, rng)
        error = (states[-1] - y) / len(y)  # dL/da, of the squared error
        of_weight = 0
        for before, after in zip(states[-2::-1], states[:0:-1]):
            error = error * (1 - after**2)  # dL/dz
            of_weight = of_weight + (error * before).sum(axis=1, keepdims=True)
            error = error * weight
        error = error * (1 - states[0] ** 2)
        for each in (0, 1):
            of_input = error[:, class_of == each].sum(axis=1)
            inputs[:, each] -= learning_rate * of_input
        weight = weight - learning_rate * of_weight
    return succeeds(weight, inputs, lag, rng).mean()
    # --8<-- [end:learn]


# --8<-- [start:guess]
def guess(lag, seed):
    """Share of guesses that succeed: no gradient, three random numbers."""
    rng = np.random.default_rng(seed)
    weight = rng.uniform(-100, 100, (guesses, 1))
    inputs = rng.uniform(-100, 100, (guesses, 2))
    return succeeds(weight, inputs, lag, rng).mean()
    # --8<-- [end:guess]


learned = np.array([[learn(lag, seed) for lag in LAGS] for seed in SEEDS])
guessed = np.array([[guess(lag, seed) for lag in LAGS] for seed in SEEDS])

# (seeds,) each.
at = {f"of_{lag}": learned[:, i] for i, lag in enumerate(LAGS)}
guess_far = guessed[:, -1]
guesses_needed = 1 / guess_far  # on average until one succeeds
paper_guesses = 6  # Schmidhuber, Hochreiter and Bengio: 6 trials on average

fig, ax = plt.subplots(figsize=(4.8, 3.6))
draw_band(ax, LAGS, learned, "C0o-", "gradient descent")
draw_band(ax, LAGS, guessed, "C1s--", "a single guess")
ax.set(xlabel="steps between input and target", ylabel="share that succeeds")
ax.set(xscale="log", xticks=LAGS, xticklabels=LAGS, ylim=(-0.03, 1.03))
ax.minorticks_off()
ax.legend()
fig.savefig("hochreiter_bengio_learning.svg")
