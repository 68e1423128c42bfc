"""Measures of one layer, by what it passed on and what came back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from gradient_doctor.backend import to_numpy
from gradient_doctor.calls import Call

# Values of a layer above which every k-th place does for its statistics.
MANY = 2**20

# Values of a unit; a healthy ReLU is silent for all of 16 by chance once in 2**16.
ENOUGH = 16

# Slope over the activation's largest at which an output counts as saturated: |z| > 3.6
# for sigmoid.
FLAT = 0.1

SLOPES: dict[str, Callable] = {  # slope over its largest, from the output
    "sigmoid": lambda a: 4 * a * (1 - a),
    "tanh": lambda a: 1 - a * a,
    "softsign": lambda a: (1 - np.abs(a)) ** 2,
    "hard_sigmoid": lambda a: (a > 0) & (a < 1),
    "hard_tanh": lambda a: np.abs(a) < 1,
}


# --8<-- [start:Layer]
@dataclass
class Layer:
    """One layer's measures over the whole batch; None if not measurable.

    weight_norm, gradient_norm, gradient_rms: of all its trainable weights
        together and of dL/dW. norm: root of the sum of squares; rms: root
        of their mean. penalty_norm: of the part of dL/dW that comes from
        regularizers and `add_loss`.
    update_ratio: norm of the compiled optimizer's next step over the
        weights' norm.
    output_gradient_norm, output_gradient_rms: of dL/d(output), over all
        its calls; of an output of the model after softmax or sigmoid,
        dL/d(logits).
    mean, std: of the outputs.
    dead: share of units that for every sample are zero after ReLU, or get
        no gradient.
    saturated: share of outputs on a flat part of sigmoid, tanh and others.
    cosine: mean between the outputs of two samples.
    zeros: share of exact zeros in dL/dW.
    nonfinite: share of NaN and infinite values in outputs and gradients.
    time_ratio: of a recurrent layer, norm of dL/d(input) at the first step
        that it reads over the largest of all steps.
    """

    name: str
    kind: str
    parameters: int = 0  # trainable
    weight_norm: float | None = None
    gradient_norm: float | None = None
    gradient_rms: float | None = None
    penalty_norm: float | None = None
    update_ratio: float | None = None
    output_gradient_norm: float | None = None
    output_gradient_rms: float | None = None
    mean: float | None = None
    std: float | None = None
    dead: float | None = None
    saturated: float | None = None
    cosine: float | None = None
    zeros: float | None = None
    nonfinite: float = 0.0
    time_ratio: float | None = None
    # --8<-- [end:Layer]


def measure_layer(call: Call, gradients: dict, updates: dict, count: int) -> Layer:
    """The measures of one layer.

    gradients, updates: id of weight -> its gradient, and the optimizer's next step.
    """
    weights = [w for w in call.weights if w.trainable]
    size = sum(int(np.prod(w.shape)) for w in weights)
    row = Layer(call.name, type(call.layer).__name__, size)
    found = [gradients[id(w)] for w in weights if id(w) in gradients]
    backs = [back for back in call.gradients if back is not None]
    row.nonfinite = lost([*call.values, *found, *backs])
    if weights:
        row.weight_norm = norm(map(to_numpy, weights))
    if found:
        row.gradient_norm = norm(found)
        row.gradient_rms = row.gradient_norm / size**0.5
        row.zeros = 1 - sum(np.count_nonzero(g) for g in found) / size
        moved = [updates[id(w)] for w in weights if id(w) in updates]
        if moved and row.weight_norm:
            row.update_ratio = norm(moved) / row.weight_norm
    if backs:
        seen = [by_logits(call, *pair) for pair in zip(call.values, call.gradients)]
        seen = [back for back in seen if back is not None]
        row.output_gradient_norm = norm(seen)
        row.output_gradient_rms = (
            row.output_gradient_norm / sum(g.size for g in seen) ** 0.5
        )
    if call.values and not lost(call.values):
        axis = unit_axis(call.layer)
        values = [thin_out(a, axis) for a in call.values]
        total = np.concatenate([a.ravel() for a in values])
        row.mean = float(total.mean(dtype="float64"))
        row.std = float(total.std(dtype="float64"))
        row.dead, row.saturated = dead(call, axis), saturated(call, total)
        row.cosine = cosine(values[0], count)
    row.time_ratio = time_ratio(call.profile)
    return row


def quick_square(array: np.ndarray) -> float | None:
    """The sum of squares of a large array; None where float32 would not hold it."""
    if array.size < MANY:
        return None
    square = float(np.dot(array.ravel(), array.ravel()))
    return square if 1e-20 < square < 1e30 else None


def thin_out(array: np.ndarray, axis: int = -1) -> np.ndarray:
    """Evenly spaced places of a large array of images or sequences.

    As many as statistics need: (samples, places, units), or with units at `axis`.
    """
    if array.size <= MANY or array.ndim < 3:
        return array
    units = np.moveaxis(array, axis, -1)
    places = units.reshape(len(array), -1, units.shape[-1])
    step = -(-array.size // MANY) | 1  # odd, so that it meets all columns of an image
    return np.moveaxis(places[:, :: min(step, places.shape[1])], -1, axis)


def norm(arrays: Iterable) -> float:
    """Root of the sum of squares of all entries, which may be below 1e-19."""
    given = [np.asarray(a) for a in arrays]
    quick = [quick_square(a) for a in given]
    if given and None not in quick:
        return float(np.sqrt(sum(quick)))  # type: ignore[arg-type]
    found = [a for a in given if a.size]
    largest = max((float(np.abs(a).max()) for a in found), default=0.0)
    if not largest or not np.isfinite(largest):
        return largest
    squares = (np.sum(np.square(a / largest), dtype="float64") for a in found)
    return largest * float(np.sqrt(sum(squares)))


def lost(arrays: list) -> float:
    """Share of NaN and infinite values."""
    arrays = [a for a in arrays if quick_square(a) is None]
    count = sum(a.size - np.count_nonzero(np.isfinite(a)) for a in arrays)
    return float(count / max(sum(a.size for a in arrays), 1))


def activation(layer: Any) -> str | None:
    """Name of the activation whose values a layer's outputs are."""
    if isinstance(layer, keras.layers.ReLU):
        return None if layer.negative_slope else "relu"
    if isinstance(layer, keras.layers.Softmax):
        return "softmax"
    simple = isinstance(layer, keras.layers.SimpleRNN)
    if isinstance(layer, keras.layers.RNN) and not simple:
        return None
    return getattr(getattr(layer, "activation", None), "__name__", None)


