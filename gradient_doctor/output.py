"""Whether outputs, loss and labels fit each other, by what the loss does."""

from typing import Any

import numpy as np

from gradient_doctor.finding import Finding
from gradient_doctor.record import Head

# --8<-- [start:output_borders]
# Rows of probabilities sum to one within this; half precision rounds by 1e-3.
SUM_TO_ONE = 1e-2
# Of a sum that ought to vanish, its share of the sum of absolute values.
VANISHING_SUM = 1e-3
# Part of the targets' variance that a bounded output cannot explain.
OUT_OF_REACH = 0.01
# Share of samples that have several labels.
SEVERAL_LABELS = 0.01
# Distance of targets from outputs, and in steps of the optimizer: what weights
# that are drawn for numbers near one must make up for.
FAR_TARGETS, MANY_STEPS, REMOTE_TARGETS = 30.0, 1e3, 1e3
# --8<-- [end:output_borders]

REACH = {  # what an activation can give, lowest and highest
    "elu": (-1, np.inf),
    "exponential": (0, np.inf),
    "gelu": (-0.17, np.inf),
    "hard_sigmoid": (0, 1),
    "hard_tanh": (-1, 1),
    "leaky_relu": (-np.inf, np.inf),
    "linear": (-np.inf, np.inf),
    "mish": (-0.31, np.inf),
    "relu": (0, np.inf),
    "relu6": (0, 6),
    "selu": (-1.76, np.inf),
    "sigmoid": (0, 1),
    "silu": (-0.28, np.inf),
    "softmax": (0, 1),
    "softplus": (0, np.inf),
    "softsign": (-1, 1),
    "tanh": (-1, 1),
}


def judge_output(heads: list[Head]) -> list[Finding]:
    """Findings on the outputs of a model, each with its labels and loss."""
    return [finding for head in heads for finding in judge_head(head)]


def judge_head(head: Head) -> list[Finding]:
    """Findings on one output, those first that make others pointless."""
    if found := find_single_softmax(head):
        return found
    if head.loss is None or head.labels is None or not len(head.outputs):
        return []
    if found := find_misfit(head) or find_constant_loss(head):
        return found
    if not head.reads_labels:  # as of a loss between outputs, which needs no y
        return []
    if found := find_broadcast(head):
        return found
    expected = find_expectation(head)
    if found := find_reversed(head, expected):
        return found
    return [
        *find_wrong_activation(head, expected),
        *find_labels_out_of_range(head, expected),
        *find_several_labels(head, expected),
        *find_far_targets(head, expected),
    ]


def find_single_softmax(head: Head) -> list[Finding]:
    """A softmax over one unit, whose output is one whatever the weights are."""
    if head.activation != "softmax" or head.outputs.shape[-1] != 1:
        return []
    return [
        Finding(
            "output-activation",
            head.layer,
            "it is a softmax over a single unit, so that its output is always 1",
            "A softmax shares 1 among its units, and one unit gets all of it.",
            "Use a sigmoid on one unit, or a softmax on as many units as classes.",
            evidence={"units": 1, "activation": "softmax"},
        )
    ]


# What a loss does.


def ask(head: Head, outputs: Any, labels: Any = None) -> tuple[float, np.ndarray]:
    """The loss of other outputs, and its slope by them: (value, slope)."""
    outputs = np.asarray(outputs, "float32").reshape(head.outputs.shape)
    return head.probe(outputs, labels)


def draw(head: Head, low: float, high: float) -> np.ndarray:
    """Random outputs."""
    return np.random.default_rng(0).uniform(low, high, head.outputs.shape)


def is_flat(value: float, slope: np.ndarray) -> bool:
    """Whether a loss cannot be taken there, or has no slope there."""
    return not np.isfinite(value) or not np.any(slope)


def vanishes(parts: np.ndarray) -> bool:
    """Whether what is summed over the last axis cancels."""
    sizes = np.abs(parts).sum()
    return bool(0 < sizes and np.abs(parts.sum(axis=-1)).sum() < VANISHING_SUM * sizes)


def names_classes(head: Head) -> bool:
    """Whether labels have no axis for the outputs' several units."""
    units, labels = head.outputs.shape[-1], np.asarray(head.labels).shape
    return units > 1 and labels in (
        head.outputs.shape[:-1],
        (*head.outputs.shape[:-1], 1),
    )


