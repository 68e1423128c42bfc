"""Judges what was measured of a network: gradients, weights, units, steps.

Borders lie between planted faults and healthy networks; the record of cases tells how
often each fault is named, and how often a healthy network is accused.
"""

import numpy as np

from gradient_doctor.finding import Finding
from gradient_doctor.record import Call, Layer, Record, cosine, lost

# --8<-- [start:borders]
# Norm of dL/d(output) at the first weights, or step in time, over the largest after
# it; and over the last. ResNet50 has 4e3 over its depth, so an explosion must also
# grow by GROWTH a layer, or to FAR in all.
VANISHING = 1e-3
EXPLODING = 1e3
GROWTH, FAR = 1.5, 1e6
# A norm of zero next to a larger one has not shrunk: something blocks it.
UNDERFLOW = 1e-20
# Layers in a row that starve; single ones are side branches, as squeeze-and-excite
# and attention have them.
RUN = 3
# Share of a layer's units, less two standard errors: few units are little evidence.
DEAD = 0.5
# Share of a layer's outputs.
SATURATED = 0.5
# 1 - cosine between samples, in what the last weights read; two sigmoid layers have
# 8e-4.
COLLAPSED = 1e-4
# --8<-- [end:borders]


def judge(record: Record) -> list[Finding]:
    """What is wrong with a network, by one record."""
    rows, calls = record.layers, record.calls
    if findings := nonfinite(record):  # what is computed from NaN says nothing
        return findings
    chain = [
        row
        for row in rows
        if row.gradient_norm is not None and row.output_gradient_norm is not None
    ]
    last = [call for call in calls if call.weights][-1]
    findings = frozen(record) + disconnected(record)
    findings += through_depth(chain) + collapsed(rows, last, record.samples)
    findings += silent(rows, calls, record.samples)
    findings += saturated_layers(rows)
    return findings


def nonfinite(record: Record) -> list[Finding]:
    """The layer where the first value is lost, in forward order, else backward."""
    rows, calls = record.layers, record.calls
    forward = [
        (row, "outputs", lost(call.values))
        for row, call in zip(rows, calls)
        if lost(call.values)
    ]
    backward = [
        (row, "outputs and gradients", row.nonfinite)
        for row in reversed(rows)
        if row.nonfinite
    ]
    if not forward and not backward and np.isfinite(record.loss):
        return []
    lossy = [(None, "losses", 1.0)]
    row, values, share = (
        forward[0]
        if forward
        else lossy[0]
        if not np.isfinite(record.loss)
        else backward[0]
    )
    return [
        Finding(
            "non-finite",
            None if row is None else row.name,
            f"{share:.1%} of its {values} are NaN or infinite, and none before it are",
            "Weights or values have grown beyond what their precision holds.",
            "Start anew with a tenth of the learning rate, or with clipped gradients.",
            "certain",
            {"share": share, "values": values},
        )
    ]


def frozen(record: Record) -> list[Finding]:
    """No weight trains."""
    model = record.model
    if model.trainable_weights:
        return []
    return [
        Finding(
            "frozen",
            None,
            f"all {len(model.weights)} weights are set not to train",
            "`trainable = False` was set on the model, or on each of its layers.",
            "Set `trainable = True` where gradients should arrive, and compile again.",
            "certain",
            {"weights": len(model.weights)},
        )
    ]


def disconnected(record: Record) -> list[Finding]:
    return [
        Finding(
            "disconnected",
            name,
            f"{count} of its trainable weights have no path to the loss",
            "An operation without a slope (argmax, round, a cast to integers, "
            "stop_gradient, NumPy) cuts it off, or its output is not used.",
            "Replace that operation by one that has a slope, or leave the layer out.",
            "certain",
            {"weights": count},
        )
        for name, count in record.disconnected.items()
    ]