def by_logits(call: Call, value: np.ndarray, back: np.ndarray | None) -> Any:
    """Of an output of the model, dL/d(logits) from dL/d(output)."""
    kind = activation(call.layer)
    if back is None or not call.head or call.past_activation:
        return back
    if kind == "sigmoid":
        return back * value * (1 - value)
    if kind == "softmax":
        return value * (back - np.sum(value * back, axis=-1, keepdims=True))
    return back


def unit_axis(layer: Any) -> int:
    return 1 if getattr(layer, "data_format", None) == "channels_first" else -1


def dead(call: Call, axis: int) -> float | None:
    """Share of units that are zero for every sample after a ReLU.

    Or get no gradient from any; None if unknown.
    """
    values = [thin_out(a, axis) for a in call.values]
    backs = [thin_out(a, axis) for a in call.gradients if a is not None]
    rectified = activation(call.layer) in ("relu", "relu6")
    signals = [values] if rectified and all((a >= 0).all() for a in values) else []
    if call.weights and len(backs) == len(values) and norm(backs):
        signals.append(backs)
    units = values[0].shape[axis] if values[0].ndim > 1 else 0
    if not signals or not units or sum(a.size for a in values) < ENOUGH * units:
        return None

    def speaks(array: np.ndarray) -> np.ndarray:
        return np.any(np.moveaxis(array, axis, -1).reshape(-1, units), axis=0)

    heard = [np.any([speaks(a) for a in arrays], axis=0) for arrays in signals]
    return float(1 - np.mean(np.all(heard, axis=0)))


def saturated(call: Call, outputs: np.ndarray) -> float | None:
    """Share of a layer's outputs on a flat part of its activation.

    None where that cannot be told from outputs.
    """
    name = activation(call.layer)
    low = 0 if name in ("sigmoid", "hard_sigmoid") else -1
    if name not in SLOPES or outputs.min() < low or outputs.max() > 1:
        return None
    return float(np.mean(SLOPES[name](outputs) < FLAT))


def cosine(features: np.ndarray, count: int) -> float | None:
    """Mean cosine between two different samples' features (samples, ...).

    None where there are no two.
    """
    if features.ndim < 2 or len(features) != count:
        return None
    flat = features.reshape(count, -1).astype("float64")
    lengths = np.linalg.norm(flat, axis=1, keepdims=True)
    units = flat[lengths[:, 0] > 0] / lengths[lengths[:, 0] > 0]
    n = len(units)
    if n < 2:
        return None
    return float((np.sum(np.square(units.sum(axis=0))) - n) / (n * (n - 1)))


def time_ratio(profile: np.ndarray | None) -> float | None:
    """Of the gradient that steps get, the first one's norm over the largest."""
    if profile is None or profile.shape[1] < 2:
        return None
    steps = np.sqrt(np.nanmean(np.square(profile), axis=0))
    steps = steps[np.isfinite(steps)]
    return float(steps[0] / steps.max()) if steps.size > 1 and steps.max() else None
