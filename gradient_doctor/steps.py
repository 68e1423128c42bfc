"""Judges the optimizer's next step, and what pulls at the weights."""

from typing import Any

import keras
import numpy as np

from gradient_doctor.finding import Finding
from gradient_doctor.layer import norm
from gradient_doctor.record import LEARNED, Head, Record

# --8<-- [start:steps_borders]
# Loss after the next step over the loss before, and over that of outputs in
# disorder.
OVERSHOT, WORSE = 2.0, 1.5
# Norm of the next step over the weights' norm, in the layer where it is
# largest.
SMALL_STEP = 2e-5
# Steps of this size that the outputs are away from the labels.
FAR_AWAY = 1e3
# Norm of a clipped step over that of a free one.
CLIPPED, CLIPPED_STEP = 0.1, 1e-4
# Norm of the penalty's gradient over that of the rest of the loss.
PENALTY = 5.0
# --8<-- [end:steps_borders]


def judge_steps(record: Record, starved: bool = False) -> list[Finding]:
    """Findings on the size of steps, clipping, epsilon and regularization.

    starved: steps are small because hardly a gradient arrives.
    """
    findings = find_epsilon(record) + find_penalty(record)
    if overshot := find_large_step(record):
        return findings + find_summed_loss(record) + overshot
    if (record.learned or 0) >= LEARNED:
        return findings
    still = find_no_step(record) or find_clipped(record)
    return findings + (still or ([] if starved else find_small_step(record)))


def optimizer_of(record: Record) -> Any:
    optimizer = getattr(record.model, "optimizer", None)
    return getattr(optimizer, "inner_optimizer", optimizer)


def largest_update(record: Record) -> float | None:
    """The update ratio of the layer that moves most; of a schedule at its peak.

    None where it is unknown.
    """
    found = [row.update_ratio for row in record.layers if row.update_ratio is not None]
    if not found:
        return None
    rate, peak = learning_rates(optimizer_of(record))
    if peak and not rate:
        return None
    return max(found) * (peak / rate if rate else 1.0)


def learning_rates(optimizer: Any) -> tuple[float, float]:
    """The learning rate now, and the largest of those to come."""
    now = float(keras.ops.convert_to_numpy(optimizer.learning_rate))
    schedule = getattr(optimizer, "_learning_rate", None)
    if not isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
        return now, now
    begin = int(keras.ops.convert_to_numpy(optimizer.iterations))
    later = [schedule(begin + int(10**k)) for k in np.arange(0, 5.5, 0.5)]
    return now, max(now, *(float(keras.ops.convert_to_numpy(rate)) for rate in later))


def find_no_step(record: Record) -> list[Finding]:
    optimizer, largest = optimizer_of(record), largest_update(record)
    if largest is None or largest > 0 or not norm(record.gradients.values()):
        return []
    rate, _ = learning_rates(optimizer)
    cause = "The learning rate is zero, or too small for the weights' precision."
    change = "Set a learning rate above zero; Adam's default is 0.001."
    # The nearest to one that bfloat16 has is 2**-8 below it.
    if rate and has_weights(record, "bfloat16") and is_near_one(optimizer):
        cause = "Its beta_2 is 1 in bfloat16, which multiplies each step by zero."
        change = "Set beta_2=0.99, or keep weights in float32: policy mixed_bfloat16."
    return [
        Finding(
            "step-none",
            None,
            f"the next step of {type(optimizer).__name__} changes no weight, though "
            f"gradients are not zero; its learning rate is {rate:g}",
            cause,
            change,
            evidence={"learning_rate": rate},
        )
    ]


def is_near_one(optimizer: Any) -> bool:
    """Whether Adam's second constant is one in bfloat16."""
    return (getattr(optimizer, "beta_2", None) or 0) > 1 - 2**-9


def has_weights(record: Record, dtype: str) -> bool:
    return any(w.dtype == dtype for w in record.model.trainable_weights)


def find_clipped(record: Record) -> list[Finding]:
    largest = largest_update(record)
    if record.clipped is None or largest is None:
        return []
    if record.clipped > CLIPPED or largest > CLIPPED_STEP:
        return []
    size = norm(record.gradients.values())
    return [
        Finding(
            "step-clipped",
            None,
            f"clipping cuts the step to {record.clipped:.1e} of its size: the "
            f"gradient's norm is {size:.2g}",
            "The threshold lies far below the norms that this model has.",
            f"Clip at the norm's usual size or above: global_clipnorm={size:.1g} or "
            "more, or not at all.",
            evidence={"share": record.clipped, "norm": size, "largest": largest},
        )
    ]


