"""Judges what was measured of a network: its gradients, weights and units.

Borders lie between planted faults and healthy networks; the record of cases tells how
often each fault is named, and how often a healthy network is accused. What a network
that has learned shows is no fault.
"""

from typing import Any

import numpy as np

from gradient_doctor.calls import Call
from gradient_doctor.data import score_relation, smooth_linearly
from gradient_doctor.finding import Finding
from gradient_doctor.layer import ENOUGH, Layer, activation, cosine, lost, norm
from gradient_doctor.record import LEARNED, Head, Record

# --8<-- [start:borders]
# Norm of dL/d(output) at the first weights, or step in time, over the largest
# after it; and over the last. ResNet50 has 4e3 over its depth, so an explosion
# must also grow by GROWTH a layer, or to FAR in all.
VANISHING = 1e-3
EXPLODING = 1e3
GROWTH, FAR = 1.5, 1e6
# A norm of zero next to a larger one has not shrunk: something blocks it.
UNDERFLOW = 1e-20
# Layers in a row that starve; single ones are side branches, as
# squeeze-and-excite and attention have them.
RUN = 3
# Share of a layer's units, less two standard errors: few units are little
# evidence. Nearly all, where it is unknown whether the model has learned.
DEAD, ALL_DEAD = 0.5, 0.95
# Share of a layer's outputs; and of the outputs of a model, those that are
# wrong too.
SATURATED, WRONG = 0.5, 0.25
# 1 - cosine between samples, in what the last weights read; four sigmoid layers
# have 3e-6, and still learn under Adam.
COLLAPSED = 2e-6
# Standard deviations by which early steps of a sequence tell more of y than
# chance.
TELLING = 5.0
# Difference between units, over their size, that rounding makes.
SAME = 1e-6
# --8<-- [end:borders]


def judge(record: Record) -> list[Finding]:
    """What is wrong with a network, by one record."""
    if found := find_nonfinite(record):  # what is computed from NaN says nothing
        return found
    if found := find_frozen(record):
        return found
    findings = find_disconnected(record) + find_alike(record)
    if (record.learned or 0) >= LEARNED:
        return findings
    return [
        *findings,
        *find_zero_gradient(record),
        *judge_depth(record),
        *judge_time(record),
        *find_collapsed(record),
        *find_dead(record),
        *find_saturated(record),
    ]


def find_nonfinite(record: Record) -> list[Finding]:
    """The layer where the first value is lost, in forward order, else backward."""
    pairs = list(zip(record.layers, record.calls))
    forward = [
        (row.name, "outputs", lost(call.values))
        for row, call in pairs
        if lost(call.values)
    ]
    backward = [
        (row.name, "gradients", row.nonfinite)
        for row, _ in reversed(pairs)
        if row.nonfinite
    ]
    whole = [] if np.isfinite(record.loss) else [(None, "losses", 1.0)]
    found: list[tuple[Any, str, float]] = [*forward, *whole, *backward]
    if not found:
        return []
    name, values, share = found[0]
    broken = [
        row.name
        for row, call in pairs
        if any(lost([np.asarray(w)]) for w in call.weights)
    ]
    cause = (
        f"Weights of {len(broken)} layers are NaN or infinite by now: training has "
        "lost them."
        if broken
        else "Values grow beyond what their precision holds, or an operation such as "
        "a logarithm, root or division meets zero there."
    )
    return [
        Finding(
            "non-finite",
            name,
            f"{share:.1%} of the {values} are NaN or infinite, and none before are",
            cause,
            "Build the model anew, with a tenth of the learning rate or clipped "
            "gradients, and guard logarithms, roots and divisions by a small number.",
            evidence={"share": share, "values": values, "weights_lost": broken},
        )
    ]


def find_frozen(record: Record) -> list[Finding]:
    """No weight trains; where some do, a note tells of those that do not."""
    model = record.model
    still = [
        call.name for call in record.calls if call.weights and not call.layer.trainable
    ]
    if model.trainable_weights:
        if still:
            record.notes.append(f"{len(still)} layers are set not to train")
        return []
    return [
        Finding(
            "frozen",
            None,
            f"all {len(model.weights)} weights are set not to train",
            "`trainable = False` was set on the model, or on each of its layers.",
            "Set `trainable = True` where gradients should arrive, and compile again.",
            evidence={"weights": len(model.weights)},
        )
    ]


def find_disconnected(record: Record) -> list[Finding]:
    return [
        Finding(
            "disconnected",
            name,
            f"{count} of its trainable weights have no path to the loss",
            "An operation without a slope (argmax, round, a cast to integers, "
            "stop_gradient, NumPy) cuts them off, or their output is not used.",
            "Replace that operation by one that has a slope, or leave the layer out.",
            evidence={"weights": count},
        )
        for name, count in record.disconnected.items()
    ]


