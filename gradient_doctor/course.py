"""Judges how the loss goes while a model trains, and whether prediction follows."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gradient_doctor.finding import Finding
from gradient_doctor.measure import predict_outputs
from gradient_doctor.record import LEARNED, Record

# --8<-- [start:course_borders]
# Part of the first loss by which it falls at least, in a training of FEW_EPOCHS
# and FEW_STEPS or more.
FLAT_FALL, FEW_EPOCHS, FEW_STEPS = 0.01, 3, 50
# Loss of the last epochs over the best one's; a single one may be an accident.
RISE, LAST = 1.5, 2
# Loss of a batch over the median of those before, of which there are EARLIER.
JUMP, EARLIER = 10.0, 10
# Loss in prediction over that in training, and part of what was learned that is
# left.
GAP, LEFT = 2.0, 0.5
# --8<-- [end:course_borders]

BOUNDED = "crossentropy", "squared", "absolute", "hinge", "huber", "log_cosh"


@dataclass
class Course:
    """The losses of a training: of each batch, and of each epoch.

    lost: (step, epoch, batch) of the first loss that is NaN or infinite. leaps:
    (step, times the usual) of losses far above those before.
    """

    batches: list[float] = field(default_factory=list)
    epochs: list[float] = field(default_factory=list)
    lost: tuple[int, int, int] | None = None
    mean: float = 0.0
    leaps: list[tuple[int, float]] = field(default_factory=list)

    def add(self, epoch: int, batch: int, mean: float) -> None:
        """Keep the loss of a batch, from the mean of its epoch so far."""
        loss = mean if batch == 0 else (batch + 1) * mean - batch * self.mean
        self.mean = mean
        usual = float(np.median(self.batches[-5 * EARLIER :] or [0.0]))
        self.batches.append(loss)
        if len(self.batches) > EARLIER and usual > 0 and loss > JUMP * usual:
            self.leaps.append((len(self.batches), loss / usual))
        if not np.isfinite(mean) and self.lost is None:
            self.lost = len(self.batches), epoch + 1, batch + 1

    @property
    def jumps(self) -> bool:
        """Whether the latest loss is far above those before."""
        return bool(self.leaps) and self.leaps[-1][0] == len(self.batches)

    @property
    def stalls(self) -> bool:
        """Whether the loss has not fallen since training began."""
        if len(self.epochs) < FEW_EPOCHS or len(self.batches) < FEW_STEPS:
            return False
        first = float(np.mean(self.batches[:5]))
        return min(self.epochs) > first - FLAT_FALL * abs(first)


def judge_course(course: Course, record: Record) -> list[Finding]:
    """Findings on a training that has taught the model nothing."""
    if record.learned is None or record.learned >= LEARNED or not course.epochs:
        return []
    first, best = float(np.mean(course.batches[:5])), min(course.epochs)
    last = course.epochs[-1]
    lately = min(course.epochs[-LAST:]) if len(course.epochs) > LAST else last
    said = f"{first:.3g} at the start, {last:.3g} after {len(course.epochs)} epochs"
    evidence = {"first": first, "best": best, "last": last}
    if not np.isfinite(last):
        return []
    if course.leaps:
        step, times = course.leaps[0]
        often = f", and {len(course.leaps) - 1} times more" if course.leaps[1:] else ""
        return [
            Finding(
                "loss-jumps",
                None,
                f"at step {step} the loss jumped to {times:.0f} times the usual{often}",
                "A step was far too large, or a sample lies far from all others.",
                "Look at the largest values of x and y, and lower the learning rate or "
                "clip the gradient.",
                "likely",
                {"step": step, "times": times, "often": len(course.leaps)},
            )
        ]
    if lately > RISE * abs(best) and lately > first:
        return [
            Finding(
                "loss-rising",
                None,
                f"the loss rises: {said}",
                "Steps overshoot, or the loss rewards what it should punish.",
                "Lower the learning rate tenfold, and check the sign of the loss.",
                "likely",
                evidence,
            )
        ]
    if not course.stalls:
        return []
    return [
        Finding(
            "loss-flat",
            None,
            f"the loss stands still: {said}; outputs that change places cost as much",
            "The model gives the same answer to all samples.",
            "Mend what is found beside this; if nothing is, try to overfit ten "
            "samples.",
            "likely",
            evidence,
        )
    ]


def find_impossible(record: Record) -> list[Finding]:
    """A loss below zero that has no values there."""
    loss = record.loss - record.penalty
    names = [name_loss(head.loss) for head in record.heads]
    bounded = names and all(any(part in name for part in BOUNDED) for name in names)
    if not bounded or not loss < -1e-6 or record.own_step:
        return []
    return [
        Finding(
            "loss-impossible",
            None,
            f"the loss is {loss:.3g}, and {names[0]} is never below zero",
            "Labels or outputs lie outside the range that the loss is made for.",
            "Bring labels and outputs into the loss's range, 0 to 1 for crossentropy.",
            evidence={"loss": loss},
        )
    ]


def name_loss(loss: Any) -> str:
    """A loss' name, in small letters with underscores where Keras has it so."""
    name = loss if isinstance(loss, str) else getattr(loss, "name", None)
    return str(name or getattr(loss, "__name__", "") or "").lower()


def find_gap(record: Record) -> list[Finding]:
    """What was learned in training does not hold in prediction."""
    if (record.learned or 0) < LEARNED or not record.training:
        return []
    predict_outputs(record)
    for head in record.heads:
        if head.predicted is None or (head.learned or 0) < LEARNED:
            continue
        twin = replace(head, outputs=head.predicted)
        train, predict = head.value, twin.value
        if predict <= GAP * train or (twin.learned or 0) >= LEFT * (head.learned or 0):
            continue
        return [
            Finding(
                "train-predict-gap",
                head.layer,
                f"on the same batch the loss is {train:.3g} with training=True and "
                f"{predict:.3g} with training=False",
                "Moving averages of a normalization lag behind, or dropout and "
                "normalization disagree.",
                "Train longer or lower momentum of BatchNormalization, to 0.9 or less.",
                evidence={"training": train, "prediction": predict},
            )
        ]
    return []