def find_small_step(record: Record) -> list[Finding]:
    """Steps that would take too many to get anywhere."""
    largest = largest_update(record)
    if largest is None:
        return []
    needed = max((steps_needed(head) for head in record.heads), default=0.0)
    if 0 < largest < SMALL_STEP:
        says = f"the next step changes no layer by more than {largest:.1e} of its norm"
    elif needed > FAR_AWAY:
        says = (
            f"the next step moves the outputs so little that {needed:.0f} of its size "
            "lie between them and the labels"
        )
    else:
        return []
    return [
        Finding(
            "step-small",
            None,
            says,
            "The learning rate is too small for weights or targets of this size.",
            "Raise the learning rate tenfold until the loss falls, or scale the "
            "targets to mean 0 and spread 1.",
            "likely",
            {"largest": largest, "needed": needed},
        )
    ]


def steps_needed(head: Head) -> float:
    """Distance of outputs from real-valued labels, in steps as the next one."""
    if head.after is None or head.labels is None or head.activation != "linear":
        return 0.0
    labels, outputs = np.asarray(head.labels), head.outputs
    if labels.dtype.kind != "f" or labels.size != outputs.size:
        return 0.0
    moved = norm([head.after - outputs])
    return norm([labels.reshape(outputs.shape) - outputs]) / moved if moved else 0.0


def find_large_step(record: Record) -> list[Finding]:
    """A step after which the loss is worse than that of outputs in disorder."""
    before, after = record.loss - record.penalty, record.after
    if after is None or not np.isfinite(before):
        return []
    ignorant = max(
        (value for head in record.heads if (value := disorder(head)) is not None),
        default=before * OVERSHOT,
    )
    limit = max(OVERSHOT * before, WORSE * ignorant)
    if np.isfinite(after) and (after - record.penalty <= limit or before <= 0):
        return []
    rows = [row for row in record.layers if row.update_ratio is not None]
    most = max(rows, key=lambda row: row.update_ratio or 0.0, default=None)
    ratio = most.update_ratio if most else None
    moved = f"; {most.name} moves by {ratio:.1e} of its norm" if most else ""
    return [
        Finding(
            "step-large",
            None,
            f"the next step takes the loss of this batch from {record.loss:.3g} to "
            f"{after:.3g}{moved}",
            "The learning rate is too high for gradients of this size.",
            "Lower the learning rate tenfold until a step lowers the loss, and scale "
            "inputs and targets.",
            evidence={"before": record.loss, "after": after, "update_ratio": ratio},
        )
    ]


def disorder(head: Head) -> float | None:
    """The loss where outputs change places."""
    if head.learned is None:
        return None
    return head.value / (1 - head.learned) if head.learned < 1 else None


def find_summed_loss(record: Record) -> list[Finding]:
    """A loss that doubles with the batch, where steps are too large."""
    for head in record.heads:
        if head.labels is None or head.learned is None:
            continue
        once = head.value
        outputs, labels = (np.concatenate([a, a]) for a in (head.outputs, head.labels))
        twice = head.probe(outputs, labels)[0]
        if once and abs(twice / once - 2) < 0.01:
            return [
                Finding(
                    "loss-summed",
                    head.layer,
                    "the same batch twice has twice the loss",
                    "The loss is a sum over the batch, and steps grow with its size.",
                    "Take the mean over the batch: reduction='sum_over_batch_size'.",
                    evidence={"ratio": twice / once},
                )
            ]
    return []


def find_epsilon(record: Record) -> list[Finding]:
    optimizer = optimizer_of(record)
    epsilon = getattr(optimizer, "epsilon", None)
    smallest = float(np.finfo("float16").tiny)  # that float16 holds in full
    if not has_weights(record, "float16") or not epsilon or epsilon >= smallest:
        return []
    held = float(np.float16(epsilon))
    return [
        Finding(
            "step-epsilon",
            None,
            f"epsilon of {type(optimizer).__name__} is {epsilon:g}, which float16 "
            f"holds as {held:.2g}",
            "Squares of small gradients are zero in float16, so that steps are divided "
            "by epsilon alone.",
            "Set epsilon=1e-3, or keep weights in float32: the policy mixed_float16.",
            evidence={"epsilon": epsilon, "held": held},
        )
    ]


def find_penalty(record: Record) -> list[Finding]:
    pulls = norm(record.penalties.values())
    rest = norm(
        gradient - record.penalties.get(key, 0.0)
        for key, gradient in record.gradients.items()
    )
    data = record.loss - record.penalty
    if pulls <= PENALTY * rest or record.penalty <= data:
        return []
    if (record.learned or 0) >= LEARNED:
        return []
    return [
        Finding(
            "penalty",
            None,
            f"regularization is {record.penalty:.3g} of a loss of {record.loss:.3g}, "
            f"and its gradient is {pulls / rest if rest else np.inf:.1f} times that of "
            "the rest",
            "The penalty pulls weights to zero faster than the data can hold them.",
            "Make the regularizer a hundred times weaker, or leave it out at first.",
            evidence={"penalty": record.penalty, "pull": pulls, "rest": rest},
        )
    ]