def find_alike(record: Record) -> list[Finding]:
    """Layers whose units have the same weights, and get the same gradient."""
    found = [
        (call.name, w)
        for call in record.calls
        for w in call.weights
        if id(w) in record.gradients and is_symmetric(w, record.gradients[id(w)])
    ]
    if not found:
        return []
    name, first = found[0]
    value = float(np.abs(np.asarray(first)).max())
    what = "zero" if not value else "the same in all units"
    return [
        Finding(
            "weights-alike",
            name,
            f"the weights of {len(found)} kernels are {what}, and so are their "
            "gradients",
            "Units that start alike get the same steps, and stay alike.",
            "Start from random weights: leave kernel_initializer at its default.",
            evidence={"kernels": len(found), "largest": value},
        )
    ]


def is_symmetric(weight: Any, gradient: np.ndarray) -> bool:
    """Whether units, the last axis of a kernel, cannot be told apart."""
    kernel = np.asarray(weight)
    if (
        weight.name == "bias"
        or kernel.ndim < 2
        or kernel.shape[-1] < 2
        or kernel.shape != gradient.shape
    ):
        return False

    def alike(array: np.ndarray) -> bool:
        units = array.reshape(-1, array.shape[-1])
        return np.ptp(units, axis=1).max() <= SAME * np.abs(units).max()

    return alike(kernel) and alike(gradient)


def find_zero_gradient(record: Record) -> list[Finding]:
    """A gradient of exactly zero that no step ends, with its reason."""
    pairs = [
        (row, call)
        for row, call in zip(record.layers, record.calls)
        if row.gradient_norm is not None
    ]
    still = [(row, call) for row, call in pairs if is_still(call, record.gradients)]
    if not still:
        return []
    row, call = still[-1]  # the one that is nearest to the loss
    cause = "Nothing that these weights do reaches the loss."
    change = (
        "Mend the reason: other weights, inputs of another scale, or an activation "
        "that has a slope there."
    )
    heads = [h for h in record.heads if h.gradient is not None]
    if heads and not any(np.any(head.gradient) for head in heads):
        if record.loss == 0 and all(head.learned for head in heads):
            return []  # a perfect fit
        reason = "the loss does not change with the outputs of the model"
    elif call.read is not None and not np.any(call.read):
        reason = "all that it reads is zero: the layer before it is silent"
    elif call.read is not None and row.saturated == 1.0:
        reason = "its activation is flat for all samples"
    elif underflows(call, pairs):
        reason = "it is smaller than any number of float16"
        cause = "The loss is small, or the gradient shrinks from layer to layer."
        change = "Scale the loss: wrap the optimizer in a LossScaleOptimizer."
    else:
        return []
    return [
        Finding(
            "zero-gradient",
            row.name,
            f"in {len(still)} of {len(pairs)} layers dL/dW is exactly zero: {reason}",
            cause,
            change,
            evidence={"layers": len(still), "of": len(pairs)},
        )
    ]


def underflows(call: Call, pairs: list) -> bool:
    """Whether a layer in float16 gets nothing, and later ones get next to nothing."""
    sizes = [row.gradient_rms for row, _ in pairs if row.gradient_rms]
    half = getattr(call.layer, "compute_dtype", "") == "float16"
    return half and max(sizes, default=0.0) < np.sqrt(np.finfo("float16").tiny)


def is_still(call: Call, gradients: dict) -> bool:
    """Whether no kernel of a layer moves; of a layer without kernels, no weight."""
    found = [gradients[id(w)] for w in call.weights if id(w) in gradients]
    kernels = [gradient for gradient in found if gradient.ndim > 1] or found
    return bool(kernels) and not any(np.any(gradient) for gradient in kernels)


def judge_depth(record: Record) -> list[Finding]:
    """Vanishing or exploding gradients along the layers with weights."""
    chain = [
        (row, call)
        for row, call in zip(record.layers, record.calls)
        if row.gradient_norm is not None and row.output_gradient_norm is not None
    ]
    sizes = np.array([row.output_gradient_norm for row, _ in chain])
    if len(chain) < 2 or not sizes.any():
        return []
    return find_vanishing(record, chain, sizes) or find_exploding(chain, sizes)


