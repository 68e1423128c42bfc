"""What tells how fast a product of matrices grows?

Fixed: products of 100 matrices of 4 by 4. Varies: how they are drawn, from
N(0, 1), or with all eigenvalues one half and a random basis for each. Twenty
seeds. It finds the growth per matrix, beside eigenvalues and singular values.
"""

import numpy as np

SEEDS = range(20)
count = 100
size = 4
shear = 2.0  # spread beside the diagonal


# --8<-- [start:matrices]
def draw_gaussian(rng):
    return rng.normal(size=(count, size, size))


def draw_halves(rng):
    """All eigenvalues are one half: triangular, in a random basis."""
    triangles = np.triu(rng.normal(0, shear, (count, size, size)), 1)
    bases, _ = np.linalg.qr(rng.normal(size=(count, size, size)))
    half = 0.5 * np.eye(size)
    return bases @ (triangles + half) @ bases.transpose(0, 2, 1)


# --8<-- [end:matrices]
def geometric_mean(values):
    return np.exp(np.log(values).mean())


def describe(matrices):
    """Growth per matrix of a vector, and what might tell it beforehand.

    That is the geometric mean of the largest eigenvalues' sizes, of the largest
    singular values, and of the smallest.
    """
    vector = np.ones(size) / size**0.5
    for matrix in matrices:
        vector = matrix @ vector
    growth = np.linalg.norm(vector) ** (1 / count)
    singular = np.linalg.svd(matrices, compute_uv=False)
    return (
        growth,
        geometric_mean(np.abs(np.linalg.eigvals(matrices)).max(axis=1)),
        geometric_mean(singular[:, 0]),
        geometric_mean(singular[:, -1]),
    )


KEYS = ("growth", "radius", "largest", "smallest")
DRAWS = {"gaussian": draw_gaussian, "halves": draw_halves}
of = {}
for name, draw in DRAWS.items():
    rows = [describe(draw(np.random.default_rng(seed))) for seed in SEEDS]
    of[name] = dict(zip(KEYS, np.transpose(rows)))  # (seeds,) each

# Theory for N(0, 1): the mean logarithm of the length of a Gaussian vector.
theory = 2**0.5 * np.exp((1 - np.euler_gamma) / 2)
