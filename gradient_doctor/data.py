"""What is wrong with x and y, before any network reads them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import keras
import numpy as np

from gradient_doctor.calls import SCALES
from gradient_doctor.finding import Finding
from gradient_doctor.record import Record

# --8<-- [start:data_borders]
# Root mean square of a column that the first weights read. Weights are drawn
# for values near one; uniform numbers up to 50 have 29, bytes of images about
# 100.
LARGE_INPUT = 30.0
TINY_INPUT = 1e-3
# Between columns; that of a sparse column is taken over what is not zero.
UNEQUAL_COLUMNS = 1e3
# Mean of a column over its spread.
FAR_FROM_ZERO = 10.0
# Share of rows that are one and the same.
SAME_ROWS = 0.95
# Share of batches that hold a single class, over that of shuffled ones.
PURE_BATCHES = 0.5
# Standard deviations by which a model of y from x beats the same on shuffled y:
# what may be chance, and what settles it.
BY_CHANCE, NOT_BY_CHANCE = 3.0, 6.0
# Samples that a relation is looked for in: first, at most, and at least.
FIRST_SAMPLES, MANY_SAMPLES, FEW_SAMPLES = 250, 1000, 150
# Draws of a shuffled y.
SHUFFLES = 40
# --8<-- [end:data_borders]


class Read(NamedTuple):
    """What a layer with trainable weights reads: x, or what prepares it.

    inputs: (samples, ..., columns). normalized: its outputs go straight into a
        normalization, so that a common scale or shift of x does not matter.
    """

    layer: str
    inputs: np.ndarray
    normalized: bool = False


def list_reads(record: Record) -> list[Read]:
    """What the first layers with trainable weights read in an examination.

    Where x cannot be followed to them, only the first of all is one.
    """
    readers = [
        call
        for call in record.calls
        if call.layer.trainable_weights and not isinstance(call.layer, SCALES)
    ]
    first = [call for call in readers if call.from_data] or readers[:1]
    normalizing = [call for call in record.calls if isinstance(call.layer, SCALES)]
    read = {place for call in normalizing for place in call.inputs}
    return [
        Read(call.name, call.read, bool(read & set(call.outputs)))
        for call in first
        if call.read is not None
    ]


def judge_data(
    x: Any,
    y: Any = None,
    reads: Sequence[Read] = (),
    batches: list | None = None,
    notes: list[str] | None = None,
    depends: bool = True,
) -> list[Finding]:
    """Findings on the data alone.

    x, y: as `fit` takes them, as many samples as there are.
    reads: what the first layers with trainable weights get of x.
    batches: y of consecutive batches as `fit` takes them, where that is known.
    notes: a list that gets what could not be judged.
    depends: whether the loss reads y.
    """
    xs, ys = name_arrays("x", x), name_arrays("y", y) if depends else {}
    if lost := find_lost(xs) + find_lost(ys):
        return lost  # what is computed from NaN says nothing
    findings = find_constant_inputs(xs, reads)
    if not findings:
        findings += [found for read in reads for found in find_scale(read)]
    constant = find_constant_labels(join_batches(batches) if batches else ys)
    findings += constant or find_order(batches)
    if not findings and is_sorted(ys) and batches is None and notes is not None:
        notes.append("y is in order of class: leave fit's shuffle=True as it is")
    if not constant and reads and not any(f.kind == "data-constant" for f in findings):
        findings += find_unrelated(xs, ys)
    return findings


def name_arrays(name: str, structure: Any) -> dict[str, np.ndarray]:
    """Name -> array of numbers, of the arrays of a structure."""
    found = {}
    for path, leaf in keras.tree.flatten_with_path(structure):
        array = None if leaf is None else np.asarray(leaf)
        if array is not None and array.ndim and array.dtype.kind in "fiub":
            found[name + "".join(f"[{key!r}]" for key in path)] = array
    return found


def find_lost(arrays: dict[str, np.ndarray]) -> list[Finding]:
    """Cells that are NaN or infinite."""
    findings = []
    for name, array in arrays.items():
        # A sum is lost with any cell, and takes no memory.
        if array.dtype.kind != "f" or np.isfinite(array.sum(dtype="float64")):
            continue
        lost = ~np.isfinite(array)
        if not (cells := int(lost.sum())):
            continue
        rows = np.flatnonzero(lost.reshape(len(array), -1).any(axis=1))
        says = (
            f"{cells} values of {name} ({cells / lost.size:.2g} of all) are NaN or "
            f"infinite, in {len(rows)} samples, first in sample {rows[0]}"
        )
        columns = []
        if array.ndim == 2:
            columns = np.flatnonzero(lost.any(axis=0)).tolist()
            says += f"; columns {list_some(columns)}"
        findings.append(
            Finding(
                "data-not-finite",
                None,
                says,
                "One such value makes the loss and then every weight NaN.",
                f"Fill these values of {name}, or drop their samples, before training.",
                evidence={"cells": cells, "rows": len(rows), "columns": columns},
            )
        )
    return findings


def list_some(numbers: list[int], most: int = 6) -> str:
    text = ", ".join(map(str, numbers[:most]))
    return text + (f" and {len(numbers) - most} more" if len(numbers) > most else "")


def take_evenly(array: np.ndarray, count: int) -> np.ndarray:
    """At most so many samples, evenly spaced."""
    return array[np.linspace(0, len(array) - 1, min(len(array), count)).astype(int)]


def flatten_some(
    array: np.ndarray, samples: int = MANY_SAMPLES, columns: int = 4096
) -> np.ndarray:
    """An array of (samples, columns) in float64, evenly spaced parts of a large one."""
    flat = take_evenly(array, samples).reshape(min(len(array), samples), -1)
    return take_evenly(flat.T, columns).T.astype("float64")


def count_same(rows: np.ndarray) -> float:
    """Share of the rows that equal the most frequent one."""
    _, counts = np.unique(rows, axis=0, return_counts=True)
    return counts.max() / len(rows)


def find_constant_inputs(
    xs: dict[str, np.ndarray], reads: Sequence[Read]
) -> list[Finding]:
    """Inputs that are the same for all samples, or nearly all."""
    groups = {"x": list(xs.values())}
    if reads:
        groups["what the first layer reads"] = [read.inputs for read in reads]
    for name, arrays in groups.items():
        if not arrays or min(map(len, arrays)) < 8:
            continue
        share = min(count_same(flatten_some(array)) for array in arrays)
        if share >= SAME_ROWS:
            says = f"{share:.0%} of the samples of {name} are one and the same"
            return [
                Finding(
                    "data-constant",
                    None,
                    says,
                    "No network can tell these samples apart.",
                    "Print some rows of x behind each step of its preparation; a "
                    "division of integers or a wrong column makes them alike.",
                    evidence={"share": float(share), "where": name},
                )
            ]
    return []


def find_scale(read: Read) -> list[Finding]:
    """Columns, the last axis, far from the size that fresh weights are drawn for."""
    values = np.asarray(read.inputs, "float64")
    axes = tuple(range(values.ndim - 1))
    mean, spread = values.mean(axis=axes), values.std(axis=axes)
    size = np.sqrt(
        np.square(values).sum(axis=axes)
        / np.maximum(np.count_nonzero(values, axis=axes), 1)
    )
    varies = np.flatnonzero(spread > 1e-6 * size)
    if not len(varies):
        return []
    mean, spread, size = mean[varies], spread[varies], size[varies]
    large, small = int(size.argmax()), int(size.argmin())
    far = int((np.abs(mean) / spread).argmax())
    distance = float(abs(mean[far]) / spread[far])
    columns = [int(varies[k]) for k in (large, small, far)]
    column = [f"column {number}" for number in columns]
    scaled = "Scale each column of x to mean 0 and spread 1"
    if size[large] > UNEQUAL_COLUMNS * size[small]:
        says = (
            f"{column[0]} of its inputs has values around {size[large]:.2g}, "
            f"{column[1]} around {size[small]:.2g}"
        )
        cause = "The largest columns drown the others and set how long a step may be."
        change = f"{scaled}, as keras.layers.Normalization does."
    elif read.normalized:
        return []
    elif size[large] > LARGE_INPUT:
        says = (
            f"its inputs have values around {size[large]:.2g} ({column[0]}); "
            "weights are drawn for inputs around 1"
        )
        cause = "Such inputs make outputs and steps too large by the same factor."
        change = f"{scaled}; divide bytes of an image by 255."
    elif size[large] < TINY_INPUT:
        says = f"its largest inputs are around {size[large]:.2g}"
        cause = "Inputs that small hardly move the outputs: were they scaled twice?"
        change = f"{scaled}, once."
    elif distance > FAR_FROM_ZERO and abs(mean[far]) > 1:
        says = f"{column[2]} of its inputs is {mean[far]:.3g} ± {spread[far]:.2g}"
        cause = "What differs between samples is small beside what they share."
        change = f"{scaled}, as keras.layers.Normalization does."
    else:
        return []
    evidence = {
        "largest": float(size[large]),
        "smallest": float(size[small]),
        "distance": distance,
        "columns": columns,
    }
    return [Finding("data-scale", read.layer, says, cause, change, "likely", evidence)]


def is_numbering(labels: np.ndarray) -> bool:
    """Whether labels of one sample number its parts, as partners in pairs are told."""
    numbers = np.unique(labels)
    return len(numbers) > 2 and not np.any(numbers % 1)


def find_constant_labels(ys: dict[str, np.ndarray]) -> list[Finding]:
    """Labels that are the same for all samples."""
    if not ys or min(map(len, ys.values())) < 8:
        return []
    # Sorted labels differ somewhere, which evenly spaced samples show.
    if any((array != array[:1]).any() for array in ys.values()):
        return []
    if all(is_numbering(array[0]) for array in ys.values()):
        return []
    first = next(iter(ys.values()))
    value = first[0].tolist() if first[0].size < 4 else "one and the same array"
    return [
        Finding(
            "labels-constant",
            None,
            f"all {len(first)} labels are {value}",
            "A constant output is right for all of them, so there is nothing to learn.",
            "Print y: look at how labels are read, and at folders with one class only.",
            evidence={"samples": len(first)},
        )
    ]


def find_classes(labels: Any) -> np.ndarray | None:
    """Class numbers (samples,) of labels that name classes, else None."""
    labels = np.asarray(labels)
    if labels.ndim == 2 and labels.shape[1] > 1:
        hot = ((labels == 0) | (labels == 1)).all() and (labels.sum(axis=1) == 1).all()
        return labels.argmax(axis=1) if hot else None
    flat = labels.reshape(len(labels), -1)
    if flat.shape[1] != 1 or (flat != np.floor(flat)).any():
        return None
    distinct, numbers = np.unique(flat[:, 0], return_inverse=True)
    return numbers if len(distinct) <= max(2, len(flat) // 8) else None


def join_batches(batches: list) -> dict[str, np.ndarray]:
    """The labels of consecutive batches, one behind the other."""
    parts = [name_arrays("y", each) for each in batches]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def find_order(batches: list | None) -> list[Finding]:
    """Batches of which most hold one class only."""
    if not batches or any(len(keras.tree.flatten(each)) != 1 for each in batches):
        return []
    parts = [np.asarray(keras.tree.flatten(each)[0]) for each in batches]
    parts = [each for each in parts if each.ndim and len(each) >= 4]
    classes = find_classes(np.concatenate(parts)) if len(parts) >= 4 else None
    if classes is None or len(set(classes.tolist())) < 2:
        return []
    places = np.cumsum([len(each) for each in parts])[:-1]
    shuffled = np.random.default_rng(0).permutation(classes)
    pure, chance = (count_pure(np.split(c, places)) for c in (classes, shuffled))
    if pure - chance < PURE_BATCHES:
        return []
    return [
        Finding(
            "data-order",
            None,
            f"{pure:.0%} of {len(parts)} batches hold one class only, of "
            f"{len(set(classes.tolist()))}",
            "The network learns the class of the latest batches and forgets the rest.",
            "Shuffle: fit(shuffle=True) for arrays, and for a dataset "
            "shuffle(buffer) with a buffer as large as the dataset.",
            evidence={"share": pure, "batches": len(parts)},
        )
    ]


def count_pure(batches: list[np.ndarray]) -> float:
    """Share of the batches of one class."""
    return float(np.mean([len(set(classes.tolist())) == 1 for classes in batches]))


def is_sorted(ys: dict[str, np.ndarray]) -> bool:
    """Whether labels come in order of their class."""
    classes = find_classes(*ys.values()) if len(ys) == 1 else None
    if classes is None or len(classes) < 64:
        return False
    changes = int(np.count_nonzero(np.diff(classes)))
    return 0 < changes < len(classes) // 32


def find_unrelated(
    xs: dict[str, np.ndarray], ys: dict[str, np.ndarray]
) -> list[Finding]:
    """Labels that no simple model finds in x.

    Of one table or one set of images; in sequences, tokens and pairs a relation may
    be there that simple models do not see.
    """
    if len(xs) != 1 or len(ys) != 1:
        return []
    inputs, labels = *xs.values(), *ys.values()
    floats = inputs.dtype.kind == "f" or inputs.dtype == "uint8"
    if not floats or inputs.ndim not in (2, 4) or labels.ndim > 2:
        return []
    if len(inputs) != len(labels) or len(inputs) < FEW_SAMPLES:
        return []
    classes = find_classes(labels)
    if classes is not None:
        labels = np.eye(classes.max() + 1)[classes]
    for count in (FIRST_SAMPLES, MANY_SAMPLES):
        x, y = flatten_some(inputs, count, 512), flatten_some(labels, count)
        scores = []
        for smooth in (smooth_linearly, smooth_quadratically, smooth_nearest):
            scores.append(score_relation(smooth(x), y))
            if abs(scores[-1]) > NOT_BY_CHANCE:
                return []
    strongest = max(map(abs, scores))
    if strongest > BY_CHANCE:
        return []
    return [
        Finding(
            "labels-unrelated",
            None,
            "linear, quadratic and nearest-neighbor models of y from x, on samples "
            f"left out of {len(x)}, do no better than with y shuffled (by at most "
            f"{strongest:.1f} standard deviations)",
            "Either x and y are out of step, or the relation is too weak or too "
            "intricate for these models.",
            "Show ten samples with their labels; shuffle, split and sort x and y with "
            "the same indices.",
            "likely" if len(x) >= 400 else "possible",
            {"deviations": scores, "samples": len(x)},
        )
    ]


def multiply_rows(x: np.ndarray) -> np.ndarray:
    """Products of standardized samples (samples, samples)."""
    x = x - x.mean(axis=0)
    x = np.clip(x / np.maximum(x.std(axis=0), 1e-12), -3, 3)
    return x @ x.T / x.shape[1]


def smooth_linearly(x: np.ndarray) -> np.ndarray:
    """A matrix that predicts each sample's y from the others' (samples, samples)."""
    return leave_out(multiply_rows(x))


def smooth_quadratically(x: np.ndarray) -> np.ndarray:
    return leave_out((multiply_rows(x) + 1) ** 2)


def smooth_nearest(x: np.ndarray) -> np.ndarray:
    """The mean of the five nearest samples."""
    products = multiply_rows(x)
    squares = np.diag(products)
    distances = squares[:, None] + squares - 2 * products
    np.fill_diagonal(distances, np.inf)
    nearest = np.argpartition(distances, 5, axis=1)[:, :5]
    neighbors = np.zeros(distances.shape)
    np.put_along_axis(neighbors, nearest, 0.2, axis=1)
    return neighbors


def leave_out(kernel: np.ndarray) -> np.ndarray:
    """Ridge regression's predictions of each sample from the others."""
    ridge = 0.1 * np.trace(kernel) / len(kernel)
    hat = np.linalg.solve(kernel + ridge * np.eye(len(kernel)), kernel).T
    own = np.diag(hat).copy()
    np.fill_diagonal(hat, 0)
    return hat / (1 - own)[:, None]


def score_relation(predictor: np.ndarray, y: np.ndarray) -> float:
    """How much better y is predicted than shuffled y, in standard deviations."""
    y = y - y.mean(axis=0)
    shuffled = np.random.default_rng(0)
    drawn = [shuffled.permutation(len(y)) for _ in range(SHUFFLES)]
    found = [np.sum(part * (predictor @ part)) for part in (y, *(y[k] for k in drawn))]
    return float((found[0] - np.mean(found[1:])) / max(np.std(found[1:]), 1e-12))
