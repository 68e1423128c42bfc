"""What do many networks have in common?"""

import numpy as np


def factor_per_layer(norms):
    """Mean factor from one hidden layer back to the one before: (members,).

    norms: (members, hidden layers), the nearest to the input first. The mean
    is geometric: so many factors multiply to the first norm over the last.
    """
    num_factors = norms.shape[-1] - 1
    return (norms[..., 0] / norms[..., -1]) ** (1 / num_factors)


def choose_rate(accuracies):
    """Accuracy of each seed at the rate that is best for the other seeds.

    accuracies: (..., rates, seeds) -> (..., seeds). No seed has a say in the
    choice of its own rate.
    """
    of_others = accuracies.sum(axis=-1, keepdims=True) - accuracies
    best = of_others.argmax(axis=-2)  # (..., seeds)
    chosen = np.take_along_axis(accuracies, best[..., None, :], axis=-2)
    return chosen[..., 0, :]