def make_labels(head: Head) -> np.ndarray:
    """Labels of the same shape that are surely right: class numbers, one-hot, bits."""
    labels, units = np.asarray(head.labels), head.outputs.shape[-1]
    if names_classes(head):
        made = np.arange(labels.size) % units
    elif units > 1 and labels.shape == head.outputs.shape:
        made = np.eye(units)[np.arange(labels.size // units) % units]
    else:
        made = np.arange(labels.size) % 2
    return made.reshape(labels.shape).astype(labels.dtype)


def find_expectation(head: Head) -> str | None:
    """What the loss takes outputs for, by its slope where they are made up.

    "distribution": probabilities that sum to one. "probability": each by itself.
    "class logits", "logits": the same before softmax and before sigmoid.
    "target": to be as near as possible. "away": as far as possible. None: unknown.
    """
    labels = make_labels(head)
    inside = draw(head, 0.2, 0.8)
    slope = ask(head, inside, labels)[1]
    if head.outputs.shape[-1] > 1:
        if vanishes(slope):
            return "class logits"
        if vanishes(inside * slope) and is_logarithmic(head, labels):
            return "distribution"
    if is_flat(*ask(head, inside - 1, labels)) and (
        is_flat(*ask(head, inside + 1, labels)) or is_endless(head, inside, labels)
    ):
        exclusive = names_classes(head) or reads_one_class(slope, labels)
        return "distribution" if exclusive else "probability"
    if labels.size != slope.size:
        return None
    bits = labels.reshape(slope.shape)
    if sign := find_sign(head, bits, labels):
        return "target" if sign > 0 else "away"
    return "logits" if levels_off(head, bits, labels) else None


def is_logarithmic(head: Head, labels: np.ndarray) -> bool:
    """Whether the loss grows by the same for each hundredth of the right output."""
    units = head.outputs.shape[-1]
    right = np.eye(units)[labels.astype(int).ravel()] if names_classes(head) else labels
    right = right.reshape(head.outputs.shape) > 0
    less, lesser, least = (
        ask(head, np.where(right, part, 0.5), labels)[0] for part in (1e-2, 1e-4, 1e-6)
    )
    return least - lesser > 0.5 * (lesser - less) > 0


def is_endless(head: Head, inside: np.ndarray, labels: np.ndarray) -> bool:
    """Whether the loss only falls as outputs grow."""
    slopes = [ask(head, inside * scale, labels)[1] for scale in (1, 10, 100)]
    return all(np.any(slope) and (slope <= 0).all() for slope in slopes)


def reads_one_class(slope: np.ndarray, labels: np.ndarray) -> bool:
    """Whether only the output of the right one of several classes counts."""
    several = labels.shape == slope.shape and slope.shape[-1] > 1
    return several and not np.any(slope[labels == 0])


def find_sign(head: Head, bits: np.ndarray, labels: np.ndarray) -> int:
    """1 if the loss has its minimum at the labels, -1 if its maximum, else 0."""
    for sign in (1, -1):
        if all(
            (np.sign(ask(head, bits + shift, labels)[1]) == sign * np.sign(shift)).all()
            for shift in (-3, -0.3, 0.3, 3)
        ):
            return sign
    return 0


def levels_off(head: Head, bits: np.ndarray, labels: np.ndarray) -> bool:
    """Whether the slope fades, but never ends, the more right an output is."""
    toward = np.where(bits > 0, -1, 1)  # sign of the slope, however large the logit
    wrong, level, right = (
        ask(head, -3 * far * toward, labels)[1] * toward for far in (-1, 0, 1)
    )
    return bool(np.all((0 < right) & (2 * right < level) & (level < wrong)))


# What does not fit.


def find_misfit(head: Head) -> list[Finding]:
    """Shapes, or class numbers, that the loss does not take at all."""
    try:
        if np.isfinite(ask(head, draw(head, 0.2, 0.8))[0]):
            return []
    except ValueError as error:
        reason = str(error).splitlines()[0][:200]
    else:
        reason = ""
    if found := find_wrong_classes(head):
        return found
    if not reason:
        return []
    labels, units = np.asarray(head.labels), head.outputs.shape[-1]
    shapes = {"labels": list(labels.shape), "outputs": list(head.outputs.shape)}
    if labels.shape == head.outputs.shape and units > 1:
        change = (
            "Use categorical_crossentropy with one-hot labels, or y.argmax(-1) with "
            "sparse_categorical_crossentropy."
        )
    elif names_classes(head):
        change = (
            "Use sparse_categorical_crossentropy with class numbers, or "
            f"keras.utils.to_categorical(y, {units})."
        )
    else:
        change = "Give y the shape of the outputs, or the last layer y's width."
    return [
        Finding(
            "labels-shape",
            head.layer,
            f"the loss does not take y of shape {labels.shape} with outputs of shape "
            f"{head.outputs.shape}: {reason}",
            "Labels and outputs are not of one kind.",
            change,
            evidence=shapes,
        )
    ]


def find_constant_loss(head: Head) -> list[Finding]:
    """A loss that is the same for any outputs, or has no slope by them."""
    values = []
    for low, high in ((0.2, 0.8), (0.4, 3.0), (-2.0, 2.0)):
        value, slope = ask(head, draw(head, low, high))
        if np.any(slope) or not np.isfinite(value):
            return []
        values.append(value)
    units = head.outputs.shape[-1]
    if np.ptp(values) > 1e-6 * max(np.abs(values)):
        says = "the loss changes with the outputs, but its slope is exactly 0"
        cause = "It rounds, compares or takes the argmax of the outputs."
        change = "Take a loss of the outputs themselves, and keep accuracy a metric."
    elif units == 1:
        says = f"the loss is {values[0]:.3g} whatever its single output is"
        cause = "A crossentropy over classes has nothing to choose among one unit."
        change = (
            "Use a sigmoid with binary_crossentropy, or as many units as there are "
            "classes."
        )
    else:
        says = f"the loss is {values[0]:.3g} whatever the outputs are"
        cause = "It does not read the outputs, or the labels name no class."
        change = "Print y, and the loss of two different outputs."
    return [
        Finding(
            "loss-constant",
            head.layer,
            says,
            cause,
            change,
            evidence={"loss": float(values[0]), "units": units},
        )
    ]


def find_broadcast(head: Head) -> list[Finding]:
    """Labels of another shape that are compared with outputs they do not belong to."""
    labels, shape = np.asarray(head.labels), head.outputs.shape
    if len(labels) < 3:
        return []
    evidence = {"labels": list(labels.shape), "outputs": list(shape)}
    shapes = f"y has shape {labels.shape}, the outputs {shape}"
    if labels.size == head.outputs.size:
        if not is_blind_to_order(head, labels):
            return []
        says = f"{shapes}: the loss compares each label with every sample's output"
        change = "Give both one shape where the loss compares them, by reshape."
    elif is_spread(head, labels):
        says = f"{shapes}: the loss compares each label with several outputs"
        change = "Give the last layer as many units as y has columns"
        if names_classes(head) and not np.any(labels % 1):
            change += ", or one-hot class numbers with keras.utils.to_categorical"
        change += "."
    else:
        return []
    return [
        Finding(
            "labels-shape",
            head.layer,
            says,
            "Arrays of different shapes are stretched to fit, without a word.",
            change,
            evidence=evidence,
        )
    ]


def is_blind_to_order(head: Head, labels: np.ndarray) -> bool:
    """Whether the loss stays when labels change places, but not when they change."""
    lowest, highest = float(labels.min()), float(labels.max())
    outputs = lowest + (highest - lowest) * draw(head, 0.1, 0.9)
    own = ask(head, outputs)[0]
    near = 1e-5 * max(abs(own), 1e-12)
    moved = [ask(head, outputs, np.roll(labels, k, axis=0))[0] for k in (1, 2)]
    other = np.broadcast_to(labels[:1], labels.shape)
    return (
        all(abs(value - own) < near for value in moved)
        and abs(ask(head, outputs, other)[0] - own) > near
    )


def is_spread(head: Head, labels: np.ndarray) -> bool:
    """Whether each label is the target of several outputs."""
    flat = labels.astype("float64")
    if flat.ndim == head.outputs.ndim - 1:
        flat = flat[..., None]
    if flat.shape[:-1] != head.outputs.shape[:-1] or 1 not in (
        flat.shape[-1],
        head.outputs.shape[-1],
    ):
        return False
    low, high = flat.min(axis=-1, keepdims=True), flat.max(axis=-1, keepdims=True)
    stretched = [
        np.broadcast_to(end, head.outputs.shape) for end in (low - 0.3, high + 0.3)
    ]
    (_, down), (_, up) = (ask(head, outputs) for outputs in stretched)
    return bool((down < 0).all() and (up > 0).all())


def find_reversed(head: Head, expected: str | None) -> list[Finding]:
    """A loss that is smallest for the wrong outputs."""
    labels = np.asarray(head.labels)
    wrong = expected == "away"
    bits = labels.shape == head.outputs.shape and np.isin(labels, (0, 1)).all()
    if expected is None and bits and np.ptp(labels):
        probable = head.outputs.min() >= 0 and head.outputs.max() <= 1
        low, high = (0.02, 0.98) if probable else (-4, 4)
        good, bad = (
            ask(head, low + (high - low) * each)[0] for each in (labels, 1 - labels)
        )
        wrong = good > bad + 1e-3 * abs(bad)
    if not wrong:
        return []
    return [
        Finding(
            "loss-impossible",
            head.layer,
            "the loss is smaller for wrong outputs than for right ones",
            "A minus sign is missing, or a score that should grow is minimized.",
            "Minimize 1 - score, or the negative of what should grow.",
            "likely",
        )
    ]


def name_output(head: Head) -> str:
    """The last activation in words."""
    low, high = head.outputs.min(), head.outputs.max()
    name = f"its activation is {head.activation}, and " if head.activation else ""
    return f"{name}its outputs lie between {low:.2g} and {high:.2g}"


def find_wrong_activation(head: Head, expected: str | None) -> list[Finding]:
    """Outputs that are not what the loss takes them for."""
    outputs = np.asarray(head.outputs, "float64")
    activation = head.activation if head.activation in REACH else None
    if expected is None or not np.isfinite(outputs).all():
        return []
    sums = outputs.sum(axis=-1)
    bounded = -SUM_TO_ONE <= outputs.min() and outputs.max() <= 1 + SUM_TO_ONE
    shared = bounded and outputs.shape[-1] > 1 and np.ptp([*sums.flat, 1]) < SUM_TO_ONE
    low, high = REACH[activation] if activation else (-np.inf, np.inf)
    says = name_output(head)
    if expected == "distribution":
        if activation == "softmax" or (shared and not activation):
            return []
        says += f", with sums from {sums.min():.2g} to {sums.max():.2g}"
        cause = "The loss takes them for probabilities of classes that sum to one."
        change = "Use a softmax on the last layer"
    elif expected == "probability":
        if (low, high) == (0, 1) if activation else bounded:
            return []
        cause = "The loss takes each for a probability."
        change = "Use a sigmoid on the last layer"
    elif expected in ("logits", "class logits"):
        certain = shared if expected == "class logits" else bounded and len(outputs) > 7
        if not (low > -2 or (certain and not activation)):
            return []
        name = "softmax" if expected == "class logits" else "sigmoid"
        says += ", with sums of 1" if shared else ""
        cause = f"The loss applies a {name} by itself, to whatever it is given."
        change = f"Make the last layer linear, or set from_logits=False after a {name}"
    else:
        return []
    if linear := low == -np.inf and "logits" not in expected and not bounded:
        change += ", or from_logits=True in the loss"
    twice = "logits" in expected and high == (1 if activation else np.inf)
    evidence = {
        "activation": activation,
        "expected": expected,
        "lowest": float(outputs.min()),
        "highest": float(outputs.max()),
    }
    return [
        Finding(
            "output-logits" if linear or twice else "output-activation",
            head.layer,
            says,
            cause,
            f"{change}.",
            "certain" if activation else "likely",
            evidence,
        )
    ]


def find_wrong_classes(head: Head) -> list[Finding]:
    """Class numbers that the output has no unit for."""
    labels, units = np.asarray(head.labels), head.outputs.shape[-1]
    if not names_classes(head) or labels.dtype.kind not in "iufb":
        return []
    ignored = getattr(head.loss, "ignore_class", None)
    named = labels[labels != ignored] if ignored is not None else labels
    if not named.size or (0 <= named.min() and named.max() < units):
        return []
    return [
        Finding(
            "labels-range",
            head.layer,
            f"y names classes from {named.min():g} to {named.max():g}, and the output "
            f"has units for 0 to {units - 1}",
            "A class without a unit cannot be learned, and its loss is lost.",
            f"Number classes from 0, and give the last layer {named.max() + 1:g} units "
            "or one for each class.",
            evidence={"highest": float(named.max()), "units": units},
        )
    ]


def find_labels_out_of_range(head: Head, expected: str | None) -> list[Finding]:
    """Labels that the outputs cannot reach or that the loss is not made for."""
    if expected in ("distribution", "class logits") and names_classes(head):
        return find_wrong_classes(head)
    labels = np.asarray(head.labels, "float64")
    if expected in ("probability", "logits", "distribution", "class logits"):
        low, high, reason = 0.0, 1.0, "the loss takes labels between 0 and 1"
    elif expected == "target" and head.activation in REACH:
        low, high = REACH[head.activation]
        reason = f"the outputs of {head.activation} lie between {low} and {high}"
    else:
        return []
    beyond = np.mean(np.square(labels - np.clip(labels, low, high)))
    if beyond <= OUT_OF_REACH * max(np.var(labels), 1e-12):
        return []
    share = np.mean((labels < low) | (labels > high))
    distinct = np.unique(labels)
    whole = not np.any(distinct % 1)
    if expected == "target":
        change = "Make the last layer linear, and scale y to mean 0 and spread 1."
    elif set(distinct) == {-1, 1}:
        change = "Use labels 0 and 1 instead of -1 and 1."
    elif whole and len(distinct) == 2:
        change = f"Use labels 0 and 1 instead of {distinct[0]:g} and {distinct[1]:g}."
    elif whole and 2 < len(distinct) <= max(100, len(labels) // 4):
        change = (
            f"Use a softmax on {max(len(distinct), int(distinct[-1]) + 1)} units with "
            "sparse_categorical_crossentropy, numbering classes from 0."
        )
    else:
        change = "Scale y to 0..1, or use a linear last layer with mse."
    return [
        Finding(
            "labels-range",
            head.layer,
            f"{share:.0%} of y lie outside, between {labels.min():.3g} and "
            f"{labels.max():.3g}: {reason}",
            "No weights bring the outputs there.",
            change,
            evidence={"share": float(share), "low": low, "high": float(high)},
        )
    ]


def find_several_labels(head: Head, expected: str | None) -> list[Finding]:
    """Labels that hold at once, where outputs share one among them."""
    labels, outputs = np.asarray(head.labels), np.asarray(head.outputs, "float64")
    if labels.shape != outputs.shape or outputs.shape[-1] < 2:
        return []
    if not np.isin(labels, (0, 1)).all():
        return []
    softmax = outputs.min() >= 0 and np.allclose(outputs.sum(-1), 1, atol=SUM_TO_ONE)
    shared = softmax or expected == "class logits"
    several = float(np.mean(labels.sum(axis=-1) > 1))
    if several <= SEVERAL_LABELS or not shared:
        return []
    return [
        Finding(
            "labels-several",
            head.layer,
            f"{several:.0%} of the samples have several labels, and the outputs are a "
            "softmax",
            "A softmax shares 1 among its units, so that labels drive each other out.",
            "Use sigmoids on the last layer with binary_crossentropy.",
            evidence={"share": several},
        )
    ]


def find_far_targets(head: Head, expected: str | None) -> list[Finding]:
    """Targets that the outputs are far from, for the steps that lead there."""
    labels = np.asarray(head.labels, "float64")
    outputs = np.asarray(head.outputs, "float64")
    reachable = REACH.get(head.activation or "", (0, np.inf))[1] == np.inf
    if expected != "target" or not reachable or labels.size != outputs.size:
        return []
    distance = float(
        np.sqrt(np.mean(np.square(labels.reshape(outputs.shape) - outputs)))
    )
    after = outputs if head.after is None else head.after
    moved = float(np.sqrt(np.mean(np.square(after - outputs))))
    steps = distance / moved if moved else 0.0
    slow = distance > FAR_TARGETS and steps > MANY_STEPS
    if not slow and not distance > REMOTE_TARGETS * max(1, outputs.std()):
        return []
    says = f"targets are {labels.mean():.3g} ± {labels.std():.2g}, outputs "
    says += f"{outputs.mean():.2g} ± {outputs.std():.2g}"
    if slow:
        says += f"; at the size of its next step the way takes {steps:.0f} steps"
    return [
        Finding(
            "labels-scale",
            head.layer,
            says,
            "Weights are drawn, and steps are made, for outputs around 1.",
            "Scale y to mean 0 and spread 1, and undo it after prediction.",
            "likely",
            {"distance": distance, "steps": steps},
        )
    ]
