"""The batch that a model is examined on, from whatever `fit` takes."""

import itertools
from typing import Any

import keras
import numpy as np

from gradient_doctor.layer import ENOUGH

# Values of the samples that are taken, of inputs as large as images.
VALUES = 2**21


def batch(x: Any, y: Any, sample_weight: Any, samples: int | None) -> tuple:
    """The samples to examine and their number.

    Evenly spaced ones of arrays, the first batch of anything else.
    """
    if streams(x):
        try:
            first = x[0] if isinstance(x, keras.utils.PyDataset) else next(iter(x))
        except (StopIteration, IndexError):
            raise ValueError("the dataset is empty: it gave no batch") from None
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(first)
        samples = None
    structures = x, y, sample_weight
    leaves = [leaf for leaf in keras.tree.flatten(structures) if leaf is not None]
    sizes = {np.shape(leaf)[0] if np.ndim(leaf) else -1 for leaf in leaves}
    if len(sizes) != 1 or -1 in sizes:
        raise ValueError(
            "x, y and sample_weight are arrays of as many samples each, "
            f"got shapes {shapes(leaves)}"
        )
    if not (count := sizes.pop()):
        raise ValueError(f"there is no sample: x has shape {shapes(x)}")
    if samples:
        each = sum(np.size(leaf) for leaf in keras.tree.flatten(x)) // count
        samples = min(samples, max(ENOUGH, VALUES // max(each, 1)))
    taken = np.linspace(0, count - 1, min(count, samples or count)).astype(int)

    def take(leaf: Any) -> Any:
        return None if leaf is None else np.asarray(leaf)[taken]

    parts = [keras.tree.map_structure(take, part) for part in structures]
    return (*parts, len(taken))


def first_labels(x: Any) -> list | None:
    """Labels of the first ten batches of a stream that can be read again."""
    if hasattr(x, "__next__"):
        return None
    counted = isinstance(x, keras.utils.PyDataset)
    batches = (x[k] for k in range(min(len(x), 10))) if counted else iter(x)
    unpack = keras.utils.unpack_x_y_sample_weight
    labels = [unpack(given)[1] for given in itertools.islice(batches, 10)]
    return [np.asarray(y) for y in labels if hasattr(y, "shape")] or None


def streams(x: Any) -> bool:
    """Whether x gives batches, as a dataset, a loader or a generator."""
    if isinstance(x, keras.utils.PyDataset) or hasattr(x, "__next__"):
        return True
    arrays = hasattr(x, "shape") or isinstance(x, list | tuple | dict | str)
    return hasattr(x, "__iter__") and not arrays


def shapes(structure: Any) -> str:
    leaves = [leaf for leaf in keras.tree.flatten(structure) if leaf is not None]
    return ", ".join(str(tuple(np.shape(leaf))) for leaf in leaves)


def tensors(structure: Any) -> Any:
    """A structure of arrays as tensors; floats in Keras' precision."""

    def convert(leaf: Any) -> Any:
        if leaf is None:
            return None
        floats = leaf.dtype.kind == "f"
        return keras.ops.convert_to_tensor(
            leaf, keras.config.floatx() if floats else None
        )

    return keras.tree.map_structure(convert, structure)
