"""Watches a training, and examines the model at its turns."""

import sys
import time
import warnings
from collections.abc import Iterable
from typing import Any

import keras
import numpy as np

from gradient_doctor.batch import batch, first_labels, streams
from gradient_doctor.course import Course, judge_course
from gradient_doctor.examination import judge_given, write_report
from gradient_doctor.finding import KINDS, Finding
from gradient_doctor.measure import measure_model
from gradient_doctor.record import Record
from gradient_doctor.report import Report
from gradient_doctor.summaries import Summaries

# Growth of the loss before it is lost that tells of steps that are too large.
GROWN = 2.0
MEASURES = (
    "gradient_rms",
    "output_gradient_rms",
    "update_ratio",
    "dead",
    "saturated",
    "cosine",
)


# --8<-- [start:GradientDoctor]
class GradientDoctor(keras.callbacks.Callback):
    """Examine the model during `fit`: at its start, its turns and its end.

    x, y, loss, sample_weight, training, samples: as of `examine`; of a
        dataset the same batch each time.
    epochs: between examinations. steps: if given, between examinations
        instead.
    budget: share of the training time that examinations may take. One that
        would exceed it is left out. Three are always made: before the
        first step (of a model that is not built, after it), where the loss
        is lost, jumps or stalls, and at the end.
    stop_on: kinds of findings that end the training, or "any". Nothing
        else that happens to the doctor does: it tells, and training goes on.
    log_dir: where to write for TensorBoard: a scalar for each measure of
        each layer, and histograms of dL/dW.
    log_layers: put measures of each layer into `logs`, not only those of
        the whole model.

    report: the latest, with the earlier ones in its history.
    history: name -> list with an entry for each examination, so that
        `pandas.DataFrame(doctor.history)` is a table.
    cost: share of the training time taken. skipped: looks left out.
    problems: why looks failed.

    Warns at each kind of finding that is new. In `logs`, for CSVLogger and
    other callbacks behind it: doctor_findings, doctor_gradient_first and
    _last, doctor_update_smallest and _largest.
    """

    # --8<-- [end:GradientDoctor]

    def __init__(
        self,
        x: Any,
        y: Any = None,
        loss: Any = None,
        *,
        sample_weight: Any = None,
        training: bool = True,
        samples: int | None = 32,
        epochs: int = 1,
        steps: int | None = None,
        budget: float = 0.05,
        stop_on: str | Iterable[str] = (),
        log_dir: str | None = None,
        log_layers: bool = False,
    ) -> None:
        super().__init__()
        self.labels = first_labels(x) if streams(x) else None
        self.whole = None if streams(x) else (x, y)
        if streams(x):
            x, y, sample_weight, samples = batch(x, y, sample_weight, samples)
        self.arguments = x, y, loss
        self.options = {
            "sample_weight": sample_weight,
            "training": training,
            "samples": samples,
        }
        self.epochs, self.steps, self.budget = epochs, steps, budget
        self.stop_on = kinds_of(stop_on)
        self.log_layers = log_layers
        self.writer = Summaries(log_dir) if log_dir else None
        self.report: Any = None
        self.history: dict[str, list] = {}
        self.problems: list[str] = []
        self.skipped = 0
        self.given: list[Finding] | None = None
        self.warned: set[str] = set()
        self.memory: dict[str, Any] = {}
        self.course = Course()
        self.turned = False
        self.epoch = self.step = 0
        self.spent = self.latest = self.trained = 0.0

    def on_train_begin(self, logs: Any = None) -> None:
        self.since = time.perf_counter()
        self.order = fit_order() or self.labels
        if self.model.weights:
            self.look(must=True)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.step += 1
        self.course.add(self.epoch, batch, (logs or {}).get("loss", 0.0))
        if self.report is None:
            self.look(must=not self.problems)
        elif self.course.lost and not self.turned:
            self.turn()
        elif self.course.jumps and not self.turned:
            self.turn()
        elif self.steps and self.step % self.steps == 0:
            self.look()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.epoch = epoch + 1
        logs = {} if logs is None else logs
        self.course.epochs.append(logs.get("loss", 0.0))
        if self.course.stalls and not self.turned:
            self.turn()
        elif not self.steps and self.epoch % self.epochs == 0:
            self.look(final=self.epoch == self.params.get("epochs"))
        logs.update(self.numbers())

    def on_train_end(self, logs: Any = None) -> None:
        if self.report is None or self.report.step < self.step:
            self.look(must=True, final=True)
        self.trained += time.perf_counter() - self.since

    @property
    def cost(self) -> float:
        """Seconds of examinations over seconds of training without them."""
        return self.spent / self.trained if self.trained else 0.0

    def turn(self) -> None:
        """Look where the loss is lost, jumps or stalls, once in a training."""
        self.turned = True
        self.look(must=True)

    def look(self, must: bool = False, final: bool = False) -> None:
        """Examine, unless that would exceed the budget, and never raise an error."""
        start = time.perf_counter()
        self.trained += start - self.since
        if not must and self.spent + self.latest > self.budget * self.trained:
            self.skipped += 1
        else:
            try:
                self.examine_now(final)
            except Exception as error:
                self.tell_problem(error)
            self.latest = time.perf_counter() - start
            self.spent += self.latest
        self.since = time.perf_counter()

    def examine_now(self, final: bool) -> None:
        sync = getattr(self.model, "jax_state_sync", None)
        if sync:
            sync()
        given = {**self.options, "memory": self.memory}
        record = measure_model(self.model, *self.arguments, **given)
        record.whole, record.batches = self.whole, self.order
        if self.given is None:
            self.given = judge_given(record)
        more = self.judge_training(record)
        report = write_report(record, [*self.given, *more], final=final)
        report.step = self.step
        if self.report:
            report.history = [*self.report.history, (self.report.step, self.report)]
        self.report = report
        self.keep(report, record)
        self.warn_of(report)
        if self.stop_on & {finding.kind for finding in report.findings}:
            self.model.stop_training = True

    def judge_training(self, record: Record) -> list[Finding]:
        """What the course of the loss and earlier looks tell."""
        found = judge_course(self.course, record)
        return found + self.find_lost_loss() + self.find_killed(record)

    def find_lost_loss(self) -> list[Finding]:
        """Steps that have blown up the loss before it was lost."""
        course = self.course
        if course.lost is None or not np.isfinite(course.batches[0]):
            return []
        step, epoch, place = course.lost
        finite = [loss for loss in course.batches[: step - 1] if np.isfinite(loss)]
        if max(map(abs, finite)) < GROWN * abs(finite[0]) and len(finite) > 1:
            return []
        fastest = self.fastest_layer()
        grew = f"from {finite[0]:.3g} to {max(finite):.3g}, then was lost"
        return [
            Finding(
                "step-large",
                fastest,
                f"the loss went {grew} at step {step} (epoch {epoch}, batch {place})",
                "Each step overshoots further than the last.",
                "Lower the learning rate tenfold, or clip the gradient.",
                "likely",
                {"step": step, "epoch": epoch, "batch": place},
            )
        ]

    def fastest_layer(self) -> str | None:
        """The layer that the last steps before the loss was lost changed most."""
        if self.report is None:
            return None
        rows = [r for r in self.report.layers if r.update_ratio is not None]
        fast = [row for row in rows if np.isfinite(row.update_ratio)]
        return max(fast, key=lambda row: row.update_ratio).name if fast else None

    def find_killed(self, record: Record) -> list[Finding]:
        """Units that were alive at the start and that steps have silenced."""
        first = self.report and [*(r for _, r in self.report.history), self.report][0]
        if not first or first.step or first.findings:
            return []
        alive = {row.name for row in first.layers if (row.dead or 0) < 0.5}
        killed = [r for r in record.layers if (r.dead or 0) > 0.9 and r.name in alive]
        if not killed:
            return []
        return [
            Finding(
                "step-large",
                killed[0].name,
                f"{killed[0].dead:.0%} of its units fell silent within {self.step} "
                "steps, and few were at the start",
                "Steps were so large that they pushed units beyond the reach of all "
                "samples.",
                "Build the model anew, with a tenth of the learning rate.",
                "likely",
                {"dead": killed[0].dead, "step": self.step},
            )
        ]

    def warn_of(self, report: Report) -> None:
        """Warn of kinds that are new."""
        new = [f for f in report.findings if f.kind not in self.warned]
        self.warned |= {finding.kind for finding in new}
        if new:
            words = "\n".join(map(str, new))
            place = f"epoch {self.epoch}, step {self.step}"
            warnings.warn(f"the gradient doctor, {place}:\n{words}", stacklevel=2)

    def tell_problem(self, error: Exception) -> None:
        """Warn that a look has failed, once for each reason."""
        problem = f"{type(error).__name__}: {error}"
        if problem not in self.problems:
            self.problems.append(problem)
            warnings.warn(
                f"the gradient doctor could not look at step {self.step}, and training "
                f"goes on: {problem}",
                stacklevel=2,
            )

    def numbers(self) -> dict[str, float]:
        """What goes into `logs`: the same names after each epoch."""
        rows = [r for r in self.report.layers if r.parameters] if self.report else []
        first, last = (rows[0], rows[-1]) if rows else (None, None)
        moved = [r.update_ratio for r in rows if r.update_ratio is not None]
        found = {
            "doctor_findings": len(self.report.findings) if self.report else None,
            "doctor_gradient_first": first and first.output_gradient_rms,
            "doctor_gradient_last": last and last.output_gradient_rms,
            "doctor_update_smallest": min(moved, default=None),
            "doctor_update_largest": max(moved, default=None),
        }
        if self.log_layers:
            found |= {
                f"{m}/{row.name}": getattr(row, m) for m in MEASURES for row in rows
            }
        return {key: float("nan") if v is None else v for key, v in found.items()}

    def keep(self, report: Report, record: Record) -> None:
        """Add a report's measures to the history, and to TensorBoard, if asked."""
        found = {
            f"{measure}/{row.name}": getattr(row, measure)
            for measure in MEASURES
            for row in report.layers
        }
        when = {"epoch": self.epoch, "step": self.step, "loss": report.loss}
        for key, value in {**when, **found}.items():
            self.history.setdefault(key, []).append(value)
        if self.writer:
            gradients = {
                f"gradient/{call.name}": np.concatenate(
                    [record.gradients[id(w)].ravel() for w in call.weights]
                )
                for call in record.calls
                if call.weights and all(id(w) in record.gradients for w in call.weights)
            }
            self.writer.write(self.step, found, gradients)


def kinds_of(stop_on: str | Iterable[str]) -> set[str]:
    """The kinds that end a training. Raises ValueError for one that is unknown."""
    if stop_on == "any":
        return set(KINDS)
    kinds = {stop_on} if isinstance(stop_on, str) else set(stop_on)
    if unknown := kinds - set(KINDS):
        raise ValueError(
            f"stop_on has no finding {sorted(unknown)[0]!r}: take 'any' or some of "
            f"{', '.join(KINDS)}"
        )
    return kinds


def fit_order() -> list | None:
    """Labels of the batches of the `fit` that runs, where it does not shuffle.

    Arrays are known from its arguments; None where it shuffles, or is not found.
    """
    frame = sys._getframe()
    while frame and not {"shuffle", "epoch_iterator"} <= set(frame.f_locals):
        frame = frame.f_back  # type: ignore[assignment]
    if frame is None:
        return None
    given = frame.f_locals
    x, y, size = given.get("x"), given.get("y"), given.get("batch_size") or 32
    if streams(x):
        return first_labels(x)
    if given["shuffle"] or y is None or not hasattr(y, "shape"):
        return None
    return [np.asarray(y[k : k + size]) for k in range(0, len(y), size)]