def find_vanishing(record: Record, chain: list, sizes: np.ndarray) -> list[Finding]:
    peak = [k + int(sizes[k:].argmax()) for k in range(len(sizes))]
    nearer = [
        next((size for size in sizes[k + 1 :] if size), 0.0) for k in range(len(sizes))
    ]
    weak = (sizes < VANISHING * sizes[peak]) & (
        (sizes > 0) | (np.array(nearer) < UNDERFLOW)
    )
    for k in np.flatnonzero(weak):
        (row, call), (top, _) = chain[k], chain[peak[k]]
        enough = VANISHING * float(sizes[peak[k]])
        if k and (weak[k : k + RUN].sum() < RUN or is_branch(record, call, enough)):
            continue
        ratio = float(sizes[k] / sizes[peak[k]])
        return [
            Finding(
                "vanishing",
                row.name,
                f"the norm of dL/d(output) is {ratio:.1e} of that of {top.name}",
                "Each layer passes on less than it gets: flat activations such as "
                "sigmoid, or weights that are too small.",
                "Use ReLU with He's weights, batch normalization or skip connections.",
                evidence={
                    "ratio": ratio,
                    "norm": float(sizes[k]),
                    "largest": float(sizes[peak[k]]),
                },
            )
        ]
    return []


def is_branch(record: Record, call: Call, enough: float) -> bool:
    """Whether what a layer reads gets its gradient by another way too.

    Or what the layer before it reads, and so on.
    """
    left, seen = [call], {id(call)}
    while left:
        reader = left.pop()
        if norm(reader.input_gradients) >= enough:
            return True
        makers = [
            maker
            for maker in record.calls
            if id(maker) not in seen and set(maker.outputs) & set(reader.inputs)
        ]
        seen |= {id(maker) for maker in makers}  # layers may be shared, in a circle
        left += makers
    return False


def find_exploding(chain: list, sizes: np.ndarray) -> list[Finding]:
    ratio = float(sizes[0] / sizes[-1]) if sizes[-1] else 0.0
    growth = ratio ** (1 / (len(sizes) - 1))
    if ratio <= EXPLODING or (ratio <= FAR and growth <= GROWTH):
        return []
    return [
        Finding(
            "exploding",
            chain[0][0].name,
            f"the norm of dL/d(output) is {ratio:.1e} times that of "
            f"{chain[-1][0].name}",
            "Each layer passes on more than it gets: its weights are too large.",
            "Use smaller initial weights or normalization, and clip the gradient.",
            evidence={
                "ratio": ratio,
                "growth": growth,
                "norm": float(sizes[0]),
                "last": float(sizes[-1]),
            },
        )
    ]


def judge_time(record: Record) -> list[Finding]:
    """Steps of a sequence that are needed and do not count, or count too much.

    That early steps count less is how a recurrent layer works: it is a fault where
    they tell what later ones do not.
    """
    for call in reversed([c for c in record.calls if c.profile is not None]):
        steps = np.sqrt(np.nanmean(np.square(call.profile), axis=0))  # type: ignore[arg-type]
        if len(steps) < 2 or not np.nanmax(steps):
            continue
        # The first step may hold nothing, as the border of an image does.
        ratio = float(np.nanmax(steps) / steps[-1]) if steps[-1] else 0.0
        grows = np.mean(np.diff(steps) < 0)
        if ratio > EXPLODING and grows > 0.8:
            return [tell_time("exploding", call, ratio, len(steps), "times")]
        faded = steps < VANISHING * np.nanmax(steps)
        if faded.any() and is_needed(record, call, faded):
            share = float(np.nanmin(steps) / np.nanmax(steps))
            return [tell_time("vanishing", call, share, len(steps), "of")]
    return []


