"""Watches a training, and examines the model at its turns."""

import time
import warnings
from typing import Any

import keras

from gradient_doctor.examination import examine
from gradient_doctor.record import batch, streams


# --8<-- [start:GradientDoctor]
class GradientDoctor(keras.callbacks.Callback):
    """Examine the model during `fit`, at first before the first step.

    x, y, loss, sample_weight, training, samples: as of `examine`; of a
        dataset the same batch each time.
    epochs: between examinations. steps: if given, between examinations
        instead.
    budget: share of the training time that examinations may take. One that
        would exceed it is left out. The first is always made, of a model
        that is not built after its first step.
    log_dir: where to write for TensorBoard, a scalar for each measure of
        each layer.

    report: the latest, with the earlier ones in its history.
    history: name -> list with an entry for each examination, so that
        `pandas.DataFrame(doctor.history)` is a table.
    cost: share of the training time taken. skipped: looks left out.

    Warns once, when findings first appear. Raises `examine`'s errors.
    """

    # --8<-- [end:GradientDoctor]

    MEASURES = (
        "gradient_rms",
        "output_gradient_rms",
        "update_ratio",
        "dead",
        "saturated",
        "cosine",
    )

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
        log_dir: str | None = None,
    ) -> None:
        super().__init__()
        if streams(x):
            x, y, sample_weight, samples = batch(x, y, sample_weight, samples)
        self.arguments = x, y, loss
        self.options = {
            "sample_weight": sample_weight,
            "training": training,
            "samples": samples,
        }
        self.epochs, self.steps, self.budget = epochs, steps, budget
        self.writer = Summaries(log_dir) if log_dir else None
        self.report: Any = None
        self.history: dict[str, list] = {}
        self.skipped = 0
        self.epoch, self.step, self.spent, self.latest, self.trained = (
            0,
            0,
            0.0,
            0.0,
            0.0,
        )

    def on_train_begin(self, logs: Any = None) -> None:
        self.since = time.perf_counter()
        if self.model.built:
            self.look()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.step += 1
        if self.report is None or (self.steps and self.step % self.steps == 0):
            self.look()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.epoch = epoch + 1
        if not self.steps and self.epoch % self.epochs == 0:
            self.look()

    def on_train_end(self, logs: Any = None) -> None:
        self.trained += time.perf_counter() - self.since

    @property
    def cost(self) -> float:
        """Seconds of examinations over seconds of training without them."""
        return self.spent / self.trained if self.trained else 0.0

    def look(self) -> None:
        """Examine, unless that would exceed the budget.

        Warn once, if there are findings.
        """
        start = time.perf_counter()
        self.trained += start - self.since
        if self.report and self.spent + self.latest > self.budget * self.trained:
            self.skipped += 1
        else:
            earlier = (
                [*self.report.history, (self.report.step, self.report)]
                if self.report
                else []
            )
            warned = any(report.findings for _, report in earlier)
            self.report = examine(self.model, *self.arguments, **self.options)
            self.report.history, self.report.step = earlier, self.step
            self.keep()
            if self.report.findings and not warned:
                words = "\n".join(map(str, self.report.findings))
                warnings.warn(
                    f"the gradient doctor, epoch {self.epoch}, "
                    f"step {self.step}:\n{words}",
                    stacklevel=2,
                )
            self.latest = time.perf_counter() - start
            self.spent += self.latest
        self.since = time.perf_counter()

    def keep(self) -> None:
        """Add the report's measures to the history.

        And to TensorBoard, if asked.
        """
        rows = self.report.layers
        found = {
            f"{measure}/{row.name}": getattr(row, measure)
            for measure in self.MEASURES
            for row in rows
        }
        for key, value in {
            "epoch": self.epoch,
            "step": self.step,
            "loss": self.report.loss,
            **found,
        }.items():
            self.history.setdefault(key, []).append(value)
        if self.writer:
            self.writer.write(self.step, found)


class Summaries:
    """Scalars for TensorBoard, which TensorFlow writes."""

    def __init__(self, folder: str) -> None:
        import tensorflow as tf

        self.writer = tf.summary.create_file_writer(folder)

    def write(self, step: int, values: dict) -> None:
        import tensorflow as tf

        # What tf.summary.scalar writes, without TensorBoard.
        scalar = tf.compat.v1.SummaryMetadata(data_class=1)
        scalar.plugin_data.plugin_name = "scalars"
        with self.writer.as_default(step=step):
            for name, value in values.items():
                if value is not None:
                    tf.summary.write(name, tf.constant(value, "float32"), scalar)
        self.writer.flush()