def through_depth(chain: list[Layer]) -> list[Finding]:
    """Vanishing or exploding gradients along the layers with weights."""
    sizes = np.array([row.output_gradient_norm for row in chain])
    if len(chain) < 2 or not sizes.any():
        return []
    peak = [k + int(sizes[k:].argmax()) for k in range(len(sizes))]
    nearer = [
        next((size for size in sizes[k + 1 :] if size), 0.0) for k in range(len(sizes))
    ]
    weak = (sizes < VANISHING * sizes[peak]) & (
        (sizes > 0) | (np.array(nearer) < UNDERFLOW)
    )
    for k in np.flatnonzero(weak):
        if k == 0 or weak[k : k + RUN].sum() == RUN:
            ratio = float(sizes[k] / sizes[peak[k]])
            return [
                Finding(
                    "vanishing",
                    chain[k].name,
                    f"the norm of dL/d(output) is {ratio:.1e} of that of "
                    f"{chain[peak[k]].name}",
                    "Each layer passes on less than it gets: flat activations as "
                    "sigmoid's, or weights that are too small.",
                    "Use ReLU with He's weights, batch normalization or skip "
                    "connections.",
                    "certain",
                    {
                        "ratio": ratio,
                        "norm": float(sizes[k]),
                        "largest": float(sizes[peak[k]]),
                    },
                )
            ]
    ratio = float(sizes[0] / sizes[-1]) if sizes[-1] else 0.0
    growth = ratio ** (1 / (len(sizes) - 1))
    if ratio > FAR or (ratio > EXPLODING and growth > GROWTH):
        return [
            Finding(
                "exploding",
                chain[0].name,
                f"the norm of dL/d(output) is {ratio:.1e} times that of "
                f"{chain[-1].name}",
                "Each layer passes on more than it gets: its weights are too large.",
                "Use smaller initial weights or normalization, and clip the gradient.",
                "certain",
                {
                    "ratio": ratio,
                    "growth": growth,
                    "norm": float(sizes[0]),
                    "last": float(sizes[-1]),
                },
            )
        ]
    return []


def silent(rows: list[Layer], calls: list[Call], samples: int) -> list[Finding]:
    """Layers with dead units.

    Where a model applies ReLU as a function, the layer after which all is zero.
    """
    shares = [
        (row, row.dead, call.values[0].shape[-1])
        for row, call in zip(rows, calls)
        if row.dead and not call.head
    ]
    found = [
        (row, share)
        for row, share, units in shares
        if share - 2 * (share * (1 - share) / units) ** 0.5 > DEAD
    ]
    weighted = [
        (row, call)
        for row, call in zip(rows, calls)
        if call.weights and call.read is not None
    ]
    cut = [
        (row, 1.0)
        for (row, _), (_, after) in zip(weighted, weighted[1:])
        if not np.any(after.read)
    ]
    return [
        Finding(
            "dead",
            row.name,
            f"{share:.0%} of the units are silent for all {samples} samples",
            "Its weights were pushed so far that no sample reaches the slope.",
            "Lower the learning rate, scale the inputs, or use leaky ReLU.",
            "certain",
            {"share": share, "samples": samples},
        )
        for row, share in found or cut
    ]


def saturated_layers(rows: list[Layer]) -> list[Finding]:
    return [
        Finding(
            "saturated",
            row.name,
            f"{row.saturated:.0%} of the outputs lie where the activation is flat",
            "Its inputs or weights are too large for the activation.",
            "Scale the inputs, or use smaller initial weights.",
            "certain",
            {"share": row.saturated},
        )
        for row in rows
        if row.saturated is not None and row.saturated >= SATURATED
    ]


def collapsed(rows: list[Layer], last: Call, samples: int) -> list[Finding]:
    """Features that are the same for all samples at the last weights.

    The finding names the first layer since when.
    """
    read = None if last.read is None else cosine(last.read, samples)
    if read is None or 1 - read >= COLLAPSED:
        return []
    before = [row for row in rows if row.cosine is not None and row.name != last.name]
    differ = [k for k, row in enumerate(before) if 1 - (row.cosine or 0) >= COLLAPSED]
    since = before[differ[-1] + 1 if differ else 0 :]
    distance = max(1 - read, 0.0)
    return [
        Finding(
            "collapsed",
            since[0].name if since else last.name,
            "from here on samples look alike; 1 - cosine between two is "
            f"{distance:.1e} before the last weights",
            "Each layer makes samples more alike, until nothing tells them apart.",
            "Use batch normalization, or an activation that is centered at zero.",
            "certain",
            {"distance": distance},
        )
    ]