def is_needed(record: Record, call: Call, faded: np.ndarray) -> bool:
    """Whether steps that no longer count tell of y what the others do not."""
    labels = [head.labels for head in record.heads if head.labels is not None]
    if call.read is None or not labels or len(labels[0]) != len(call.read):
        return False
    if getattr(call.layer, "go_backwards", False):
        faded = faded[::-1]
    y = np.asarray(labels[0], "float64").reshape(len(labels[0]), -1)
    if labels[0].dtype.kind in "iu" and y.shape[1] == 1:
        y = (y == np.unique(y)).astype("float64")

    def tells(steps: np.ndarray) -> float:
        features = call.read[:, steps].reshape(len(y), -1).astype("float64")  # type: ignore[index]
        if not np.isfinite(features).all() or not np.any(np.ptp(features, axis=0)):
            return 0.0
        return score_relation(smooth_linearly(features[:, :512]), y)

    early = np.flatnonzero(faded)
    lost_steps = max(
        tells(early[:1]), tells(early[: len(early) // 8 + 1]), tells(early)
    )
    return lost_steps > TELLING and lost_steps > 2 * tells(np.flatnonzero(~faded))


def tell_time(
    kind: str, call: Call, ratio: float, steps: int, relation: str
) -> Finding:
    shrinks = kind == "vanishing"
    return Finding(
        kind,
        call.name,
        f"over {steps} steps the norm of dL/d(input) of the weakest is {ratio:.1e} of "
        "that of the strongest, and the weak ones tell of y what the others do not"
        if shrinks
        else f"over {steps} steps the norm of dL/d(input) of the strongest is "
        f"{ratio:.1e} times that of the last, and grows from step to step",
        "Each step passes on a part of the gradient: what early inputs mean is not "
        "learned."
        if shrinks
        else "The recurrent weights pass on more than they get at each step.",
        "Shorten or reverse the sequences, use an LSTM with a large forget bias, or "
        "attention over all steps."
        if shrinks
        else "Clip the gradient, and start from orthogonal recurrent weights.",
        "likely",
        {"ratio": ratio, "steps": steps, "what": "state"},
    )


def find_collapsed(record: Record) -> list[Finding]:
    """Features that are the same for all samples at the last weights.

    The finding names the first layer since when. Samples that come in alike are the
    data's matter.
    """
    readers = [c for c in record.calls if c.weights and c.read is not None]
    if len(readers) < 2 or readers[-1].read.shape[-1] < 2:  # type: ignore[union-attr]
        return []
    given, read = (cosine(c.read, record.samples) for c in (readers[0], readers[-1]))  # type: ignore[arg-type]
    if read is None or 1 - read >= COLLAPSED:
        return []
    alike = given is not None and 1 - given < 100 * COLLAPSED
    if alike and readers[0].from_data:
        return []
    before = [
        row
        for row in record.layers
        if row.cosine is not None and row.name != readers[-1].name
    ]
    differ = [k for k, row in enumerate(before) if 1 - (row.cosine or 0) >= COLLAPSED]
    since = before[differ[-1] + 1 if differ else 0 :]
    distance = max(1 - read, 0.0)
    return [
        Finding(
            "collapsed",
            since[0].name if since else readers[-1].name,
            "from here on samples look alike; 1 - cosine between two is "
            f"{distance:.1e} before the last weights",
            "Each layer makes samples more alike, until nothing tells them apart.",
            "Use batch normalization, or an activation that is centered at zero.",
            evidence={"distance": distance},
        )
    ]


def find_dead(record: Record) -> list[Finding]:
    """Layers with dead units.

    Where a model applies ReLU as a function, the layer after which all is zero.
    """
    pairs = list(zip(record.layers, record.calls))
    readers = [(row, call) for row, call in pairs if call.read is not None]
    if not readers or count_distinct(readers[0][1].read) < ENOUGH:  # type: ignore[arg-type]
        return []
    least = DEAD if record.learned is not None else ALL_DEAD
    found = [
        (row, row.dead)
        for row, call in pairs
        if row.dead and is_mostly_dead(row, call, least)
    ]
    cut = [
        (row, 1.0)
        for (row, _), (_, after) in zip(readers, readers[1:])
        if not np.any(after.read)
    ]
    return [
        Finding(
            "dead",
            row.name,
            f"{share:.0%} of the units are silent for all {record.samples} samples",
            "Its weights were pushed so far that no sample reaches the slope.",
            "Lower the learning rate, scale the inputs, or use leaky ReLU.",
            evidence={"share": share, "samples": record.samples},
        )
        for row, share in found or cut
    ]


def count_distinct(samples: np.ndarray) -> int:
    """How many different samples (samples, ...) there are, up to ENOUGH."""
    return len(
        np.unique(samples[: 4 * ENOUGH].reshape(len(samples[: 4 * ENOUGH]), -1), axis=0)
    )


def is_mostly_dead(row: Layer, call: Call, least: float) -> bool:
    units = call.values[0].shape[-1]
    share = row.dead or 0.0
    return share - 2 * (share * (1 - share) / units) ** 0.5 > least


def find_saturated(record: Record) -> list[Finding]:
    wrong = {head.layer for head in record.heads if is_wrong(head)}
    found = [
        row
        for row, call in zip(record.layers, record.calls)
        if row.saturated is not None
        and row.saturated >= SATURATED
        and (not call.head or row.name in wrong)
    ]
    return [
        Finding(
            "saturated",
            row.name,
            f"{row.saturated:.0%} of the outputs lie where the activation is flat",
            "Its inputs or weights are too large for the activation.",
            "Scale the inputs, or use smaller initial weights.",
            evidence={"share": row.saturated},
        )
        for row in found
    ]


def is_wrong(head: Head) -> bool:
    """Whether many outputs between 0 and 1 are far from their labels."""
    if head.labels is None or activation is None:
        return False
    labels = np.asarray(head.labels)
    if labels.size != head.outputs.size or labels.dtype.kind not in "fiub":
        return False
    far = np.abs(labels.reshape(head.outputs.shape) - head.outputs) > 0.5
    return bool(np.mean(far) > WRONG)
